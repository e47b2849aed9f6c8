"""``make seized``: a server lives for a simulated year and is seized; what can be read is measured against threats.md.

People enrol and answer through the real program in its first ten days; then the time goes on. At three moments (in the
middle of a form, after a restart, a year later) everything on the disk, everything that opens with the server's key
file too, and the memory of the running bot are searched for what was planted. A second server that seals nothing lives
the same life: there the search must find it. Prints a table; exit code 1 when anything is not as expected.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.seized.expected import MOMENTS, WAYS, Row, fits, rows
from tests.seized.memory import pieces
from tests.seized.opening import opened
from tests.support.secret_run import Life, Run, live
from tests.support.secrets import Search, Secret

YEAR, STEP = timedelta(days=365), timedelta(days=7)
PATIENCE = 30.0


@dataclass
class Seized:
    """By moment and way, the names of what was found. ``bytes_read`` of memory, ``opened`` values, steps of time."""

    found: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    opened: dict[str, int] = field(default_factory=dict)
    began: str = ""
    ended: str = ""

    async def look(self, life: Life, moment: str) -> None:
        run = life.run
        run.look(moment)
        self.found[moment, "disk"] = {one.secret for one in run.found[moment]}
        place = run.place
        values = await opened(place.server, place.server_key, place.folder.parent / "copy")
        self.opened[moment] = len(values)
        self.found[moment, "disk and key"] = _names(run.secrets, values) | self.found[moment, "disk"]
        sizes: list[int] = []
        self.found[moment, "memory"] = _names(run.secrets, _counted(pieces(life.server.process), sizes))
        self.read[moment] = sum(sizes)

    async def watch(self, life: Life, moment: str) -> None:
        """In the middle at once; at the end after a year, in a process of its own."""
        if moment == "middle":
            self.began = f"{life.clock.now():%Y-%m-%d}"
            await self.look(life, "middle")
            return
        (life.run.out / "carried.bundle").unlink()  # handed over, and deleted as the operators are told
        await life.server.start("restarted", "run")
        await _maintained(life.run.out / "restarted.log", 1)
        await self.look(life, "restarted")
        await life.server.end(signal.SIGTERM)
        await life.server.start("later", "run")
        log = life.run.out / "later.log"
        await _maintained(log, 1)
        for step in range(YEAR // STEP):
            life.clock.move(STEP)
            await _maintained(log, step + 2)
        self.ended = f"{life.clock.now():%Y-%m-%d}"
        await life.server.end(signal.SIGTERM)
        await life.server.start("again", "run")  # what a seizure finds after an ordinary restart
        await _maintained(life.run.out / "again.log", 1)
        await self.look(life, "later")
        await life.server.end(signal.SIGTERM)


def _counted(parts: Iterable[bytes], sizes: list[int]) -> Iterable[bytes]:
    for part in parts:
        sizes.append(len(part))
        yield part


def _names(secrets: list[Secret], parts: Iterable[bytes]) -> set[str]:
    """An option's code stands in every form, chosen or not: where it lies is not looked at here."""
    search = Search([one for one in secrets if not one.named_in_forms])
    return {one.secret for part in parts for one in search.content(part, "")}


async def _maintained(log: Path, times: int) -> None:
    """Until the bot has tidied so often: it does so at the first tick after an hour has passed on its clock."""
    async with asyncio.timeout(PATIENCE):
        while not log.exists() or _count(log) < times:
            await asyncio.sleep(0.1)


def _count(log: Path) -> int:
    lines = log.read_text(encoding="utf-8").splitlines()
    return sum(json.loads(line).get("action") == "maintained" for line in lines)


def report(seized: Seized, planted: list[Secret]) -> list[str]:
    """Prints the table; what deviates, in words."""
    wrong: list[str] = []
    for moment, told in MOMENTS.items():
        print(f"\n{told}: {seized.opened[moment]} values opened, {seized.read[moment] // 1_000_000} MB of memory read")
        print(f"  {'what was planted':<52}" + "".join(f"{way:>22}" for way in WAYS))
        for row in rows(planted):
            cells = [_cell(seized, row, moment, way, wrong) for way in WAYS]
            print(f"  {row.what:<52}" + "".join(f"{cell:>22}" for cell in cells))
    return wrong


def _cell(seized: Seized, row: Row, moment: str, way: str, wrong: list[str]) -> str:
    expected = getattr(row, moment)[WAYS.index(way)]
    found = seized.found[moment, way] & set(row.secrets)
    good = fits(expected, row.secrets, found)
    if not good:
        wrong.append(f"{row.what}, {way}, {moment}: expected {expected}, found {sorted(found)}")
    return f"{len(found)} of {len(row.secrets)} ({expected}){'' if good else ' !'}"


def control(run: Run) -> list[str]:
    """What a server that seals nothing has written, and the search has not found."""
    seen = {one.secret for one in run.everything}
    missed, count = sorted({secret.name for secret in run.secrets} - seen), len(run.secrets)
    print(f"\ncontrol, nothing sealed: {count - len(missed)} of {count} planted things found on its disk")
    return [f"the control's {name} was not found" for name in missed]


async def main() -> int:
    began = time.monotonic()
    seized = Seized()
    with tempfile.TemporaryDirectory(prefix="cora-seized-") as folder:
        place = Path(folder)
        real, careless = await asyncio.gather(
            live(place / "real" / "run", unsealed=False, watch=seized.watch, readable=True),
            live(place / "control" / "run", unsealed=True),
        )
        wrong = [*report(seized, real.secrets), *control(careless)]
    print(f"\nsimulated: people answered around {seized.began}; the last look was on {seized.ended}")
    print(f"read as user {os.geteuid()}; took {time.monotonic() - began:.0f} s")
    for each in wrong:
        print(f"NOT AS EXPECTED: {each}")
    print("everything as threats.md says" if not wrong else f"{len(wrong)} deviations from threats.md")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
