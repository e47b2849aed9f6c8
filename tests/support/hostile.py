"""A store, one person and a Telegram that fails, all in one process: for tests that stop the bot anywhere.

Telegram is a value here: updates wait until they are acknowledged, calls have effects whether or not their answer
arrives. ``Steps`` counts the points at which a process may die: before and after every commit, call, acknowledgement.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import SetClock
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Command, CommandName, Input, Pressed, Text, Unusable, Verb
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.dialogue.script import Script
from cora_bot.dialogue.turn import Turn
from cora_bot.store.database import Database, Tx
from cora_bot.store.tables import outbox
from cora_bot.study.model import Anchor, Wave
from cora_bot.usecases.deliver import claim, recover, settle
from cora_bot.usecases.due import due
from cora_bot.usecases.exchange import (
    Arrived,
    DeleteMessage,
    EditMessage,
    Gone,
    Outcome,
    Refused,
    Retry,
    SendFile,
    Sending,
    SendMessage,
    Sent,
    Uncertain,
)
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from tests.support.house import Premises, opened, premises
from tests.support.killed import Killed
from tests.support.one_form import chat_form, script_around
from tests.support.opening import all_records
from tests.support.talk import person as somebody
from tests.support.turns import DAY, joined, meet, occurrence, write

NOON = datetime(2026, 12, 14, 11, 0, tzinfo=UTC)
ADDRESS = 700
FORM = """
| survey |
| | type | name | label::English (en) | required |
| | select_one yn | first | First? | yes |
| | text | words | Words? | yes |
| | text | more | More words? | yes |
| | select_one yn | second | Second? | yes |

| choices |
| | list_name | name | label::English (en) |
| | yn | y | Yes |
| | yn | n | No |
"""
YOU_WROTE = p.YOU_WROTE.split("{", maxsplit=1)[0]


@cache
def script() -> Script:
    wave = Wave(
        "w", "test", Anchor.RETURN_DATE, "P14D", "", timedelta(days=7), (timedelta(days=1), timedelta(days=3)),
        "check_ins",
    )  # fmt: skip
    return script_around(chat_form(FORM), waves=(wave,))


@dataclass
class Steps:
    """Dies at the ``at``-th point; 0: never."""

    at: int = 0
    count: int = 0

    def __call__(self) -> None:
        self.count += 1
        if self.count == self.at:
            raise Killed


@dataclass
class Made:
    """A call that had its effect, or would have had it, were the person not gone."""

    row: int
    unsolicited: bool
    delivered: bool
    at: datetime


@dataclass
class Telegram:
    """What it keeps while the bot dies: updates, messages, calls. ``trouble`` befalls the next call."""

    clock: SetClock
    pending: list[Arrived] = field(default_factory=list)
    messages: dict[int, Prompt] = field(default_factory=dict)
    older: list[tuple[int, Prompt]] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    blocked: bool = False
    trouble: str = ""
    last_message: int = 100
    updates: int = 0

    def call(self, sending: Sending) -> Outcome:
        trouble, self.trouble = self.trouble, ""
        if trouble == "429":
            return Retry(self.clock.now() + timedelta(seconds=3), "too_many")
        if trouble == "not sent":
            return Retry(self.clock.now() + timedelta(seconds=2), "not_sent")
        self.made.append(Made(sending.id, sending.unsolicited, not self.blocked, self.clock.now()))
        if self.blocked:
            return Gone("blocked")
        outcome = self._done(sending)
        return Uncertain("no_answer") if trouble == "time-out" else outcome

    def _done(self, sending: Sending) -> Outcome:
        match sending.call:
            case SendMessage(prompt):
                return Sent(self._shown(prompt))
            case EditMessage(message, prompt) if message in self.messages:
                self.older.append((message, self.messages[message]))
                self.messages[message] = prompt
                return Sent(message)
            case DeleteMessage(message):
                self.messages.pop(message, None)
                return Sent(0)
            case SendFile():
                raise AssertionError("this form has no files")
            case _:
                return Refused("message_gone")

    def _shown(self, prompt: Prompt) -> int:
        self.last_message += 1
        self.messages[self.last_message] = prompt
        return self.last_message

    def happens(self, event: Input) -> None:
        self.updates += 1
        self.pending.append(Arrived(f"u:{self.updates}", ADDRESS, event))


@dataclass
class Respondent:
    """Answers what the lowest card asks, with words of its own for each question; never the same twice."""

    telegram: Telegram
    written: list[str] = field(default_factory=list)

    @property
    def card(self) -> tuple[int, Prompt] | None:
        return max(self.telegram.messages.items(), default=None)

    def accepted(self) -> set[str]:
        """Words the bot has shown back as stored."""
        seen = [*self.telegram.messages.items(), *self.telegram.older]
        return {word for word in self.written for _, prompt in seen if f"{YOU_WROTE}{word}" in _plain(prompt.text)}

    def act(self, *verbs: Verb) -> bool:
        """Does one thing; False when the card asks for nothing."""
        if self.card is None:
            return False
        message, prompt = self.card
        if "ords?" in prompt.text:
            self.write()
            return True
        for verb in verbs or (Verb.OPEN, Verb.CHOOSE, Verb.DONE):
            for button in buttons(prompt):
                if button.press.verb is verb:
                    self.press(message, button)
                    return True
        return False

    def press(self, message: int, button: Button) -> None:
        self.telegram.happens(Pressed(button.press, message))

    def write(self) -> None:
        self.telegram.last_message += 1
        self.written.append(f"word{len(self.written)}x")
        self.telegram.happens(Text(self.written[-1], self.telegram.last_message, "en"))

    def edits(self) -> None:
        self.telegram.happens(Unusable("edit", self.telegram.last_message, "en"))

    def stops(self) -> None:
        self.telegram.last_message += 1
        self.telegram.happens(Command(CommandName.STOP, self.telegram.last_message, "en"))


def buttons(prompt: Prompt) -> list[Button]:
    return [button for row in prompt.rows for button in row]


def _plain(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "")


@dataclass
class Ground:
    """Where the store lies; ``open`` is a new process."""

    place: Premises
    clock: SetClock

    @asynccontextmanager
    async def open(self) -> AsyncIterator[House]:
        async with opened(self.place) as house:
            yield replace(house, script=script(), chance=SystemChance())

    def copy(self, folder: Path) -> Ground:
        folder.mkdir(parents=True)
        for name in ("cora.db", "keystore.db"):
            shutil.copy(self.place.folder / name, folder / name)
        clock = SetClock(self.clock.now())
        return Ground(replace(self.place, folder=folder, clock=clock), clock)


async def prepared(folder: Path, *, occasions: int = 1) -> Ground:
    """A person who takes part and has ``occasions``, the first an hour from now, the others ten days apart."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = SetClock(NOON)
    ground = Ground(premises(folder, clock, seed="hostile"), clock)
    async with ground.open() as house:
        await recover(house)
        who = somebody(told_removal=True)
        names = (
            "language",
            "zone",
            "enrolled_at",
            "return_state",
            "return_date",
            "told_removal",
            "purposes",
            "country",
        )
        await joined(house, ADDRESS, **{name: getattr(who, name) for name in names})
        before = await meet(house, ADDRESS)
        planned = tuple(
            occurrence("w", number + 1, NOON + timedelta(hours=1) + 10 * number * DAY) for number in range(occasions)
        )
        await write(house, before, Turn(before, occurrences=planned), "plan")
    return ground


