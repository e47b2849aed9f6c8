"""AL-10 Open alerts are listed by age at the terminal of the server, and noted as done there; what was answered is read
on the researcher's computer alone.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from cora_bot.cli.open_house import open_house
from cora_bot.settings import read_settings
from cora_bot.store import alerts as stored
from tests.cli.running import cora
from tests.cli.server import Server, set_up


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return set_up(tmp_path)


def _raised(server: Server, *codes: str) -> None:
    async def raise_them() -> None:
        async with open_house(read_settings(server.settings)) as house, house.database.transaction() as tx:
            for code in codes:
                await stored.add(tx, code, keys=house.keys, chance=house.chance, now=house.clock.now())

    asyncio.run(raise_them())


def test_alerts_lists_the_oldest_first_and_says_that_nobody_was_told(server: Server) -> None:
    _raised(server, "K7F-2QX", "AAA-AAA")
    said = cora("alerts", "--csv", settings=server.settings)
    head, *rows = said.out.splitlines()

    assert (said.code, head) == (0, "number,case,raised,open for,told,taken by,taken")
    assert [re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME", row) for row in rows] == [
        "1,K7F-2QX,TIME,0 h,NOBODY,,",
        "2,AAA-AAA,TIME,0 h,NOBODY,,",
    ]


def test_done_alert_leaves_the_list(server: Server) -> None:
    _raised(server, "K7F-2QX", "AAA-AAA")
    done = cora("alerts", "--done", "1", settings=server.settings)
    again = cora("alerts", "--done", "1", settings=server.settings)
    left = cora("alerts", "--csv", settings=server.settings).out.splitlines()

    assert (done.code, done.out) == (0, "alert 1, K7F-2QX: done\n")
    assert (again.code, again.err.splitlines()[0]) == (1, "Error: there is no open alert 1")
    assert [row.split(",")[1] for row in left[1:]] == ["AAA-AAA"]
