"""Updates in: a batch is one transaction, and only when it is committed may Telegram be told.

Lock, claim the update keys, load, advance one after another, apply, commit. Whatever goes wrong with one update rolls
the batch back; it is then replayed update by update, and the culprit is parked. Trouble of the database itself is not
an update's fault: it is raised, nothing is acknowledged, and Telegram keeps the batch.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from cora_bot.base.logging import log
from cora_bot.base.values import Value, replace
from cora_bot.dialogue.advance import advance
from cora_bot.dialogue.conversation import Conversation, TokenState
from cora_bot.dialogue.inputs import Blocked, Command, CommandName, Input, Pressed, Start, Text, Unblocked, Verb
from cora_bot.dialogue.turn import Turn
from cora_bot.store import chats, conversations, handed_out, records, tokens, updates
from cora_bot.store.apply import Step, apply
from cora_bot.store.chats import Stored
from cora_bot.store.conversations import Loaded
from cora_bot.store.database import Tx, Work, is_outage
from cora_bot.usecases import alerts, audit_log, cutting, fencing, own_copies, parking
from cora_bot.usecases.codes import presented
from cora_bot.usecases.exchange import Arrived, Reaction
from cora_bot.usecases.house import House
from cora_bot.usecases.sealing import seal_steps
from cora_bot.usecases.visits import notices
from cora_bot.usecases.visits.seats import SeatBook

MOST_ATTEMPTS = 2
"""An update that was being handled when the process died this often is parked."""


async def receive(house: House, batch: Sequence[Arrived], also: Work | None = None) -> list[Reaction]:
    """Handles a batch, in order; what comes back is to be told to Telegram at once, unrecorded.

    ``also`` is done in the same transaction; where each update has its own, in one behind them all.
    """
    if house.database.careful > 0:
        return await _one_by_one(house, batch, also, counted=True)
    try:
        return await _together(house, batch, also)
    except Exception as error:
        if is_outage(error):
            raise
        log("batch_replayed", level=logging.WARNING, error=type(error).__name__, updates=len(batch))
        return await _one_by_one(house, batch, also, counted=False)


async def replay(house: House, parked: Arrived) -> list[Reaction]:
    """Handles a parked update as if it came now; in the same transaction it is parked no longer.

    Raises whatever it raised then, and it stays parked.
    """
    return await _together(house, [parked], lambda tx: updates.unpark(tx, updates.index(house.keys, parked.key)))


async def _one_by_one(house: House, batch: Sequence[Arrived], also: Work | None, *, counted: bool) -> list[Reaction]:
    """Each update in its own transaction. ``counted``: after a crash, each attempt is committed before it is made."""
    reactions: list[Reaction] = []
    for arrived in batch:
        if counted and await _killed_before(house, arrived):
            await parking.park(house, arrived, "ProcessKilled")
            continue
        try:
            first = partial(_forget_attempt, house, arrived) if counted else None
            reactions += await _together(house, [arrived], first)
        except Exception as error:
            if is_outage(error):
                raise
            await parking.park(house, arrived, type(error).__name__)
        if counted:
            house.database.careful -= 1
    if also is not None:
        async with house.database.transaction() as tx:
            await also(tx)
    return reactions


async def _killed_before(house: House, arrived: Arrived) -> bool:
    key = updates.index(house.keys, arrived.key)
    if key in house.database.attempted:
        return False  # this process has tried it, and lives: the store failed, not the update
    house.database.attempted.add(key)
    async with house.database.transaction() as tx:
        if await updates.known(tx, [key]) or await updates.seen_under_others(tx, house.keys, [arrived.key]):
            return False
        return await updates.count_attempt(tx, key, house.clock.now()) > MOST_ATTEMPTS


async def _forget_attempt(house: House, arrived: Arrived, tx: Tx) -> None:
    await updates.forget_attempt(tx, updates.index(house.keys, arrived.key))


class _Keyed(Value):
    """An update and its index; the natural key itself is nowhere stored."""

    arrived: Arrived
    key: bytes


@dataclass(slots=True)
class _Told:
    """What a batch leaves to be done after its commit."""

    toasts: dict[str, str] = field(default_factory=dict)
    somebody_left: bool = False
    moved: dict[bytes, bytes] = field(default_factory=dict)

    def note(self, arrived: Arrived, step: Step) -> None:
        before, turn = step.before, step.turn
        if isinstance(arrived.input, Pressed):
            self.toasts[arrived.key] = turn.toast
        if turn.switch is not None and turn.moved_here:
            self.moved[turn.switch] = before.chat.id
        self.somebody_left |= before.participant is not None and turn.conversation.participant is None


async def _together(house: House, batch: Sequence[Arrived], also: Work | None) -> list[Reaction]:
    """The batch in one transaction, in which ``also`` comes first."""
    now = house.clock.now()
    told = _Told({each.key: "" for each in batch if isinstance(each.input, Pressed)})
    async with house.database.transaction() as tx:
        if also is not None:
            await also(tx)
        news = await _unknown(house, tx, batch)
        doors = await chats.open_doors(
            tx, house.keys, {each.arrived.address for each in news}, now=now, chance=house.chance
        )
        seen = {doors[each.arrived.address].chat.id: doors[each.arrived.address].last_message for each in news}
        for each in news:
            chat_id = doors[each.arrived.address].chat.id
            seen[chat_id] = max(seen[chat_id], message_of(each.arrived.input))
        await chats.note_seen(tx, seen, now)
        waiting = news
        while waiting:
            # A turn that changes who speaks or the whole schedule is written before that chat goes on.
            waiting = await _round(house, tx, waiting, doors, told)
            doors = await _reopened(tx, waiting, doors)
        await fencing.note_moved(house, tx, told.moved)
    if told.somebody_left:
        await cutting.follow(house)
    return [Reaction(key, toast) for key, toast in told.toasts.items()]


async def _unknown(house: House, tx: Tx, batch: Sequence[Arrived]) -> list[_Keyed]:
    """What was not handled before; of two with one key the first."""
    before = await updates.seen_under_others(tx, house.keys, {each.key for each in batch})
    keyed = {updates.index(house.keys, each.key): each for each in reversed(batch) if each.key not in before}
    fresh = await updates.claim(tx, list(keyed), house.clock.now())
    in_order = {id(each): position for position, each in enumerate(batch)}
    news = [_Keyed(arrived, key) for key, arrived in keyed.items() if key in fresh]
    return sorted(news, key=lambda each: in_order[id(each.arrived)])


async def _reopened(tx: Tx, waiting: Sequence[_Keyed], doors: dict[int, Stored]) -> dict[int, Stored]:
    ids = {doors[each.arrived.address].chat.id: each.arrived.address for each in waiting}
    return {ids[chat_id]: stored for chat_id, stored in (await chats.lock(tx, ids)).items()}


async def _round(house: House, tx: Tx, news: Sequence[_Keyed], doors: dict[int, Stored], told: _Told) -> list[_Keyed]:
    """Advances every chat as far as one load goes, writes it, and gives back what has to wait for the next."""
    known = await _Known.look_up(house, tx, news, doors)
    steps: list[Step] = []
    later: list[_Keyed] = []
    stopped: set[bytes] = set()
    for each in news:
        chat_id = doors[each.arrived.address].chat.id
        if chat_id in stopped:
            later.append(each)
            continue
        if (taken := await alerts.pressed(house, tx, each.arrived.input, chat_id)) is not None:
            told.toasts[each.arrived.key] = taken
            continue
        step = known.advance(each, chat_id)
        told.note(each.arrived, step)
        steps.append(step)
        if step.turn.switch is not None:
            later.append(_taken_again(each, step.turn))
        if _is_barrier(step.before, step.turn):
            stopped.add(chat_id)
        _note(chat_id, step.turn)
    await _write(house, tx, steps, known)
    return later


async def _write(house: House, tx: Tx, turns: Sequence[Step], known: _Known) -> None:
    """What a round of turns leaves behind, in this transaction or not at all."""
    steps, sealed = await seal_steps(house, turns, known.loaded.linked)
    await fencing.note(house, steps)
    await apply(tx, steps, sealed, keys=house.keys, chance=house.chance, now=known.now)
    await alerts.raised(house, tx, steps)
    await own_copies.keep(house, tx, steps)
    await notices.tell(house, tx, steps)
    await tokens.use(tx, known.tokens.spent, known.now)
    await audit_log.note_turns(house, tx, steps)


@dataclass(slots=True)
class _Known:
    """What the turns of a round can know: each chat's conversation, as the turns before left it, and what else is so.

    ``copies``: when the last copy of answers is to be gone; ``records``: by chat, how many there are of the person.
    """

    house: House
    now: datetime
    loaded: Loaded
    tokens: _TokenBook
    seats: SeatBook
    copies: datetime | None
    records: dict[bytes, int]

    @classmethod
    async def look_up(cls, house: House, tx: Tx, news: Sequence[_Keyed], doors: Mapping[int, Stored]) -> _Known:
        now = house.clock.now()
        chats_here = {doors[each.arrived.address].chat.id: doors[each.arrived.address] for each in news}
        here = list(chats_here.values())
        loaded = await conversations.load(tx, here, keys=house.keys, keystore=house.keystore, now=now)
        return cls(
            house,
            now,
            loaded,
            tokens=await _TokenBook.look_up(house, tx, [each.arrived.input for each in news]),
            seats=SeatBook(loaded.conversations.values()),
            copies=await _copies_until(tx, news, loaded),
            records=await _records_held(tx, news, loaded),
        )

    def advance(self, each: _Keyed, chat_id: bytes) -> Step:
        """One turn, after which the chat is known as it left it."""
        happened, state = each.arrived.input, self.loaded.conversations
        before = replace(
            self.seats.seen_by(state[chat_id]),
            token=self.tokens.of(state[chat_id], happened),
            copies_until=self.copies,
            records_held=self.records.get(chat_id, 0),
        )
        turn = advance(before, happened, script=self.house.script, now=self.now, chance=self.house.chance)
        turn = replace(turn, conversation=_buried(turn, message_of(happened)))
        self.seats.note(before, turn.conversation)
        if turn.use_token:
            self.tokens.used(happened)
        state[chat_id] = conversations.carried_on(turn.conversation, turn.occurrences)
        return Step(before, turn, f"r/{each.key.hex()}")


async def _copies_until(tx: Tx, news: Sequence[_Keyed], loaded: Loaded) -> datetime | None:
    """When the last copy is to be gone; asked for only where it may be said."""
    pressed = any(isinstance(each.arrived.input, Pressed) and each.arrived.input.press.verb in _SAYS for each in news)
    people = (each.participant for each in loaded.conversations.values())
    if not pressed and not any(person and person.withdrawal for person in people):
        return None
    return await handed_out.open_until(tx)


async def _records_held(tx: Tx, news: Sequence[_Keyed], loaded: Loaded) -> dict[bytes, int]:
    """By chat, how many records there are of whom it speaks with; counted only where it may be said."""
    if not any(_asks_for_data(each.arrived.input) for each in news):
        return {}
    cases = {chat: each.participant.case for chat, each in loaded.conversations.items() if each.participant}
    counted = await records.count_of(tx, cases.values())
    return {chat: counted.get(case, 0) for chat, case in cases.items()}


def _asks_for_data(happened: Input) -> bool:
    match happened:
        case Command(name=CommandName.MY_DATA):
            return True
        case Pressed(press=press):
            return press.verb is Verb.MY_DATA
        case _:
            return False


_SAYS = frozenset({Verb.CHOOSE_STOP, Verb.CONFIRM_STOP, Verb.FINISH})


def _is_barrier(before: Conversation, turn: Turn) -> bool:
    was, now = before.participant, turn.conversation.participant
    changed = (was and was.id) != (now and now.id)
    return turn.plan is not None or turn.use_token or turn.switch is not None or changed


def _taken_again(each: _Keyed, turn: Turn) -> _Keyed:
    """The same input, for the person the chat speaks with now; a code that moved somebody here has done its work."""
    happened = each.arrived.input
    if turn.moved_here and isinstance(happened, Start | Text):
        happened = Start("", happened.message, happened.hint)
    return replace(each, arrived=replace(each.arrived, input=happened))


def _note(chat_id: bytes, turn: Turn) -> None:
    for note in turn.notes:
        log(note, chat=chat_id.hex())


def message_of(happened: Input) -> int:
    """The id of the person's own message, 0 where there is none: a pressed message is ours."""
    if isinstance(happened, Pressed | Blocked | Unblocked):
        return 0
    return getattr(happened, "message", 0)


