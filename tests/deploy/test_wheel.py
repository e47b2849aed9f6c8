"""W-01 the wheel works without the checkout: studies and sentences are in it · W-02 the main job from key files to the
opened answers, with nothing but the installed command and an emulated Telegram · W-03 nothing is written but where it
belongs, so that the program's own disk may be read-only.
"""

from __future__ import annotations

import asyncio
import csv
import re
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.pilot.limits import Limits
from bot.pilot.server import Emulator
from bot.pilot.world import World
from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import TravelClock
from cora_bot.dialogue import phrases as p
from tests.deploy.installed import PATIENCE, Cora, build_wheel, install
from tests.support.crowd import Respondent
from tests.support.house import ROOT

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
RETURNED = date(2026, 11, 28)
FIRST_QUESTIONS = timedelta(days=27)  # a month after the return
PASSPHRASE = "seven quiet rivers run"
HOLDERS = ("anna", "berat")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    return install(build_wheel(folder / "wheel"), folder / "environment")


@pytest.fixture
def cora(program: Path, tmp_path: Path) -> Cora:
    return Cora(program, tmp_path)


@pytest.fixture(autouse=True)
def untouched(program: Path) -> Iterator[None]:
    before = written(program)
    yield
    assert written(program) == before


def written(program: Path) -> dict[Path, int]:
    """Everything of the installation, and when it was written."""
    return {path: path.stat().st_mtime_ns for path in program.parent.parent.rglob("*")}


async def test_help_and_shipped_study_of_the_wheel_are_those_of_the_checkout(cora: Cora) -> None:
    """The bot's own sentences are found too: else 'check' would name every one of them as missing."""
    (shipped,) = cora.program.parent.parent.glob("lib/python*/site-packages/cora_bot/shipped")
    ours = Cora(Path(sys.executable).parent / "cora", cora.place)
    study = Path("surveys", "returnee_follow_up")
    theirs = await asyncio.gather(cora.ran("--help"), cora.ran("check", shipped / study))
    assert theirs == await asyncio.gather(ours.ran("--help"), ours.ran("check", ROOT / study))
    assert "Stay in contact" in theirs[0].out
    assert sorted(path.relative_to(shipped) for path in shipped.rglob("*") if path.is_file()) == sorted(
        path.relative_to(ROOT) for name in ("locales", "surveys") for path in (ROOT / name).rglob("*") if path.is_file()
    )


