"""What is sent instead of written: a place or a file, where the question at hand asks for it. Nothing else is taken."""

from __future__ import annotations

from cora_bot.base.calendars import number
from cora_bot.base.limits import MEGABYTE, MOST_FILE_BYTES
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Fragment, Showing
from cora_bot.dialogue.handlers import answering, asides, questions, sealing
from cora_bot.dialogue.inputs import SentFile, Spot, Unusable
from cora_bot.dialogue.kinds import files
from cora_bot.dialogue.kinds.sent import SENT_ONLY
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Fetch, RecordKind, Turn
from cora_bot.forms.model import Kind
from cora_bot.forms.walk import Violation, Walk


def sent(scene: Scene, event: Unusable) -> Turn:
    """Stored and taken out of the chat where it is what was asked for; else removed, with a word."""
    walk = questions.pick_up(scene)
    question = walk.current
    if scene.conversation.chat.card.showing is not Showing.QUESTION or question is None:
        return asides.cannot_take(scene, event)
    if question.kind in files.SORTS and event.file is not None and files.fits(question.kind, event.file):
        return _file(scene, walk, event, event.file)
    if question.kind not in SENT_ONLY:
        return asides.cannot_take(scene, event)
    scene, why = answering.told(scene)
    if event.spot is None or question.kind is not Kind.GEOPOINT:
        turn = questions.ask(scene, walk, notices=[f"⚠ {scene.say(SENT_ONLY[question.kind])}", *why], anew=True)
    else:
        turn = _place(scene, walk, event.spot)
    return answering.removing(turn, event.message)


def _file(scene: Scene, walk: Walk, event: Unusable, file: SentFile) -> Turn:
    """The answer is its name. The file is fetched and sealed later; until then its message stands in the chat."""
    if file.size > MOST_FILE_BYTES:
        notice = scene.say(p.FILE_TOO_LARGE, size=number(MOST_FILE_BYTES // MEGABYTE, scene.language))
        return answering.removing(questions.ask(scene, walk, notices=[f"⚠ {notice}"], anew=True), event.message)
    scene, record = questions.record(scene, RecordKind.FRAGMENT, {})
    name = files.name_of(record.id, file)
    came = walk.attach(walk.cursor, name, scene.language)
    if isinstance(came, Violation):
        return answering.removing(answering.outcome(scene, walk, came), event.message)
    fetch = Fetch(replace(record, body={"ref": came.ref, "value": name}), file.id, file.size, event.message)
    scene, earlier = sealing.instead(scene, Fragment(came.ref, record.id, name))
    turn = answering.proceed(scene, walk, came, notices=[scene.say(p.FILE_COMES)])
    return replace(turn, fetches=(fetch,), drop_records=(*earlier, *turn.drop_records))


def _place(scene: Scene, walk: Walk, spot: Spot) -> Turn:
    number = walk.cursor
    came = walk.locate(number, (spot.latitude, spot.longitude, 0.0, spot.accuracy), scene.language)
    if isinstance(came, Violation):
        return answering.outcome(scene, walk, came)
    scene, records, dropped = sealing.sealed(scene, came, came.value)
    turn = answering.proceed(scene, walk, came, notices=[scene.say(p.SAVED)])
    return replace(turn, records=(*records, *turn.records), drop_records=(*dropped, *turn.drop_records))