def _buried(turn: Turn, message: int) -> Conversation:
    """A message that stays in the chat below the card buries it: the next thing shown comes as a new message."""
    after = turn.conversation
    card = after.chat.card
    if card.message is None or message <= card.message or message in turn.remove:
        return after
    return replace(after, chat=replace(after.chat, card=replace(card, buried=True)))


class _TokenBook:
    """The tokens a batch presents, looked up under lock; what one update uses up, the next finds used."""

    def __init__(self, house: House, found: dict[bytes, TokenState]) -> None:
        self._house = house
        self._found = found
        self.spent: set[bytes] = set()

    @classmethod
    async def look_up(cls, house: House, tx: Tx, inputs: Sequence[Input]) -> _TokenBook:
        secrets = {code for happened in inputs if (code := presented(happened))}
        hashes = {each for code in secrets for each in tokens.indexes(house.keys, code)}
        found = await tokens.look_up(tx, hashes, house.clock.now()) if hashes else {}
        return cls(house, found)

    def _key(self, code: str) -> bytes:
        """Where the code stands, if anywhere: among generations of the server's keys it stands once."""
        where = tokens.indexes(self._house.keys, code)
        unknown = TokenState("unknown")
        return next((each for each in where if self._found.get(each, unknown) != unknown), where[0])

    def of(self, conversation: Conversation, happened: Input) -> TokenState | None:
        code = presented(happened, answering=conversation.session is not None)
        if code is None:
            return None
        return self._found.get(self._key(code), TokenState("unknown"))

    def used(self, happened: Input) -> None:
        code = presented(happened)
        if code:
            key = self._key(code)
            self.spent.add(key)
            self._found[key] = replace(self._found[key], state="used")