@dataclass(frozen=True)
class Study:
    """Two machines: what the researchers have, and what the server has."""

    researcher: Cora
    server: Cora
    settings: dict[str, str]

    @property
    def folder(self) -> Path:
        return self.server.place / "study"

    async def drill(self) -> None:
        """Each researcher opens a test, and tells the phrase."""
        state = ("--study", self.folder, "--state", self.server.place / "data" / "opening-tests.json")
        tests = self.server.place / "tests"
        await self.server.does("keys", "drill", *state, "--to", tests)
        for holder in HOLDERS:
            public = self.researcher.place / f"{holder}.public.txt"
            fingerprint = re.search(r"fingerprint: (\S+)", public.read_text())
            assert fingerprint is not None
            phrase = await self.researcher.does(
                "keys", "open-drill", tests / f"opening-test-{fingerprint[1]}.age",
                "--key", self.researcher.place / f"{holder}.key", "--passphrase-file", self.researcher.place / "words",
            )  # fmt: skip
            await self.server.does("keys", "drill", *state, "--confirm", public, typed=phrase)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The bot, from its first sign of life to its orderly end."""
        log = self.server.place / "log"
        bot = await self.server.start("run", settings=self.settings, log=log)
        try:
            async with asyncio.timeout(PATIENCE):
                while (await self.server.ran("health", settings=self.settings)).code:
                    assert bot.returncode is None, log.read_text()
            yield
            bot.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE):
                assert await bot.wait() == 0, log.read_text()
        finally:
            if bot.returncode is None:
                bot.kill()
                await bot.wait()


async def begun(program: Path, folder: Path, emulator: Emulator) -> Study:
    """Key files, a new study that names them, the server's folders and settings."""
    researcher, server = Cora(program, folder / "researcher"), Cora(program, folder / "server")
    (researcher.place / "words").write_text(PASSPHRASE)
    for name in ("data", "secrets"):
        (server.place / name).mkdir(mode=0o700)
    words = ("--passphrase-file", researcher.place / "words")
    await asyncio.gather(
        *(
            researcher.does("keys", "new", "--holder", holder, "--to", researcher.place / f"{holder}.key", *words)
            for holder in HOLDERS
        ),
        server.does("new-study", server.place / "study", "--forms", "md"),
        server.does("keys", "server", "--to", server.place / "secrets" / "server.key"),
    )
    for file in (server.place / "study").rglob("*.*"):  # what the study's people would write in its gaps
        file.write_text(file.read_text().translate(str.maketrans("", "", "⟦⟧")))
    toml = server.place / "study" / "study.toml"
    publics = [(researcher.place / f"{holder}.public.txt").read_text().splitlines()[-1] for holder in HOLDERS]
    toml.write_text(toml.read_text().replace("recipients = []", f"recipients = {publics}".replace("'", '"')))
    token = server.place / "secrets" / "token"
    token.touch(mode=0o600)
    token.write_text(emulator.token)
    settings = {
        "CORA_HOME": str(server.place / "data"),
        "CORA_STUDY": str(server.place / "study"),
        "CORA_TOKEN_FILE": str(token),
        "CORA_SERVER_KEY": str(server.place / "secrets" / "server.key"),
        "CORA_API": emulator.url,
        "CORA_BOT": emulator.world.bot.username,
        "CORA_CLOCK_FILE": str(folder / "clock"),
    }
    return Study(researcher, server, settings)


@pytest.mark.timeout(600)  # well under a minute on a quiet machine
async def test_main_job_with_the_installed_command_alone(program: Path, tmp_path: Path) -> None:
    clock = TravelClock(tmp_path / "clock")
    clock.move(NOON - datetime.now(UTC))
    world = World(clock=clock, chance=SeededChance("telegram"), limits=Limits(enabled=False))
    world.profile.joins_groups = False
    async with Emulator(world=world) as emulator:
        study = await begun(program, tmp_path, emulator)
        server, settings = study.server, study.settings
        await study.drill()
        await server.does("doctor", settings=settings)
        (line,) = (await server.does("invite", "--count", 1, settings=settings)).splitlines()
        code, link = line.split("\t")
        assert link == f"https://t.me/{world.bot.username}?start={code}"
        one = Respondent(world.person(language_code="en"), "words of one", RETURNED, lambda: len(world.queue), think=0)
        async with study.running():
            one.person.start(code)
            await one.follow(lambda card: card.text == p.NEUTRAL)
            one.forget()
            clock.move(FIRST_QUESTIONS)
            await one.follow(one.finished)
            assert "ok       live: receive " in await server.does("doctor", "--live", settings=settings)
        told = await server.does("upgrade", settings=settings)
        assert "nothing to change: 1 people" in told
    listed = (await server.does("people", settings=settings)).splitlines()
    bundle = server.place / "december.bundle"
    await server.does("bundle", "--to", bundle, "--holder", "anna", settings=settings)
    await opened(study, bundle, case=listed[1].split()[0], answers=len(one.accepted))
    assert study.researcher.left_behind() + server.left_behind() == []


async def opened(study: Study, bundle: Path, *, case: str, answers: int) -> None:
    """One of the researchers opens it on a computer that has nothing of the server's."""
    cora, place = study.researcher, study.researcher.place
    told = await cora.does(
        "export", bundle, "--key", place / "berat.key", "--to", place / "out", "--passphrase-file", place / "words"
    )
    assert "exported                     3" in told, told  # consent, the message sealed on arrival, the check-in
    with (place / "out" / "answers_long.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["form"] == "check_in" and row["value"]]
    assert {row["case"] for row in rows} == {case}
    assert (len(rows) >= answers, "words of one" in {row["value"] for row in rows}) == (True, True)
