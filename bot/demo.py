"""The demonstration: a phone, the server and the researcher's computer on one machine, made ready by itself.

Rules: everything lies in one folder marked DEMO; its study is marked ``demo`` and talks to loopback alone; its keys and
passphrases are written down beside it on purpose and must never be used for anything else.
"""

from __future__ import annotations

import asyncio
import csv
import re
import shutil
import tomllib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import App, Connection
from bot.pilot.pilot import Banner, Opened, Pilot, Table
from bot.pilot.server import Emulator
from bot.pilot.world import DEMO_TOKEN, World
from bot.telling import answers, dispositions, seen, shelves, told, when
from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import TravelClock
from cora_bot.base.errors import CoraError
from cora_bot.base.resources import shipped
from cora_bot.base.text import isolate
from cora_bot.export.export_bundle import export_bundle
from cora_bot.export.reconciliation import Reconciliation
from cora_bot.study.model import Study
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.due import next_moment
from cora_bot.usecases.holdings import holdings
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_tokens
from cora_bot.usecases.zones import zones
from cora_bot.vault.drill import DrillState, answer_drill, confirm, make_drill
from cora_bot.vault.drill_file import save_drills
from cora_bot.vault.identity import ResearcherKey, read_key_file, write_key_file
from cora_bot.vault.server_keys import save_keys
from cora_bot.vault.working import WorkingKeys

MARK = "DEMO.txt"
STUDY = "returnee_follow_up"
HOLDERS = ("first", "second")
PASSPHRASE = "only-for-the-demonstration"  # noqa: S105 - written down beside the key on purpose
WORK = 14  # scrypt; a real key file takes the default
MOST_UNSEEN = 50
NOTE = f"""This folder belongs to a demonstration of CoR.A Bot.

server/           what a server holds; server.key lies outside it, as it must
study/            a copy of the study, marked demo
researcher/       the "researcher's computer": key files, bundles, opened answers

The passphrase of the key files is: {PASSPHRASE}
Nothing in here may be used with real people. Delete the folder to begin anew.
"""


@dataclass(frozen=True, slots=True)
class Premises:
    """Where the demonstration's things lie."""

    folder: Path

    @property
    def server(self) -> Path:
        return self.folder / "server"

    @property
    def server_key(self) -> Path:
        return self.folder / "server.key"

    @property
    def study(self) -> Path:
        return self.folder / "study"

    @property
    def researcher(self) -> Path:
        return self.folder / "researcher"

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    def key_file(self, holder: str) -> Path:
        return self.researcher / f"{holder}.key"

    def settings(self, api: str) -> dict[str, str]:
        """The environment a server command needs to work on this demonstration."""
        return {
            "CORA_HOME": str(self.server),
            "CORA_STUDY": str(self.study),
            "CORA_TOKEN": DEMO_TOKEN,
            "CORA_API": api,
            "CORA_SERVER_KEY": str(self.server_key),
            "CORA_CLOCK_FILE": str(self.clock),
        }


def prepare(folder: Path, *, fresh: bool, study: Path | None = None) -> Premises:
    """The folder with keys and a study, made when it is not there. ``CoraError`` for a folder of something else.

    ``study`` is the folder of the study that is copied; without it, the shipped one.
    """
    place = Premises(folder.absolute())
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise CoraError(f"{folder} is not a demonstration's folder", "Name another one with --folder.")
        if not fresh:
            return place
        shutil.rmtree(folder)
    chance = SystemChance()
    source = study or shipped("surveys") / STUDY
    name = study_name(source)
    for each in (place.server, place.researcher):
        each.mkdir(parents=True, mode=0o700)
    (folder / MARK).write_text(NOTE, encoding="utf-8")
    save_keys(place.server_key, WorkingKeys.generate(chance), chance, passphrase=None)
    today = TravelClock(place.clock).now().date()
    recipients: list[str] = []
    for holder in HOLDERS:
        key = ResearcherKey.generate(f"{holder} researcher (demo)", chance, created=today, study=name)
        write_key_file(place.key_file(holder), key, PASSPHRASE, chance, work=WORK)
        recipients.append(key.identity.recipient.encode())
    _copy_study(source, place.study, recipients)
    _drill(place, name)
    return place


def study_name(folder: Path) -> str:
    """The id in a folder's study.toml. Raises ``CoraError``."""
    try:
        text = (folder / "study.toml").read_text(encoding="utf-8")
        name = tomllib.loads(text).get("id")
    except (OSError, ValueError):
        name = None
    if not isinstance(name, str) or not name:
        raise CoraError(f"there is no study in {folder} that can be read", f"Run: cora check {folder}")
    return name


def _drill(place: Premises, study: str) -> None:
    """The opening tests a study with real people needs: each key file opens a phrase sealed to it."""
    chance, now = SystemChance(), TravelClock(place.clock).now()
    state = DrillState(study)
    for holder in HOLDERS:
        key = read_key_file(place.key_file(holder), PASSPHRASE)
        sealed, proof = make_drill(key.identity.recipient, chance, study=study, at=now)
        phrase = answer_drill(sealed, key.identity)
        state = confirm(state.having(proof), key.identity.recipient.fingerprint(), phrase, now)
    save_drills(place.server / "opening-tests.json", state)


def _copy_study(source: Path, folder: Path, recipients: list[str]) -> None:
    shutil.copytree(source, folder)
    file = folder / "study.toml"
    file.write_text(_for_demonstration(file.read_text(encoding="utf-8"), recipients), encoding="utf-8")


