"""The end of a session: complete, or left before its end. What it becomes depends on which form it was."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Fragment, Occurrence, Showing
from cora_bot.dialogue.handlers import consenting, questions, returning
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.turn import Record, RecordKind, Turn
from cora_bot.forms.walk import Walk
from cora_bot.study.model import Step


def finish(scene: Scene, walk: Walk) -> Turn:
    """The last question has been answered and the whole form holds."""
    form = scene.session.form
    if form == scene.study.enrolment.form:
        return consenting.conclude(scene, walk)
    if form == scene.study.return_check.form:
        return _return_checked(scene, walk)
    return _completed(scene, walk)


def _completed(scene: Scene, walk: Walk) -> Turn:
    scene, record, dropped = body_record(questions.remembered(scene, walk), walk, RecordKind.COMPLETE)
    occurrence = _closed(scene, Step.COMPLETE)
    again = any(each.closes > scene.now for each in occurrence)
    turn = draw(scene.with_session(None), cards.thanks(scene, again=again), Showing.NOTICE)
    return fading(scene, replace(turn, records=(record,), drop_records=dropped, occurrences=occurrence))


def _return_checked(scene: Scene, walk: Walk) -> Turn:
    """The day of return is settled; when a wave waited behind this question, it begins now."""
    waiting = scene.conversation.occurrence
    scene, record, dropped = body_record(scene, walk, RecordKind.COMPLETE)
    result = returning.settle(scene, walk)
    scene = result.scene
    if result.goes_on and waiting:
        scene, wave_walk = questions.begin(
            scene.with_session(None), scene.study.wave(waiting.wave).form, wave=waiting.wave, number=waiting.number
        )
        turn = questions.ask(scene, wave_walk, notices=[scene.say(p.SAVED)])
    else:
        turn = draw(scene.with_session(None), cards.notice(scene, scene.say(p.THANK_YOU)), Showing.NOTICE)
        turn = fading(scene, turn)
    return replace(turn, records=(record,), drop_records=dropped, occurrences=result.occurrences, plan=result.plan)


def body_record(scene: Scene, walk: Walk, kind: RecordKind) -> tuple[Scene, Record, tuple[bytes, ...]]:
    """The record of a whole session, and the sealed fragments that no longer belong to it."""
    relevant = set(walk.sealed_refs())
    # A file that the form looks at is there by its name, any other answer only as sealed.
    stands = [each for each in scene.session.fragments if each.ref in relevant or _named(each, walk)]
    kept = {fragment.ref: fragment.record.hex() for fragment in stands if not fragment.file}
    dropped = tuple(fragment.record for fragment in scene.session.fragments if fragment not in stands)
    skipped, not_reached = walk.unanswered()
    body: dict[str, object] = {
        "values": walk.values(),
        "sealed": kept,
        "files": {fragment.ref: fragment.record.hex() for fragment in stands if fragment.file},
        "skipped": list(skipped),
        "not_reached": list(not_reached),
        "instance_id": f"uuid:{UUID(bytes=scene.session.id)}",
        "mode": scene.session.mode.value,
    }
    body |= walk.submission()
    scene, record = questions.record(scene, kind, body)
    return scene, record, dropped


def _named(fragment: Fragment, walk: Walk) -> bool:
    return bool(fragment.file) and walk.values().get(fragment.ref) == fragment.file


def _closed(scene: Scene, step: Step, reason: str = "") -> tuple[Occurrence, ...]:
    occurrence = scene.conversation.occurrence
    if occurrence is None or not scene.session.wave:
        return ()
    return (ended(occurrence, step, scene.now, reason),)


def ended(occurrence: Occurrence, step: Step, now: datetime, reason: str = "") -> Occurrence:
    """``occurrence`` brought to a final step. One that was complete before stays so, whatever became of the new try."""
    if occurrence.finished_at is not None and step is not Step.COMPLETE:
        return replace(occurrence, step=Step.COMPLETE, next_at=None, reason="")
    return replace(occurrence, step=step, next_at=None, finished_at=now, reason=reason)


def break_off(scene: Scene, reason: str) -> Turn:
    """The session ends before its end: what was answered is kept as partial; the card is left to the caller."""
    walk = questions.pick_up(scene)
    if walk.answered == 0 and not scene.session.fragments:
        return Turn(scene.with_session(None).conversation, occurrences=_closed(scene, Step.EXPIRED, reason))
    occurrences = _closed(scene, Step.PARTIAL, reason)
    scene, record, dropped = body_record(scene, walk, RecordKind.PARTIAL)
    return Turn(scene.with_session(None).conversation, records=(record,), drop_records=dropped, occurrences=occurrences)
