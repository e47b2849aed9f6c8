"""A server's life with planted secrets: people enrol, answer, chat; the process is aborted, started again, stopped.

``live`` plays it with the real ``cora`` in its own processes, or with the control that seals nothing.
"""

from __future__ import annotations

import asyncio
import mmap
import signal
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.demo import Premises, prepare
from bot.pilot.faults import Fault, Kind
from bot.pilot.limits import Limits
from bot.pilot.server import Emulator
from bot.pilot.world import World
from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import TravelClock
from cora_bot.dialogue.inputs import Verb
from cora_bot.vault.server_keys import load_keys
from tests.support import planted, secret_study
from tests.support.planted import said
from tests.support.secrets import Finding, Search, Secret, code, fingerprints, word
from tests.support.serving import PATIENCE, Hand, Server

MORNING = datetime(2026, 12, 1, 9, 10, tzinfo=UTC)
TABLES = {
    "cora.db": ("chat", "participant", "session", "token", "parked_update", "record"),
    "keystore.db": ("link", "erasure"),
}


@dataclass
class Run:
    """What happened, and what was found when."""

    place: Premises
    secrets: list[Secret] = field(default_factory=lambda: list(planted.FIXED))
    found: dict[str, set[Finding]] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    stored: dict[str, int] = field(default_factory=dict)
    cores: int = 0
    in_core: bool = False
    before: set[tuple[str, str]] = field(default_factory=set)

    @property
    def out(self) -> Path:
        return self.place.folder / "out"

    @property
    def everything(self) -> set[Finding]:
        return set().union(*self.found.values())

    def rows(self) -> dict[str, int]:
        """How many rows each table of people and their things has."""
        counted: dict[str, int] = {}
        for store, tables in TABLES.items():
            with closing(sqlite3.connect(self.place.server / store)) as database:
                for table in tables:
                    counted[table] = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return counted

    def look(self, moment: str) -> None:
        self.found[moment] = Search(self.secrets).folder(self.place.folder, but=self.before)


Watch = Callable[["Life", str], Awaitable[None]]
"""Looks at the server in the middle of a form (``middle``), and after everything, when it was stopped (``end``)."""


async def nobody(_life: Life, _moment: str) -> None:
    """Nobody looks."""


async def live(folder: Path, *, unsealed: bool, watch: Watch = nobody, readable: bool = False) -> Run:
    """The whole life; the files stay as they are at its end. ``readable``: other processes may read the memory."""
    place = prepare(folder, fresh=False)
    secret_study.write_study(place.study)
    for name in ("out", "tmp", "home", "cwd"):
        (folder / name).mkdir()
    token = folder / "token"
    token.touch(mode=0o600)
    token.write_text(planted.TOKEN, encoding="utf-8")
    run = Run(place, before=fingerprints(folder))
    run.secrets.append(Secret("working key", raw=load_keys(place.server_key).working))
    clock = TravelClock(place.clock)
    clock.move(MORNING - datetime.now(UTC))
    world = World(
        clock=clock, token=planted.TOKEN, chance=SeededChance("telegram"), limits=Limits(enabled=False), throttled=False
    )
    async with Emulator(world=world) as emulator, Server.of(place, emulator.url, unsealed=unsealed) as server:
        server.readable = readable
        life = Life(run, server, emulator, clock, watch)
        await life.first_process()
        await life.second_process()
        await watch(life, "end")
    return run


