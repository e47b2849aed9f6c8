"""Golden chats: a transcript is played against the real bot over the Bot API emulator and compared line by line.

Between any two lines the bot is stopped, its database and key store are closed, and all is opened again.

    # text             a title or a comment, kept as it is
    phone: ar          the language the phone reports (header)
    begin: 2026-12-01 09:00   the instant it begins, UTC (header)
    > [Deutsch]        the person presses a button of the lowest message that has it
    > (sticker)        the person sends something that is not text
    > !block           the person blocks the bot (also !unblock)
    > text             the person writes; {code} stands for a fresh enrolment code, {relink} for one that moves the
                       only participant to a new phone
    + second: ar       the phone called "second" is taken up; made on first mention, with this language
    $ reply text       the team answers the only participant
    $ outage AL 2026-12-16 2026-12-19   the team enters an outage, from its first to its last day
    $ interview arrival phone: 1 / 2 / text   staff enter what the only participant answers, line by line
    $ joined sq AL        the person of this phone takes part and agreed to visits; "knock 4" behind it: picture 4 opens
    $ trip 2026-12-21     a trip to Tirana and Shkodra begins on that day (tests/support/trips.py); "shown" behind it:
                          Tirana's exact place is a picture and a voice too
    $ offer 2026-12-19    everybody is invited who can be, until that day
    $ tasks               whom the team has to look after, and why
    $ visit move 3        what the team does about the only visit: move to a time, cancel, done, missed
    $ ill ANNA 2026-12-21 an interviewer cannot come that day
    @ +3h              time passes (m, h, d), and what falls due happens
    @ 2026-12-15 09:30 … until this instant, UTC
    = opened           the researcher opens what is sealed until now

Everything else in a file is what the program did, and is written by ``--update-chats``.

A folder without forms holds no study but a ``study.toml`` of what is added to the shipped one.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import App, Connection
from bot.pilot.limits import Limits
from bot.pilot.person import Bubble, Person
from bot.pilot.server import Emulator
from bot.pilot.world import World
from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import SetClock
from cora_bot.dialogue.conversation import Mode, Opening
from cora_bot.dialogue.handlers.planning import plan_for
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Turn
from cora_bot.usecases import outage
from cora_bot.usecases.due import next_moment
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_relink, make_tokens
from cora_bot.usecases.people import people
from cora_bot.usecases.reply import reply
from cora_bot.usecases.tasks import duties
from tests.support.house import STUDY, Premises, opened, premises
from tests.support.interviewing import interview
from tests.support.opening import opened_records
from tests.support.trips import arrange
from tests.support.turns import joined, write

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
KEPT = ("#", "phone:", "begin:", ">", "@", "=", "+", "$")


def script_lines(text: str) -> Iterator[str]:
    """The lines of a transcript that are the author's; the rest is the program's."""
    for line in text.splitlines():
        if line.startswith(KEPT):
            yield line


@dataclass(slots=True)
class Handset:
    """One phone and what was told of it until now."""

    person: Person
    seen: dict[int, Bubble] = field(default_factory=dict)
    told: int = 0
    toasts: int = 0

    def changes(self) -> list[str]:
        """What its owner would notice since the last look."""
        lines: list[str] = []
        fresh = self.person.notifications[self.told :]
        lines += [f"🔔 {note.text}" for note in fresh if not note.seen]
        self.told = len(self.person.notifications)
        lines += [f"💬 {toast.text}" for toast in self.person.toasts[self.toasts :] if toast.text]
        self.toasts = len(self.person.toasts)
        now = {bubble.message_id: bubble for bubble in self.person.screen}
        gone = [bubble for number, bubble in self.seen.items() if number not in now]
        lines += [f"🗑 {'own message' if bubble.mine else 'card'} removed" for bubble in gone]
        for number, bubble in now.items():
            before = self.seen.get(number)
            if before is None and bubble.mine:
                lines.append("own message stays")
            elif before is None or (before.text, before.buttons) != (bubble.text, bubble.buttons):
                lines += ["new card" if before is None else "card", *_drawn(bubble)]
        self.seen = now
        return lines


@dataclass(slots=True)
class Play:
    """One transcript being played."""

    place: Premises
    clock: SetClock
    emulator: Emulator
    phones: dict[str, Handset]
    held: str = ""

    @property
    def person(self) -> Person:
        return self.phones[self.held].person

    async def line(self, line: str) -> list[str]:
        """Plays one line on a freshly opened bot; what it led to, as text."""
        sign, rest = line[0], line[1:].strip()
        if sign == "=":
            return [text async for text in self._opened()]
        if sign == "+":
            self._take(rest)
            return []
        if line == "$ tasks":
            return [text async for text in self._tasks()]
        async with self._bot() as (app, house):
            if sign == ">":
                await self._act(rest, house)
                await self._taken(app)
            elif sign == "$":
                await self._team(rest, house)
                await self._taken(app)
            else:
                await self._wait(rest, app, house)
        return self._changes()

    def _take(self, wanted: str) -> None:
        name, _, language = wanted.partition(":")
        if name not in self.phones:
            person = self.emulator.world.person(name, language_code=language.strip() or "en")
            self.phones[name] = Handset(person)
        self.held = name

    @asynccontextmanager
    async def _bot(self) -> AsyncIterator[tuple[App, House]]:
        async with opened(self.place) as house:
            connection = Connection(
                token=self.emulator.token, base_url=self.emulator.base_url, rate=0, per_chat=0, long_poll=1, tick=0
            )
            async with App(house, connection) as app:
                yield app, house

    async def _act(self, act: str, house: House) -> None:
        person = self.person
        person.look()
        if act.startswith("[") and act.endswith("]"):
            person.press(_labelled(person, act[1:-1]))
        elif act.startswith("("):
            person.send(act[1:-1])
        elif act == "!block":
            person.block()
        elif act == "!unblock":
            person.unblock()
        elif "{code}" in act:
            (code,) = await make_tokens(house, 1, expires_days=14)
            person.type(act.replace("{code}", code))
        elif "{relink}" in act:
            code = await make_relink(house, await _only(house), expires_days=14)
            person.type(act.replace("{relink}", code))
        else:
            person.type(act)

    async def _team(self, what: str, house: House) -> None:
        """What the team does at the server."""
        command, _, rest = what.partition(" ")
        match command:
            case "reply":
                await reply(house, await _only(house), rest)
            case "outage":
                place, first, last = rest.split()
                until = datetime.fromisoformat(last) + timedelta(days=1)
                await outage.enter(house, place, datetime.fromisoformat(first), until)
            case "interview":
                about, _, typed = rest.partition(": ")
                form, mode = about.split()
                await interview(house, await _only(house), form, mode=Mode(mode), typed=typed.split(" / "))
            case "joined":
                await _join(house, self.person.id, rest.split())
            case "trip" | "offer" | "visit" | "ill":
                await arrange(house, command, rest.split())
            case _:
                raise ValueError(f"the team does not know how to {command!r}")

    async def _taken(self, app: App) -> None:
        """Until the bot has taken every update and sent what it had to send."""
        async with asyncio.timeout(20):
            while self.emulator.world.pending():
                await asyncio.sleep(0.005)
            await app.settle_all()

    async def _wait(self, when: str, app: App, house: House) -> None:
        """Time passes from one due moment to the next, so that everything happens at its own time."""
        until = self.clock.now() + _duration(when) if when.startswith("+") else _instant(when)
        for handset in self.phones.values():
            handset.person.lock()
        while self.clock.now() < until:
            due = await next_moment(house)
            self.clock.set(min(until, max(due or until, self.clock.now() + timedelta(minutes=1))))
            await app.tick()
            await app.settle_all()

    async def _opened(self) -> AsyncIterator[str]:
        async with opened(self.place) as house:
            async for text in opened_records(house, self.place.identities):
                yield f"    {text}"

    async def _tasks(self) -> AsyncIterator[str]:
        async with opened(self.place) as house:
            for duty in await duties(house):
                yield f"    {duty.reason} {duty.about}".rstrip()

    def _changes(self) -> list[str]:
        """What happened on the phone in hand, then on the others."""
        lines = self.phones[self.held].changes()
        for name, handset in self.phones.items():
            if name != self.held:
                lines += [f"({name or 'first'}) {line}" for line in handset.changes()]
        return lines


async def _join(house: House, address: int, words: list[str]) -> None:
    """Enrolled beforehand, so that a chat about something else need not begin with all of it."""
    language, country, *knock = words
    opening = {"opening": Opening.KNOCK, "picture": int(knock[1])} if knock else {}
    fields = {"language": language, "country": country, "zone": house.script.study.countries[country][0]}
    taking_part = {"purposes": frozenset({"visits"}), "enrolled_at": house.clock.now(), "asked_opening": True}
    known = await joined(house, address, **fields, **taking_part, **opening)
    if plan := plan_for(Scene(known, house.script, house.clock.now(), house.chance)):
        await write(house, known, Turn(known, plan=plan))


async def _only(house: House) -> str:
    (person,) = await people(house)
    return person.code


def _labelled(person: Person, wanted: str) -> str:
    """The label of the lowest button that reads ``wanted``, whatever mark stands before it."""
    labels = [label for bubble in reversed(person.screen) for label in bubble.labels]
    return next((label for label in labels if label.lstrip("☐☑●✓☰▶🌐 ") == wanted), wanted)


def _drawn(bubble: Bubble) -> list[str]:
    kind = f"({bubble.kind}) " if bubble.kind in ("photo", "voice") and not bubble.mine else ""
    rows = [" ".join(f"[{button.text}]" for button in row) for row in bubble.buttons]
    return [f"│ {line}".rstrip() for line in [*f"{kind}{bubble.text}".split("\n"), *rows]]


def _duration(text: str) -> timedelta:
    found = re.fullmatch(r"\+(\d+)([mhd])", text)
    if found is None:
        raise ValueError(f"not a duration: {text!r} (write +30m, +3h or +14d)")
    return int(found[1]) * UNITS[found[2]]


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def _study(found: Path, folder: Path) -> Path:
    """The study of this folder, or the shipped one with what the folder adds to it."""
    if (found / "forms").is_dir():
        return found
    made = folder / "study"
    shutil.copytree(STUDY, made)
    with (made / "study.toml").open("a", encoding="utf-8") as text:
        text.write((found / "study.toml").read_text(encoding="utf-8"))
    return made


async def play(path: Path, folder: Path) -> str:
    """The transcript at ``path`` as the program plays it now."""
    lines = list(script_lines(path.read_text(encoding="utf-8")))
    header = dict(line.split(": ", 1) for line in lines if line.startswith(("phone:", "begin:")))
    clock = SetClock(_instant(header["begin"]))
    place = premises(folder, clock, seed=path.stem, study=_study(path.parents[1], folder))
    world = World(clock=clock, chance=SeededChance(path.stem), throttled=False, limits=Limits(enabled=False))
    async with Emulator(world=world) as emulator:
        person = world.person("Person", language_code=header["phone"])
        played = Play(place, clock, emulator, {"": Handset(person)})
        written: list[str] = []
        for line in lines:
            if line.startswith(("#", "phone:", "begin:")):
                written += [line] if line.startswith(("phone:", "begin:")) else ["", line]
                continue
            written += ["", line, *await played.line(line)]
        return "\n".join(written).strip() + "\n"
