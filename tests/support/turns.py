"""Hand-made conversations and turns, for tests of what is done with them."""

from __future__ import annotations

from datetime import datetime, timedelta

from cora_bot.base.chance import Chance, new_id
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Card, Chat, Conversation, Occurrence, Participant, Session, Showing, Status
from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.dialogue.turn import Record, RecordKind, Show, Turn
from cora_bot.store import chats, conversations
from cora_bot.store.apply import Step, apply
from cora_bot.study.model import Planned
from cora_bot.study.model import Step as Place
from cora_bot.usecases.house import House
from cora_bot.usecases.sealing import seal_steps

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def prompt(text: str) -> Prompt:
    return Prompt(text, ((Button("Go", Press(Verb.OPEN, card=1)),),))


def person(chance: Chance, status: Status = Status.ACTIVE, **fields: object) -> Participant:
    drawn = Participant(new_id(chance), new_id(chance), f"K7F-{chance.bytes(2).hex().upper()}", status, "de")
    return replace(drawn, **fields)  # type: ignore[arg-type]


def session(chance: Chance, walk: str = "{}", form_hash: str = "h1", **fields: object) -> Session:
    drawn = Session(new_id(chance), "check_in", form_hash, datetime.fromisoformat("2026-12-01T09:00Z"), walk)
    return replace(drawn, **fields)  # type: ignore[arg-type]


def planned(wave: str, number: int, opens: datetime) -> Planned:
    local = opens.replace(tzinfo=None)
    return Planned(wave, number, local, opens, opens + 7 * DAY, (opens + DAY, opens + 3 * DAY))


def occurrence(wave: str, number: int, opens: datetime, step: Place = Place.PLANNED, **fields: object) -> Occurrence:
    plan = planned(wave, number, opens)
    drawn = Occurrence(wave, number, plan.local, opens, plan.closes, plan.reminders, step, next_at=opens)
    return replace(drawn, **fields)  # type: ignore[arg-type]


def record(chance: Chance, of: Session, answer: str, kind: RecordKind = RecordKind.COMPLETE) -> Record:
    return Record(
        new_id(chance), kind, of.id, of.form, "1", of.form_hash, of.wave, of.number, 1, "de", of.started_at,
        of.started_at, {"values": {"/data/q": answer}, "sealed": {}},
    )  # fmt: skip


def card(chat: Chat, generation: int, revision: int = 0, **fields: object) -> Chat:
    drawn: Card = replace(chat.card, generation=generation, revision=revision, showing=Showing.QUESTION, **fields)  # type: ignore[arg-type]
    return replace(chat, card=drawn)


async def meet(house: House, address: int) -> Conversation:
    """The conversation at ``address`` as it is stored, the chat made if it is new."""
    async with house.database.transaction() as tx:
        now = house.clock.now()
        doors = await chats.open_doors(tx, house.keys, [address], now=now, chance=house.chance)
        loaded = await conversations.load(tx, list(doors.values()), keys=house.keys, keystore=house.keystore)
        return loaded.conversations[doors[address].chat.id]


async def write(house: House, before: Conversation, turn: Turn, key: str | None = None) -> None:
    """Applies one turn in its own transaction, as a usecase does."""
    await write_all(house, [Step(before, turn, key or new_id(house.chance).hex())])


async def write_all(house: House, steps: list[Step]) -> None:
    async with house.database.transaction() as tx:
        people = {step.before.participant.id: step.before for step in steps if step.before.participant}
        stored = await chats.lock(tx, {step.before.chat.id for step in steps})
        loaded = await conversations.load(tx, list(stored.values()), keys=house.keys, keystore=house.keystore)
        steps, sealed = await seal_steps(house, steps, loaded.linked & people.keys())
        await apply(tx, steps, sealed, keys=house.keys, chance=house.chance, now=house.clock.now())


async def joined(house: House, address: int, **fields: object) -> Conversation:
    """A person who takes part, stored, in the chat at ``address``."""
    before = await meet(house, address)
    await write(house, before, Turn(replace(before, participant=person(house.chance, **fields))))  # type: ignore[arg-type]
    return await meet(house, address)


async def shown(
    house: House, before: Conversation, text: str, key: str | None = None, **fields: object
) -> Conversation:
    """A card with ``text`` for this chat, put into the outbox; the conversation after it."""
    chat = card(before.chat, before.chat.card.generation + 1)
    turn = Turn(replace(before, chat=chat), show=Show(prompt(text), **fields))  # type: ignore[arg-type]
    await write(house, before, turn, key)
    return turn.conversation


async def invited(house: House, before: Conversation, text: str = "Hello") -> Conversation:
    """An unsolicited invitation put into the outbox, about an occurrence that opens now."""
    now = house.clock.now()
    sent = occurrence("arrival", 1, now, Place.INVITED, sent=1, next_at=now + DAY)
    who = before.participant
    assert who is not None
    chat = card(before.chat, before.chat.card.generation + 1)
    after = replace(before, chat=chat, occurrence=sent)
    show = Show(
        prompt(text), fresh=True, unsolicited=True, reason="invitation:arrival", key=f"{who.id.hex()}/arrival/1/1",
        valid_until=sent.closes,
    )  # fmt: skip
    await write(house, before, Turn(after, show=show, occurrences=(sent,)))
    return after
