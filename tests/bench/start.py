"""How long the command takes from its first line to the first fetch, imports and forms of the shipped study included.

As it is installed: its modules are there as bytecode (pip compiles them). ``new_study_s``: the first start, which makes
the stores, compiles the study's forms and keeps what it made; ``median_s`` are those after it, with as many people in
the stores as CORA_BENCH_PEOPLE says (1000000 needs some minutes and 5 GB of disk).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from bot.pilot.server import Emulator
from cora_bot.base.clock import monotonic
from tests.bench.schedule import LARGE, add_others
from tests.cli.server import Server, set_up

STARTS = 9
PATIENCE = 60.0


def bench() -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(_starts(Path(folder)))
    firsts, later = {"new_study_s": round(took[0], 2)}, [round(each, 2) for each in sorted(took[1:])]
    yield {"bench": "start", "people": LARGE, **firsts, "median_s": median(later), "longest_s": later[-1]}


async def _starts(folder: Path) -> list[float]:
    bytecode = {"PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
    await _start(set_up(_made(folder / "before")), bytecode)
    server = set_up(_made(folder / "measured"))
    first = await _start(server, bytecode)
    add_others(Path(server.settings["CORA_HOME"]), range(LARGE))
    return [first, *[await _start(server, bytecode) for _ in range(STARTS)]]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def _start(server: Server, bytecode: Mapping[str, str]) -> float:
    """Seconds until it says that its loops run, which begin with a fetch; the process is stopped again."""
    command = Path(sys.executable).with_name("cora")
    async with Emulator() as emulator:
        told = {"CORA_API": emulator.base_url, "CORA_TOKEN": emulator.token}
        environment = os.environ | server.settings | told | bytecode
        began = monotonic()
        process = await asyncio.create_subprocess_exec(command, "run", env=environment, stderr=asyncio.subprocess.PIPE)
        assert process.stderr is not None
        async with asyncio.timeout(PATIENCE):
            while b'"started"' not in await process.stderr.readline():
                pass
        took = monotonic() - began
        process.send_signal(signal.SIGTERM)
        await process.communicate()
    return took
