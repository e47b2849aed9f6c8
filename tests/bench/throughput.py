"""Durable answers a second through the whole path: ours and the stock bot's, in turn, in one run, as pairs.

The path is: fetch, understand, the form's logic, seal, commit, reply; both talk to the same loopback API in another
process, whose people answer every card at once. ``ratio`` is the median of the pairs'; a busy machine slows both.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

CHATS, PAIRS = 200, 3
STOCK_ANSWERS, ANSWERS = 5, 20
CONCURRENCY = 64


def bench() -> Iterator[dict[str, object]]:
    for kind in ("typed", "pressed"):
        for latency in (0, 40):
            yield _pairs(kind, latency)


def _pairs(kind: str, latency: int) -> dict[str, object]:
    ours: list[_Run] = []
    stock: list[_Run] = []
    for _ in range(PAIRS):
        stock.append(_run(["stock", "PORT", str(CONCURRENCY)], STOCK_ANSWERS, kind=kind, latency=latency, who="person"))
        ours.append(_run(["ours", "PORT", str(CHATS), kind], ANSWERS, kind=kind, latency=latency, who="bot"))
    ratios = [one.per_second / other.per_second for one, other in zip(ours, stock, strict=True)]
    return {
        "bench": "throughput",
        "answers": kind,
        "api_latency_ms": latency,
        "ours_per_second": round(median(each.per_second for each in ours)),
        "stock_per_second": round(median(each.per_second for each in stock)),
        "ratio": round(median(ratios), 1),
        "ours_cpu_ms": round(median(each.cpu_ms for each in ours), 2),
        "stock_cpu_ms": round(median(each.cpu_ms for each in stock), 2),
    }


@dataclass(frozen=True, slots=True)
class _Run:
    """Answers a second, and the bot's computing for one, its start included."""

    per_second: float
    cpu_ms: float


def _run(bot: list[str], answers: int, *, kind: str, latency: int, who: str) -> _Run:
    port = str(_free_port())
    api = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.loopback", port, str(CHATS), str(answers), str(latency), kind, who],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert api.stdout is not None
    try:
        assert api.stdout.readline() == "ready\n"
        orders = [port if each == "PORT" else each for each in bot[1:]]
        running = subprocess.Popen([sys.executable, "-m", f"tests.bench.{bot[0]}", *orders], stderr=subprocess.DEVNULL)
        try:
            done = json.loads(api.stdout.readline())
        finally:
            running.kill()
            _, _, used = os.wait4(running.pid, 0)
    finally:
        api.kill()
        api.wait()
    return _Run(done["answers"] / done["seconds"], 1000 * (used.ru_utime + used.ru_stime) / done["answers"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
