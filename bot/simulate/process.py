"""The bot's process as the simulation holds it: told what time it is, told to tick, killed, born again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

from bot.simulate.worker import Config
from cora_bot.base.clock import from_millis, to_millis
from cora_bot.base.errors import CoraError

PATIENCE = 120.0  # real seconds for one answer
POLL = 0.001


class Bot:
    """One bot, however often it dies. ``now`` is the simulation's time, which only ``move`` and ``tick`` change."""

    def __init__(self, worker: asyncio.subprocess.Process, log: Path) -> None:
        self._worker = worker
        self._log = log
        self._number = 0
        self._process = 0
        self.kills = 0
        self.now: datetime | None = None

    async def begin(self, now: datetime) -> None:
        """Waits until it is born, tells the time, and waits until it serves."""
        self.now = now
        self._process = int((await self._line("process"))["process"] or 0)
        await self._ask("move")

    async def move(self, now: datetime) -> None:
        """It is now ``now``; nothing happens by itself."""
        self.now = now
        await self._ask("move")

    async def tick(self, now: datetime) -> datetime | None:
        """It is now ``now``, what is due happens, everything is sent. When something falls due next."""
        self.now = now
        answer = await self._ask("tick")
        following = answer.get("next")
        return None if following is None else from_millis(following)

    async def settle(self) -> None:
        """Returns when everything that can be sent has been sent."""
        await self._ask("settle")

    async def kill(self) -> None:
        """SIGKILL, and the next one serves when this returns."""
        os.kill(self._process, signal.SIGKILL)
        self.kills += 1
        if self.now is None:
            raise RuntimeError("it has not begun")
        await self.begin(self.now)

    def send(self, command: str) -> int:
        """Writes a command whose answer nobody may ever read: for a kill in the middle."""
        self._number += 1
        if self._worker.stdin is None or self.now is None:
            raise RuntimeError("it has not begun")
        self._worker.stdin.write(f"{self._number} {command} {to_millis(self.now)}\n".encode())
        return self._number

    async def stop(self) -> None:
        """In order: what is under way is settled. Whatever else happens, no process is left."""
        try:
            await self._ask("stop")
            async with asyncio.timeout(PATIENCE):
                await self._worker.wait()
        finally:
            self.end()

    def end(self) -> None:
        """No process is left."""
        if self._worker.returncode is None:
            self._worker.kill()  # first, since it would fork the next one
            if self._process:
                with suppress(ProcessLookupError):
                    os.kill(self._process, signal.SIGKILL)

    async def _ask(self, command: str) -> dict[str, int | None]:
        number = self.send(command)
        while True:
            answer = await self._line("number")
            if answer["number"] == number:
                return answer

    async def _line(self, key: str) -> dict[str, int | None]:
        """The next answer that has ``key``; what a dead process still said is passed over."""
        if self._worker.stdout is None:
            raise RuntimeError("the worker has no output")
        while True:
            async with asyncio.timeout(PATIENCE):
                line = await self._worker.stdout.readline()
            if not line:
                raise CoraError("the bot ended by itself", f"What it said last stands in {self._log}")
            answer: dict[str, int | None] = json.loads(line)
            if key in answer:
                return answer


@asynccontextmanager
async def bot_process(config: Config, file: Path) -> AsyncIterator[Bot]:
    """A worker that has been started; ``begin`` it. It ends with the block."""
    config.write(file)
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.simulate.worker", str(file),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    bot = Bot(worker, Path(config.log))
    try:
        yield bot
    finally:
        bot.end()
        await worker.wait()