class Life:
    """What people and the operator do, one after another."""

    def __init__(self, run: Run, server: Server, emulator: Emulator, clock: TravelClock, watch: Watch) -> None:
        self.run, self.server, self.emulator, self.clock, self.watch = run, server, emulator, clock, watch
        self.world = world = emulator.world
        self.latin = Hand(world, planted.LATIN, name=planted.FIRST_NAME.texts[0], user=planted.USER_NAME.texts[0])
        self.arabic = Hand(world, planted.ARABIC, language="ar")
        self.idle = Hand(world, planted.IDLE)
        self.halfway = Hand(world, planted.HALFWAY)
        self.stranger = Hand(world, planted.STRANGER)

    async def first_process(self) -> None:
        """Everything up to a session left open, with a card that cannot be delivered; then SIGABRT."""
        codes = (await self.server.command("invite", "invite", "--count", "4")).split()
        self.run.secrets += [code(f"enrolment code {number}", one) for number, one in enumerate(codes, start=1)]
        async with self.serving("first", signal.SIGABRT):
            await self._enrol(*codes)
            await self._chatter()
            self.run.look("running")
            await self._first_wave()
            await self._second_wave()
            await self.watch(self, "middle")
        self._cores()
        self.run.look("aborted")

    async def second_process(self) -> None:
        """Recovers, delivers what was left, and is told to stop; then a bundle is written."""
        self.emulator.faults.clear()
        undelivered = self.latin.card
        async with self.serving("second", signal.SIGTERM):
            await self.latin.person.until(lambda _: self.latin.card != undelivered, seconds=PATIENCE)
            await self._taken()
        self.run.look("stopped")
        await self.server.command("bundle", "bundle", "--to", str(self.run.out / "carried.bundle"), "--holder", "Anna")
        self.run.look("bundled")
        self.run.stored = self.run.rows()

    @asynccontextmanager
    async def serving(self, name: str, how: signal.Signals) -> AsyncIterator[None]:
        await self.server.start(name, "run")
        yield
        self.run.ends[name] = await self.server.end(how)

    async def _enrol(self, *codes: str) -> None:
        linked, typed, idle, halfway = codes
        told = [f"  {typed.lower().replace('-', ' ')} ", idle, halfway]
        await asyncio.gather(
            self.latin.enrol(0, lambda: self.latin.person.start(linked)),
            self.arabic.enrol(1, lambda: self.arabic.person.type(told[0])),
            self.idle.enrol(0, lambda: self.idle.person.type(told[1])),
            self.halfway.enrol(0, lambda: self.halfway.person.start(told[2])),
        )
        people = (self.latin, self.arabic, self.idle)
        cases = await asyncio.gather(*(one.consent() for one in people))
        self.run.secrets += [code(f"case code {number}", one) for number, one in enumerate(cases, start=1)]

    async def _chatter(self) -> None:
        """What nobody asked for."""
        stranger, idle = self.stranger, self.idle
        await stranger.type(planted.WRONG_CODE)
        await stranger.type(said(planted.STRANGER_TEXT))
        stranger.person.edit(stranger.person.type("well"), said(planted.EDITED))
        await idle.type(said(planted.IDLE_TEXT))
        await self._taken()
        pressed = await idle.press(Verb.PASS_ON)
        self.run.secrets.append(word("id of a press", pressed))
        idle.person.send("photo", caption=said(planted.CAPTION))
        await self._taken()
        with _Refusal(self.run.place.server / "cora.db"):
            idle.person.type(said(planted.PARKED_TEXT))
            await self._until(lambda: self.run.rows()["parked_update"] == 1)

    async def _first_wave(self) -> None:
        """The Arabic speaker answers all; the others are reminded and let it pass."""
        self.clock.move(timedelta(days=1))
        await asyncio.gather(self.latin.invited(), self.arabic.invited(), self.idle.invited())
        await self._open(self.arabic)
        await self.arabic.answer("٧٣١٦٢٤٩٨٫٠٦٢٥", planted.BORN.texts[-1])
        await self.arabic.answer(
            *(said(one) for one in (planted.ARABIC_NICKNAME, planted.ARABIC_STORY, planted.ARABIC_MORE))
        )
        others = (self.latin, self.idle)
        for days in (1, 2):  # the reminder, then the end of the window
            shown = [one.card for one in others]
            self.clock.move(timedelta(days=days))
            for one, before in zip(others, shown, strict=True):
                await one.person.until(lambda _, one=one, before=before: one.card != before, seconds=PATIENCE)
            await self._taken()

    async def _second_wave(self) -> None:
        self.clock.move(timedelta(days=1))
        await self.latin.invited()
        await self._open(self.latin)
        await self.latin.answer(str(planted.AMOUNT.real), planted.BORN.texts[1], said(planted.NICKNAME))
        for language in (1, 0):
            await self.latin.type("/language")
            await self.latin.press(Verb.SET_LANGUAGE, language)
        self.emulator.faults.add(Fault(Kind.ERROR_BEFORE, "editMessageText", count=0))
        self.latin.person.type(said(planted.STORY))
        await self._taken()

    async def _open(self, hand: Hand) -> None:
        await hand.press(Verb.OPEN)
        await hand.press(Verb.CHOOSE)
        await hand.press(Verb.TOGGLE)
        await hand.press(Verb.DONE)

    async def _taken(self) -> None:
        """Until the server has acknowledged, hence committed, everything."""
        await self._until(lambda: not len(self.world.queue))

    async def _until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await asyncio.sleep(0.02)

    def _cores(self) -> None:
        """A core is looked into and put away: the control's is as large as a process."""
        for core in (self.run.place.folder / "cwd").glob("core*"):
            self.run.cores += 1
            with core.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
                self.run.in_core |= memory.find(str(planted.LATIN.number).encode()) >= 0
            core.unlink()


class _Refusal:
    """While it lasts the database refuses to note that anybody has written: such an update is parked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._do("CREATE TRIGGER refuse BEFORE UPDATE OF last_message ON chat BEGIN SELECT RAISE(ABORT, 'no'); END")

    def __exit__(self, *_: object) -> None:
        self._do("DROP TRIGGER refuse")

    def _do(self, statement: str) -> None:
        with closing(sqlite3.connect(self._path, timeout=10)) as database:
            database.execute(statement)
            database.commit()
