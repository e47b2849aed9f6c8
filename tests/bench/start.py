"""How long the command takes from its first line to the first fetch, imports and forms of the shipped study included.

The store is there already; how many people are in it makes no difference (``schedule`` measures that part).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bot.pilot.server import Emulator
from cora_bot.base.clock import monotonic
from tests.cli.server import Server, set_up

STARTS = 5
PATIENCE = 60.0


def bench() -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(_starts(set_up(Path(folder))))
    yield {"bench": "start", "first_s": round(took[0], 2), "median_s": round(median(took[1:]), 2)}


async def _starts(server: Server) -> list[float]:
    async with Emulator() as emulator:
        told = {"CORA_API": emulator.base_url, "CORA_TOKEN": emulator.token}
        return [await _start(os.environ | server.settings | told) for _ in range(1 + STARTS)]


async def _start(environment: dict[str, str]) -> float:
    """Seconds until it says that its loops run, which begin with a fetch; the process is stopped again."""
    command = Path(sys.executable).with_name("cora")
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
