"""One simulation from an empty folder to its report: the house, the emulator, the people, the bot, the bundle.

Rules: everything lies in one folder, marked as a simulation; its study is marked ``demo`` and talks to loopback alone;
the export is made as researchers make it, from a bundle and with a key file.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.demo import HOLDERS, PASSPHRASE, Premises, prepare
from bot.pilot.limits import Limits
from bot.pilot.server import Emulator
from bot.pilot.world import World
from bot.simulate import diary
from bot.simulate.comparing import Compared, compare
from bot.simulate.ledger import ledger_rows
from bot.simulate.pages import file_name, list_page, person_page
from bot.simulate.people import personas
from bot.simulate.process import bot_process
from bot.simulate.reminding import TripLived, held_against
from bot.simulate.respondent import Respondent
from bot.simulate.simulation import Simulation, instants
from bot.simulate.team import Team
from bot.simulate.worker import Config, opened
from cora_bot.base.chance import SeededChance, SystemChance
from cora_bot.base.clock import SetClock, SystemClock, TravelClock
from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.dialogue.script import Script
from cora_bot.export.cells import csv_file
from cora_bot.export.export_bundle import export_bundle
from cora_bot.export.reconciliation import Reconciliation
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.invite import make_tokens
from cora_bot.usecases.load_study import StudyError, load_script
from cora_bot.vault.identity import read_key_file

MARK = "SIMULATION.txt"
NOTE = """This folder belongs to a simulation of CoR.A Bot with synthetic people. It may be deleted.

export/        the opened answers, as `cora export` writes them
ledger.csv     every message that was to be sent unasked, in order, with its reason
diaries.csv    what each person remembers having answered
persons.html   what each person saw
summary.json   the numbers of this run
house/         server, study and key files of the simulation; nothing in it may be used with real people
"""
FIRST_HOUR = time(9)
RATIO_OF_LAST_KILL = 0.97


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be simulated."""

    people: int
    days: int
    seed: int
    folder: Path
    begin: date
    study: Path | None = None
    kills: int = 0
    trip: Path | None = None

    @property
    def start(self) -> datetime:
        return datetime.combine(self.begin, FIRST_HOUR, UTC)

    @property
    def end(self) -> datetime:
        return self.start + timedelta(days=self.days)


@dataclass(frozen=True, slots=True, repr=False)  # asyncio.run writes its result's repr into an error it then drops
class Lived:
    """What came of it."""

    people: Sequence[Respondent]
    simulation: Simulation
    account: Reconciliation
    compared: Compared
    ledger: list[tuple[str, ...]]
    trip: TripLived | None = None


async def simulate(plan: Plan, progress: Callable[[datetime], None]) -> Lived:
    """Lives through it and writes everything but the summary. Raises ``CoraError``."""
    place, script = _house(plan)
    clock = SetClock(plan.start)
    world = World(
        clock=clock, chance=SeededChance(f"{plan.seed} telegram"), limits=Limits(enabled=False), throttled=False
    )
    async with Emulator(world=world) as emulator:
        config = _config(place, emulator)
        async with opened(config, script, clock) as house:
            codes = await make_tokens(house, plan.people, expires_days=plan.days + 90)
        people = _people(plan, script, world, codes)
        team = Team(plan.trip, partial(opened, config, script, clock), people) if plan.trip is not None else None
        if team is not None:
            await team.plan()
        async with bot_process(config, place.folder / "worker.json") as bot:
            chance = SeededChance(f"{plan.seed} kills")
            until = plan.start + (plan.end - plan.start) * RATIO_OF_LAST_KILL
            kills = instants(chance, plan.kills, begin=plan.start, end=until)
            simulation = Simulation(world, clock, bot, people, plan.end, kills, chance, progress, team)
            await simulation.live()
            await bot.stop()
        times = await team.times() if team is not None else []
        async with opened(config, script, clock) as house:
            bundle = place.researcher / "carried.bundle"
            await write_bundle(house, bundle, holder="simulation")
    TravelClock(place.clock).move(clock.now() - SystemClock().now())
    account = await asyncio.to_thread(_export, plan, place, bundle, clock.now())
    lived = await asyncio.to_thread(_written, plan, script, people, simulation, account)
    if team is None:
        return lived
    return replace(lived, trip=held_against(people, times, plan.folder / "export", invited=len(team.invited)))


def _house(plan: Plan) -> tuple[Premises, Script]:
    """The folder, empty but for the house, and its study. ``CoraError`` where it holds something else, or the study
    is not in order; what lay there before is still there then.
    """
    folder = plan.folder
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise not_a_simulation(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".simulation-", dir=folder.parent) as beside:
        made = prepare(Path(beside) / "house", fresh=True, study=plan.study)
        script = _script(made.study, plan.study)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        (folder / MARK).write_text(NOTE, encoding="utf-8")
        return Premises(made.folder.rename(folder / "house")), script


def not_a_simulation(folder: Path) -> CoraError:
    return CoraError(f"{folder} is not a simulation's folder", "Give another one with --to.")


def _script(copied: Path, study: Path | None) -> Script:
    """The study as it was copied. ``StudyError`` names the folder that was given, where it is to be mended."""
    try:
        return load_script(copied)
    except StudyError as error:
        raise StudyError(study or copied, error.problems) from None


def _config(place: Premises, emulator: Emulator) -> Config:
    return Config(
        server=str(place.server),
        server_key=str(place.server_key),
        study=str(place.study),
        token=emulator.token,
        base_url=emulator.base_url,
        log=str(place.folder / "bot.log"),
    )


def _people(plan: Plan, script: Script, world: World, codes: Sequence[str]) -> list[Respondent]:
    people = []
    for persona in personas(script, codes, seed=str(plan.seed), begin=plan.start):
        person = world.person(persona.name, language_code=persona.language.split("-")[0], zone=persona.zone)
        one = Respondent(persona, person, script, world.clock, str(plan.seed))
        one.language = persona.language
        people.append(one)
    return people


def _export(plan: Plan, place: Premises, bundle: Path, now: datetime) -> Reconciliation:
    key = read_key_file(place.key_file(HOLDERS[0]), PASSPHRASE)
    return export_bundle(
        bundle,
        [key.identity],
        plan.folder / "export",
        language="",
        now=now,
        chance=SystemChance(),
        progress=lambda *_: None,
    )


def _written(
    plan: Plan, script: Script, people: Sequence[Respondent], simulation: Simulation, account: Reconciliation
) -> Lived:
    folder = plan.folder
    (folder / "diaries.csv").write_bytes(csv_file(diary.rows(one.diary for one in people)))
    ledger = list(ledger_rows(folder / "export", people))
    (folder / "ledger.csv").write_bytes(csv_file(ledger))
    pages = folder / "persons"
    pages.mkdir()
    for one in people:
        (pages / file_name(one)).write_text(person_page(one), encoding="utf-8")
    listed = list_page(people, title=script.study.title, begin=plan.start, end=plan.end)
    (folder / "persons.html").write_text(listed, encoding="utf-8")
    return Lived(people, simulation, account, compare(folder / "diaries.csv", folder / "export"), ledger)