def _for_demonstration(text: str, recipients: list[str]) -> str:
    """A study.toml that talks to loopback alone and seals to ``recipients``; everything else stays as it was."""
    table = re.search(r"(?m)^\s*\[", text)
    end = table.start() if table else len(text)
    head = re.sub(r"(?m)^recipients\s*=\s*\[[^\]]*\]|^demo\s*=.*$", "", text[:end])
    named = ", ".join(f'"{recipient}"' for recipient in recipients)
    return f"{head.rstrip()}\n\nrecipients = [{named}]\ndemo = true\n{text[end:]}"


class Demo:
    """A running demonstration. ``serve`` returns when it is told to stop."""

    def __init__(self, place: Premises, *, port: int) -> None:
        self._place = place
        self._clock = TravelClock(place.clock)
        self._world = World(clock=self._clock, token=DEMO_TOKEN)
        self._pilot = Pilot(self._world, self._clock)
        self._emulator = Emulator(pilot=self._pilot, port=port)
        self._house: House | None = None
        self._app: App | None = None
        self._zones: dict[int, str] = {}

    async def start(self) -> str:
        """Starts the emulated Telegram; its address."""
        await self._emulator.start()
        return self._emulator.url

    async def serve(self, house: House, until: Callable[[], Awaitable[object]]) -> None:
        """Runs the bot against it until ``until`` returns."""
        self._house = house
        self._pilot.travel = self._travel
        self._pilot.next_event = self._next_event
        self._pilot.server_holds = self._server_holds
        self._pilot.researcher_open = self._researcher_open
        self._pilot.invite = self._invite
        self._pilot.banner = Banner(
            demo="Demonstration, not for real people: nothing leaves this machine.",
            translations=_drafts(house.script.study),
        )
        connection = Connection(token=self._emulator.token, base_url=self._emulator.base_url)
        async with App(house, connection) as app:
            self._app = app
            try:
                await until()
            finally:
                self._app = None

    async def stop(self) -> None:
        await self._emulator.stop()

    async def _travel(self, by: timedelta) -> None:
        self._clock.move(by)
        await self._happen()

    async def _happen(self) -> None:
        if self._app is not None:
            await self._app.tick()
            with suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await self._app.settle_all()
        await self._follow()

    async def _follow(self) -> None:
        """Phones show the time of the place their owners named; once, so that a zone chosen on the page stays."""
        for address, zone in (await zones(self._open_house(), list(self._world.people))).items():
            if self._zones.get(address) != zone:
                self._zones[address] = self._world.people[address].zone = zone

    async def _next_event(self) -> str | None:
        """On to the next thing that somebody can see; what happens unseen on the way happens too."""
        house = self._open_house()
        await self._follow()
        languages = [language.code for language in house.script.study.languages]
        for _ in range(MOST_UNSEEN):
            moment = await next_moment(house)
            if moment is None:
                return None
            before = seen(self._world.people.values())
            await self._travel(max(moment - self._clock.now(), timedelta()) + timedelta(seconds=1))
            people = self._world.people
            changed = [people[one] for one, after in seen(people.values()).items() if after != before.get(one)]
            if changed:
                clauses = told(before, changed, house.script.phrases, languages)
                return f"{when(self._clock.now(), changed[0].zone)}: {'; '.join(clauses)}."
        return None

    async def _invite(self) -> str:
        (code,) = await make_tokens(self._open_house(), 1, expires_days=90)
        return f"https://t.me/{self._world.bot.username}?start={code}"

    async def _server_holds(self) -> list[Table]:
        return shelves(await holdings(self._open_house()))

    async def _researcher_open(self) -> Opened:
        """Bundle on the server, carried over, opened with the first researcher's key file."""
        house, place = self._open_house(), self._place
        bundle = place.researcher / "carried.bundle"
        await write_bundle(house, bundle, holder="demonstration")
        account = await asyncio.to_thread(_export, place, bundle, self._clock.now())
        folder = place.researcher / "opened"
        tables = [
            shown(_rows(folder / name), file=folder / name)
            for shown, name in ((answers, "answers_long.csv"), (dispositions, "dispositions.csv"))
        ]
        files = sorted(str(path.relative_to(place.folder)) for path in folder.iterdir())
        counts = {"sealed": account.sealed, "opened": account.opened, "exported": account.exported}
        return Opened(tables=tables, files=files, reconciliation={name: str(count) for name, count in counts.items()})

    def _open_house(self) -> House:
        if self._house is None:
            raise CoraError("the bot is not running yet")
        return self._house


def _export(place: Premises, bundle: Path, now: datetime) -> Reconciliation:
    key = read_key_file(place.key_file(HOLDERS[0]), PASSPHRASE)
    return export_bundle(
        bundle,
        [key.identity],
        place.researcher / "opened",
        language="",
        now=now,
        chance=SystemChance(),
        progress=lambda *_: None,
    )


def _drafts(study: Study) -> str:
    """Which languages no speaker has read yet; each name is kept in its own direction."""
    drafts = [isolate(language.name) for language in study.languages if language.review != "reviewed"]
    if len(drafts) == len(study.languages):
        return "All texts are drafts, not yet read by a speaker."
    return f"Drafts, not yet read by a speaker: {', '.join(drafts)}." if drafts else ""


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]
