"""A bot and the loopback API as two processes of one run, and what was measured of them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PORT = "PORT"  # stands for the API's port among a bot's orders


@dataclass(frozen=True, slots=True)
class People:
    """Those at the other end, as the loopback API takes them; ``rate`` in answers a second of all together."""

    chats: int
    answers: int
    kind: str
    who: str = "bot"
    latency_ms: int = 0
    rate: float = 0

    def orders(self, port: str) -> list[str]:
        return [port, str(self.chats), str(self.answers), str(self.latency_ms), self.kind, self.who, str(self.rate)]


@dataclass(frozen=True, slots=True)
class Run:
    """``cpu_s``: the bots' own computing while people answered, their start aside; ``rss_mb``: the most one held."""

    answers: int
    seconds: float
    median_ms: float
    p99_ms: float
    cpu_s: float
    rss_mb: float

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Of one answer."""
        return 1000 * self.cpu_s / self.answers


def run(people: People, *bots: Sequence[str]) -> Run:
    """Each of ``bots`` is a module of this folder and what it is told; they run side by side at one API."""
    port = str(_free_port())
    with _process("loopback", people.orders(port)) as api:
        assert api.stdout is not None
        assert api.stdout.readline() == "ready\n"
        orders = [[port if each == PORT else each for each in bot] for bot in bots]
        running = [
            subprocess.Popen([sys.executable, "-m", f"tests.bench.{name}", *told], stderr=subprocess.DEVNULL)
            for name, *told in orders
        ]
        try:
            began = json.loads(api.stdout.readline())
            used = sum(_cpu(each.pid) for each in running)
            assert began == {"began": True}
            done = json.loads(api.stdout.readline())
            used = sum(_cpu(each.pid) for each in running) - used
        finally:
            rss = max(_stop(each) for each in running)
    return Run(**done, cpu_s=used, rss_mb=rss)


@contextmanager
def _process(name: str, orders: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", f"tests.bench.{name}", *orders]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _stop(process: subprocess.Popen[bytes]) -> float:
    process.kill()
    _, _, used = os.wait4(process.pid, 0)
    return used.ru_maxrss / 1024


def _cpu(pid: int) -> float:
    """Seconds of the processor a process has used."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