@contextmanager
def dying(house: House, steps: Steps) -> Iterator[None]:
    """Every commit of either store is two points: before it, and after."""
    databases: list[Database] = [house.database, house.keystore.database]
    for database in databases:
        database.transaction = _stepped(database.transaction, steps)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for database in databases:
            del database.transaction


Way = Callable[[], AbstractAsyncContextManager[Tx]]


def _stepped(way: Way, steps: Steps) -> Way:
    @asynccontextmanager
    async def stepped() -> AsyncIterator[Tx]:
        async with way() as tx:
            yield tx
            steps()
        steps()

    return stepped


async def serve(house: House, telegram: Telegram, steps: Steps, *, starting: bool = True) -> None:
    """One process at work, until nothing is left to do at this moment. Raises ``Killed``."""
    with dying(house, steps):
        if starting:
            await recover(house)
        while await _received(house, telegram, steps) + await due(house) + await _sent(house, telegram, steps):
            pass


async def _received(house: House, telegram: Telegram, steps: Steps) -> int:
    batch = telegram.pending[:100]
    if batch:
        steps()
        await receive(house, batch)
        steps()
        del telegram.pending[: len(batch)]  # the next offset
    return len(batch)


async def _sent(house: House, telegram: Telegram, steps: Steps) -> int:
    claimed = await claim(house)
    results: list[tuple[Sending, Outcome]] = []
    for sending in claimed:
        steps()
        results.append((sending, telegram.call(sending)))
        steps()
    if results:
        await settle(house, results)
    return len(claimed)


# ---- what must hold --------------------------------------------------------------------------------------------------


async def stored_words(house: House, ground: Ground, written: list[str]) -> Counter[str]:
    """How often each word stands in what the researchers open."""
    found: Counter[str] = Counter()
    for _, body in await all_records(house, ground.place.identities):
        said = [body.get("value"), *dict(body.get("values", {})).values()]
        found.update(word for word in written for each in said if each == word)
    return found


async def rows(house: House) -> dict[int, Any]:
    async with house.database.read() as tx:
        return {row.id: row for row in await tx.execute(select(outbox))}


def unaccounted(made: list[Made], standing: dict[int, Any]) -> list[str]:
    """What the books say wrongly of the calls that were made; nothing may be in flight."""
    wrong: list[str] = []
    # Ended replies are purged and their numbers drawn again: what is said of an unsolicited row is not a reply's.
    calls: Counter[int] = Counter(each.row for each in made if each.unsolicited)
    arrived = {each.row for each in made if each.unsolicited and each.delivered}
    delivered = {each.row for each in made if each.delivered}
    for row in standing.values():
        if row.state == "sending":
            wrong.append(f"{row.id} is in flight for ever")
        if row.state == "sent" and row.id not in delivered:
            wrong.append(f"{row.id} was never sent")
        if row.unsolicited and row.id in arrived and row.state not in ("sent", "uncertain"):
            wrong.append(f"{row.id} arrived and is {row.state}")
        if row.unsolicited and row.attempts < calls[row.id]:
            wrong.append(f"{row.id} was called more often than claimed")
    return wrong


def doubled(made: list[Made]) -> list[int]:
    """Unsolicited rows that arrived more than once."""
    arrived = Counter(each.row for each in made if each.unsolicited and each.delivered)
    return [row for row, times in arrived.items() if times > 1]
