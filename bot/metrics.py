"""Numbers for whoever watches: Prometheus' text, beside /health and /ready, on this machine alone. Nothing of a person.

What the store knows is read when it is asked for; what only this process knows is counted here.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.meters import Meters
from cora_bot.base.clock import monotonic
from cora_bot.base.pulse import Loop
from cora_bot.usecases.status import Status

KIND = "text/plain; version=0.0.4"
PATIENCE = 5.0  # seconds


class Watching:
    """The three pages. ``loops`` are those that should go round in this process."""

    def __init__(
        self, meters: Meters, status: Callable[[], Awaitable[Status]], *, home: Path, loops: tuple[Loop, ...]
    ) -> None:
        self._meters = meters
        self._status = status
        self._home = home
        self._loops = loops

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/metrics", self._metrics),
                Route("/health", self._health),
                Route("/ready", self._ready),
            ]
        )

    async def _metrics(self, _request: Request) -> Response:
        lines = list(_own(self._meters, self._home))
        try:
            async with asyncio.timeout(PATIENCE):
                lines += _of_store(await self._status())
        except Exception:
            lines += [*_metric("store_up", "gauge", "whether the store could be read", 0)]
        return Response("\n".join(lines) + "\n", media_type=KIND)

    async def _health(self, _request: Request) -> Response:
        alive = self._meters.alive(self._loops)
        return PlainTextResponse("ok\n" if alive else "a loop stands still\n", status_code=200 if alive else 503)

    async def _ready(self, _request: Request) -> Response:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._status()
        except Exception:
            return PlainTextResponse("the store is in trouble\n", status_code=503)
        return PlainTextResponse("ready\n")


def _metric(name: str, kind: str, says: str, value: float, labels: str = "") -> Iterator[str]:
    yield f"# HELP cora_{name} {says}"
    yield f"# TYPE cora_{name} {kind}"
    yield f"cora_{name}{labels} {value:g}"


def _own(meters: Meters, home: Path) -> Iterator[str]:
    yield "# HELP cora_sends_total calls to Telegram by how they ended"
    yield "# TYPE cora_sends_total counter"
    for outcome, count in sorted(meters.outcomes.items()):
        yield f'cora_sends_total{{outcome="{outcome}"}} {count}'
    yield from _metric("too_many_total", "counter", "times Telegram asked to wait (429)", meters.floods)
    yield from _metric("updates_total", "counter", "updates committed", meters.updates)
    yield from _metric("tick_seconds", "gauge", "how long the last look at what is due took", meters.tick)
    now = monotonic()
    yield "# HELP cora_loop_silence_seconds since a loop last went round"
    yield "# TYPE cora_loop_silence_seconds gauge"
    for loop, at in sorted(meters.beats.items()):
        yield f'cora_loop_silence_seconds{{loop="{loop}"}} {now - at:.3f}'
    yield from _metric("disk_free_bytes", "gauge", "free where the data lie", shutil.disk_usage(home).free)


def _of_store(stands: Status) -> list[str]:
    numbers: tuple[tuple[str, str, float], ...] = (
        ("store_up", "whether the store could be read", 1),
        ("backlog_replies", "replies that may go now", stands.replies),
        ("backlog_unsolicited", "check-ins that may go now", stands.unsolicited),
        ("backlog_removals", "messages people wrote that are still to leave their chats", stands.removals),
        ("in_flight", "messages being sent", stands.in_flight),
        ("lag_seconds", "how long the oldest message that may go has waited", stands.lag),
        ("due", "occasions due and not looked at", stands.due),
        ("due_lag_seconds", "how long the first of them has been due", stands.due_lag),
        ("uncertain", "messages that may have arrived, and are not repeated", stands.uncertain),
        ("failed", "messages refused for good", stands.failed),
        ("parked", "updates set aside", stands.parked),
        ("resting", "whether Telegram lets the bot send nothing", float(stands.resting is not None)),
        ("sender_changes", "how often the sending changed hands", stands.sender),
    )
    return [line for name, says, value in numbers for line in _metric(name, "gauge", says, value)]
