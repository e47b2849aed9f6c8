"""How long the command takes from its first line to the first fetch, imports and forms of the shipped study included.

As it is installed: its modules are there as bytecode (pip compiles them). The store is there already; how many people
are in it makes no difference (``schedule`` measures that part). ``new_study_s``: the first start, which compiles the
study's forms and keeps what it made; ``median_s`` are those after it.
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
from tests.cli.server import Server, set_up

STARTS = 9
PATIENCE = 60.0


def bench() -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(_starts(Path(folder)))
    yield {"bench": "start", "new_study_s": round(took[0], 2), "median_s": round(median(took[1:]), 2)}


async def _starts(folder: Path) -> list[float]:
    bytecode = {"PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
    await _start(set_up(_made(folder / "before")), bytecode)
    server = set_up(_made(folder / "measured"))
    return [await _start(server, bytecode) for _ in range(1 + STARTS)]


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
