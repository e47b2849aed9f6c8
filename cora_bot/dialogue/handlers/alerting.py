"""An answer of which its form says that somebody must look: local help at once, and a word to the team where that was
agreed to. It happens with the answer and not at the end: who breaks off needs it most.
"""

from __future__ import annotations

from collections.abc import Sequence

from cora_bot.base.values import Value, replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Showing, Status
from cora_bot.dialogue.handlers import questions
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.prompt import Prompt
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.turn import Record, RecordKind, Turn
from cora_bot.forms.walk import Walk


class Raised(Value):
    """``records``: what to look at, sealed; none where nobody may be told. ``first``: of its session."""

    records: tuple[Record, ...]
    first: bool


def look(scene: Scene, walk: Walk) -> tuple[Scene, Raised | None]:
    """What alerts now and did not before; each answer once in a session."""
    session, person = scene.session, scene.participant
    new = tuple(ref for ref in walk.alerts() if ref not in session.alerted)
    if not new or person.status is Status.ENROLLING:
        return scene, None
    first, rules = not session.alerted, scene.study.alerts
    scene = scene.with_session(replace(session, alerted=(*session.alerted, *new)))
    if rules is None or rules.purpose not in person.purposes:
        return scene, Raised((), first)
    values = walk.values()
    body: dict[str, object] = {
        "values": {ref: values.get(ref, "") for ref in new},
        "mode": session.mode.value,
    }
    scene, made = questions.record(scene, RecordKind.ALERT, body)
    return scene, Raised((made,), first)


def shown(scene: Scene, turn: Turn, raised: Raised, *, notices: Sequence[str]) -> Turn:
    """``turn`` with help in front of what it shows: what comes next is a press away."""
    after = replace(scene, conversation=turn.conversation)
    text = "\n\n".join([*notices, *_said(after, raised)])
    label = p.CONTINUE if turn.conversation.session else p.CLOSE
    drawn = draw(after, Prompt(text, ((cards.button(after, label, Verb.RESUME),),)), Showing.ASIDE)
    told = bool(raised.records)
    helped = replace(
        turn,
        conversation=drawn.conversation,
        show=drawn.show,
        records=(*raised.records, *turn.records),
        alert=told and raised.first,
        notes=(*turn.notes, "alert" if told else "alert_not_agreed"),
    )
    return helped if turn.conversation.session else fading(after, helped)


def _said(scene: Scene, raised: Raised) -> list[str]:
    """Who is told, and when somebody reads it: nothing is promised that the study does not say itself."""
    rules, found = scene.study.alerts, local_help(scene)
    reads = rules.reads.get(scene.language) or rules.reads.get(scene.study.default_language, "") if rules else ""
    told = scene.say(p.TEAM_TOLD, reads=reads) if raised.records else scene.say(p.TEAM_NOT_TOLD)
    return [told, *([scene.say(p.HELP_NEARBY, help=found)] if found else [])]


def local_help(scene: Scene) -> str:
    """Where help is to be had, in the person's language."""
    texts = scene.study.local_help
    return texts.get(scene.language) or texts.get(scene.study.default_language, "")
