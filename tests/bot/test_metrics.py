"""MT-01 /metrics says what waits, what is uncertain and what was set aside, as Prometheus reads it, and nobody's words
MT-02 /health and /ready say when a loop stands still or the store is in trouble
MT-03 the ping stops when it is not well.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.meters import Meters
from bot.metrics import Watching
from bot.pinging import Pinging
from bot.serving import Served
from cora_bot.base.clock import SetClock
from cora_bot.base.pulse import Loop
from cora_bot.dialogue.inputs import Text
from cora_bot.usecases.deliver import claim, settle
from cora_bot.usecases.exchange import Arrived, Uncertain
from cora_bot.usecases.house import House
from cora_bot.usecases.parking import park
from cora_bot.usecases.status import Status, status
from tests.support.house import opened, premises
from tests.support.turns import invited, joined, shown

LINE = re.compile(r'(# (HELP|TYPE) cora_[a-z_]+ .+|cora_[a-z_]+(\{[a-z]+="[a-z]+"\})? -?[0-9.e+]+)')


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(premises(tmp_path, SetClock(datetime(2026, 12, 1, 12, tzinfo=UTC)))) as house:
        yield house


@asynccontextmanager
async def watched(house: House, meters: Meters, home: Path) -> AsyncIterator[str]:
    watching = Watching(meters, partial(status, house), home=home, loops=(Loop.DUE,))
    served = Served(watching.app(), host="127.0.0.1", port=0)
    await served.start()
    yield f"http://127.0.0.1:{served.port}"
    await served.stop()


async def got(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_metrics_say_how_it_stands(house: House, tmp_path: Path) -> None:
    await shown(house, await joined(house, 700), "geheim")
    for address in (701, 702):
        await invited(house, await joined(house, address))
    await park(house, Arrived("m:1", 703, Text("geheim", 1)), "ValueError")
    claimed = [each for each in await claim(house) if each.address == 702]
    await settle(house, [(claimed[0], Uncertain("no_answer"))])
    house.clock.move(timedelta(seconds=30))  # type: ignore[attr-defined]
    meters = Meters()
    meters.sent("retry", "too_many")
    async with watched(house, meters, tmp_path) as url:
        code, text = await got(f"{url}/metrics")
    found = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert code == 200
    assert [line for line in text.splitlines() if not LINE.fullmatch(line)] == []
    wanted = {"in_flight": 2, "uncertain": 1, "parked": 1, "backlog_replies": 0, "too_many_total": 1, "store_up": 1}
    assert {name: float(found[f"cora_{name}"]) for name in wanted} == wanted
    assert "geheim" not in text


async def test_lag_is_that_of_the_oldest_that_may_go(house: House) -> None:
    await shown(house, await joined(house, 700), "one")
    house.clock.move(timedelta(seconds=40))  # type: ignore[attr-defined]
    await invited(house, await joined(house, 701))
    stands = await status(house)
    assert (stands.replies, stands.unsolicited, stands.lag) == (1, 1, 40)


async def test_health_and_readiness(house: House, tmp_path: Path) -> None:
    meters = Meters()
    async with watched(house, meters, tmp_path) as url:
        before = await got(f"{url}/health")
        meters.beat(Loop.DUE)
        assert (before[0], await got(f"{url}/health"), await got(f"{url}/ready")) == (
            503, (200, "ok\n"), (200, "ready\n"),
        )  # fmt: skip


async def test_store_in_trouble_is_said(tmp_path: Path) -> None:
    async def broken() -> Status:
        raise OSError("disk")

    served = Served(Watching(Meters(), broken, home=tmp_path, loops=()).app(), host="127.0.0.1", port=0)
    await served.start()
    url = f"http://127.0.0.1:{served.port}"
    (code, text), (ready, _) = await got(f"{url}/metrics"), await got(f"{url}/ready")
    await served.stop()
    assert (code, "cora_store_up 0" in text, ready) == (200, True, 503)


async def test_ping_goes_out_while_all_is_well_and_stops_when_not() -> None:
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        return web.Response()

    app = web.Application()
    app.add_routes([web.get("/x", answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    well = [True]
    pinging = Pinging(f"http://127.0.0.1:{runner.addresses[0][1]}/x", lambda: well[0], every=0.02)
    task = asyncio.create_task(pinging.run())
    while len(asked) < 3:
        await asyncio.sleep(0.01)
    well[0] = False
    await asyncio.sleep(0.1)
    count = len(asked)
    await asyncio.sleep(0.2)
    pinging.stop()
    await task
    await runner.cleanup()
    assert (len(asked) - count, asked[0].can_read_body) == (0, False)


async def test_ping_that_nobody_answers_stops_nothing() -> None:
    pinging = Pinging("http://127.0.0.1:9/x", lambda: True, every=0.01)
    task = asyncio.create_task(pinging.run())
    await asyncio.sleep(0.1)
    pinging.stop()
    await task
