"""The real bot as another process, to be killed, stopped and started again by a test that plays Telegram."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.pilot.server import Emulator
from cora_bot.base.chance import Chance, below
from tests.support.house import Premises
from tests.support.runner import Config


@dataclass
class Bot:
    """The runner, and the bot process it forked last."""

    runner: asyncio.subprocess.Process
    emulator: Emulator
    process: int = 0
    started: list[int] = field(default_factory=list)

    async def start(self) -> None:
        assert self.runner.stdin is not None
        assert self.runner.stdout is not None
        self.runner.stdin.write(b"go\n")
        await self.runner.stdin.drain()
        self.process = int(await self.runner.stdout.readline())
        self.started.append(self.process)

    def kill(self) -> None:
        os.kill(self.process, signal.SIGKILL)

    async def stop(self) -> None:
        os.kill(self.process, signal.SIGTERM)
        async with asyncio.timeout(15):
            while _alive(self.process):
                await asyncio.sleep(0.02)

    async def kill_at_random(self, chance: Chance, *, times: int, at_most: int, over: Callable[[], bool]) -> None:
        """Kills each process after it has shown from 1 to ``at_most`` messages, or a little later.

        Fails where it is ``over`` before: nothing is shown any more, and the rest would hit nothing.
        """
        for number in range(times):
            moment = self.shown() + 1 + below(chance, at_most)
            while self.shown() < moment:
                assert not over(), f"the crowd was faster: {times - number} of {times} kills hit nothing"
                await asyncio.sleep(0.001)
            await asyncio.sleep(below(chance, 30) / 1000)
            self.kill()
            await self.start()

    def shown(self) -> int:
        return sum(call.method in ("sendMessage", "editMessageText") for call in self.emulator.world.calls)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@asynccontextmanager
async def bot_process(place: Premises, emulator: Emulator, *, seed: str, clock_file: Path) -> AsyncIterator[Bot]:
    config = place.folder / "config.json"
    Config(
        str(place.folder), str(clock_file), seed, emulator.token, emulator.base_url, place.database, place.keystore
    ).write(config)
    runner = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.runner", str(config),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    bot = Bot(runner, emulator)
    assert runner.stdout is not None
    try:
        assert await runner.stdout.readline() == b"ready\n"
        await bot.start()
        yield bot
    finally:
        if bot.process and _alive(bot.process):
            bot.kill()
        runner.kill()
        await runner.wait()
