"""Everything held about one person, readable, as a page to be handed over: what ``/mydata`` shows, and more of it.

Answers are not on it: no key on the server opens them. What a form keeps readable for the bot is, since it is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cora_bot.base.calendars import clock_time, day, day_long
from cora_bot.base.chance import new_id
from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.base.text import isolate
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Chat, Conversation, Occurrence, Status
from cora_bot.dialogue.handlers import held
from cora_bot.dialogue.handlers.consenting import contact
from cora_bot.dialogue.scene import Scene
from cora_bot.export.page import page, said
from cora_bot.store import handed_out, ledger, occurrences, participants, records
from cora_bot.store.audit_log import Noted, Subject
from cora_bot.store.conversations import whole
from cora_bot.store.ledger import Contact
from cora_bot.store.tables import State
from cora_bot.study.model import FINAL_STEPS, Step
from cora_bot.usecases import audit_log, own_copies
from cora_bot.usecases.finding import as_code, find
from cora_bot.usecases.house import House

STYLE: Final = "body{font:12pt/1.5 sans-serif;max-width:40em;margin:2em auto;padding:0 1em}div{margin:0 0 1em}"
ENDS: Final = {
    Step.COMPLETE: p.HELD_ANSWERED,
    Step.PARTIAL: p.HELD_PARTLY,
    Step.EXPIRED: p.HELD_UNANSWERED,
    Step.LAPSED: p.HELD_NOT_ASKED,
    Step.CANCELLED: p.HELD_CANCELLED,
}


@dataclass(frozen=True, slots=True)
class OwnData:
    """``html`` in the person's ``language``."""

    language: str
    html: str


async def own_data(house: House, code: str, *, own_code: str = "") -> OwnData:
    """With ``own_code`` also the answers of the person's own copy, which it opens.

    Raises ``CoraError`` where nobody who has joined is known by this code, or the copy does not open.
    """
    who = await find(house, code)
    async with house.database.transaction() as tx:
        halves = await participants.by_ids(tx, house.keys, [who])
        if not halves or halves[0].status is Status.ENROLLING:
            raise CoraError(f"{as_code(code)} has not joined yet", "Nothing is held of them but an open form.")
        person = (await whole(halves, house.keystore))[who]
        planned = (await occurrences.all_of(tx, [who])).get(who, [])
        sent = (await ledger.contacts(tx, [who])).get(who, [])
        conversation = Conversation(
            Chat(new_id(house.chance)),
            person,
            planned=tuple(each for each in planned if each.step not in FINAL_STEPS),
            records_held=(await records.count_of(tx, [person.case])).get(person.case, 0),
            copies_until=await handed_out.open_until(tx),
        )
        language = person.language
        answers = await own_copies.read(house, tx, person, code=own_code) if own_code else []
        await audit_log.note(house, tx, Noted("own_data_written", Subject(who, person.code)))
    log("own_data_written")
    scene = Scene(conversation, house.script, house.clock.now(), house.chance)
    listed = [f"• {given} – {asked}: {answer}" for given, asked, answer in answers]
    own = [scene.say(p.OWN_ANSWERS, list="\n".join(listed) or held.NOTHING)] if own_code else []
    body = [said(part, language) for part in (*held.parts(scene), *own, *_more(scene, planned, sent))]
    return OwnData(language, page(scene.say(p.MY_DATA), body, language=language, style=STYLE))


def _more(scene: Scene, planned: Sequence[Occurrence], sent: Sequence[Contact]) -> Iterator[str]:
    """What the chat has no room for."""
    say, nothing = scene.say, held.NOTHING
    yield held.until(scene, p.HELD_FOR)
    yield say(p.HELD_REACHED)
    joined = scene.participant.enrolled_at
    yield say(p.HELD_SINCE, day=day(scene.local_day(joined), scene.language) if joined else nothing)
    yield say(p.HELD_OCCASIONS, list="\n".join(_occasions(scene, planned)) or nothing)
    yield say(p.HELD_SENT, list="\n".join(_messages(scene, sent)) or nothing)
    readable = [*_readable(scene)]
    if readable:
        yield say(p.HELD_READABLE, list="\n".join(readable))
    until = scene.conversation.copies_until
    if until is not None:
        late = until <= scene.now
        shown = day_long(scene.local_day(until), scene.language)
        yield say(p.COPIES_LATE) if late else say(p.HELD_COPIES, day=shown)
    yield contact(scene)
    yield say(p.HELD_MADE, day=day_long(scene.today(), scene.language))


def _occasions(scene: Scene, planned: Sequence[Occurrence]) -> Iterator[str]:
    for each in planned:
        ended = scene.say(ENDS[each.step]) if each.step in ENDS else scene.say(p.HELD_TO_COME)
        yield f"• {day(each.local.date(), scene.language)} – {ended}"


def _messages(scene: Scene, sent: Sequence[Contact]) -> Iterator[str]:
    """Those that went out, or may have."""
    for each in sent:
        if each.state in (State.SENT, State.UNCERTAIN) and each.finished_at is not None:
            yield f"• {_moment(scene, each.finished_at)}"


def _moment(scene: Scene, instant: datetime) -> str:
    local = instant.astimezone(scene.zone()).replace(tzinfo=None)
    return f"{day(local.date(), scene.language)} – {isolate(clock_time(local, scene.language))}"


def _readable(scene: Scene) -> Iterator[str]:
    """Answers that forms keep for later answerings, by the question's name."""
    person = scene.participant
    for form, kept in sorted(person.kept.items()):
        yield from (f"• {isolate(f'{form}.{name}')}: {isolate(value)}" for name, value in sorted(kept.items()))
    yield from (f"• {isolate(name)}: {isolate(value)}" for name, value in sorted(person.known.items()))
