"""Several processes of one bot on one database, behind a balancer, to be killed and frozen at random by a test."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec

from bot.pilot.server import Emulator
from cora_bot.base.chance import Chance, below
from tests.support.house import Premises
from tests.support.runner import Config, Share

LONGEST_FREEZE = 8.0
"""Seconds: longer than a lease is trusted, and than a transaction may stand still."""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Balancer:
    """Hands each connection to the next worker that takes one, as a balancer in front of two boxes would."""

    ports: list[int]
    server: asyncio.Server | None = None
    turn: int = 0
    pumps: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> int:
        self.server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return int(self.server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        assert self.server is not None
        self.server.close()
        for pump in tuple(self.pumps):
            pump.cancel()
        await asyncio.gather(*self.pumps, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in self.ports:
            self.turn += 1
            try:
                there = await asyncio.open_connection("127.0.0.1", self.ports[self.turn % len(self.ports)])
            except OSError:
                continue
            for source, sink in ((reader, there[1]), (there[0], writer)):
                pump = asyncio.create_task(_pumped(source, sink))
                self.pumps.add(pump)
                pump.add_done_callback(self.pumps.discard)
            return
        writer.close()


async def _pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    writer.close()


@dataclass
class Member:
    """One process, and what it does of the whole."""

    name: str
    share: Share
    process: int = 0


@dataclass
class Fleet:
    runner: asyncio.subprocess.Process
    members: list[Member]
    done: Counter[str] = field(default_factory=Counter)

    async def start(self, member: Member) -> None:
        assert self.runner.stdin is not None
        assert self.runner.stdout is not None
        self.runner.stdin.write(msgspec.json.encode(asdict(member.share)) + b"\n")
        await self.runner.stdin.drain()
        member.process = int(await self.runner.stdout.readline())

    async def disturb(self, chance: Chance, *, times: int) -> None:
        """Kills a process and starts it again, or freezes it for a while, ``times`` times at random."""
        for _ in range(times):
            await asyncio.sleep(below(chance, 1500) / 1000)
            member = self.members[below(chance, len(self.members))]
            if below(chance, 2):
                os.kill(member.process, signal.SIGKILL)
                await self.start(member)
                self.done[f"killed {member.name}"] += 1
                continue
            seconds = LONGEST_FREEZE if not below(chance, 4) else below(chance, 2000) / 1000
            os.kill(member.process, signal.SIGSTOP)
            await asyncio.sleep(seconds)
            os.kill(member.process, signal.SIGCONT)
            self.done[f"froze {member.name}"] += 1

    async def stop(self) -> None:
        for member in self.members:
            os.kill(member.process, signal.SIGCONT)
            os.kill(member.process, signal.SIGTERM)
        async with asyncio.timeout(30):
            while any(alive(member.process) for member in self.members):
                await asyncio.sleep(0.05)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@asynccontextmanager
async def fleet(
    place: Premises, emulator: Emulator, *, seed: str, clock_file: Path, receivers: int = 2, senders: int = 2
) -> AsyncIterator[Fleet]:
    config = place.folder / "config.json"
    Config(
        str(place.folder), str(clock_file), seed, emulator.token, emulator.base_url, place.database, place.keystore
    ).write(config)
    ports = [free_port() for _ in range(receivers)]
    balancer = Balancer(ports)
    url = f"http://127.0.0.1:{await balancer.start()}/telegram"
    members = [Member(f"receiver {port}", Share("receive", url, port)) for port in ports]
    members += [Member(f"sender {number}", Share("send")) for number in range(senders)]
    runner = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.runner", str(config),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    running = Fleet(runner, members)
    assert runner.stdout is not None
    try:
        assert await runner.stdout.readline() == b"ready\n"
        for member in members:
            await running.start(member)
            while member.name == "sender 0" and '"leading"' not in (place.folder / "bot.log").read_text("utf-8"):
                assert alive(member.process), (place.folder / "bot.log").read_text("utf-8")
                await asyncio.sleep(0.05)  # who leads is known
        yield running
    finally:
        for member in members:
            if member.process and alive(member.process):
                os.kill(member.process, signal.SIGKILL)
        runner.kill()
        await runner.wait()
        await balancer.stop()
