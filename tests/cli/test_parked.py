"""CL-45 ``cora parked`` lists what was set aside, replays it and drops it; it never shows what was said."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cora_bot.cli.open_house import open_house
from cora_bot.dialogue.inputs import Text
from cora_bot.settings import read_settings
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.parking import park
from tests.cli.running import cora
from tests.cli.server import Server, set_up


@pytest.fixture
def server(tmp_path: Path) -> Server:
    made = set_up(tmp_path)

    async def parked() -> None:
        async with open_house(read_settings(made.settings)) as house:
            for number in (1, 2):
                await park(house, Arrived(f"m:70{number}:1:0", 700 + number, Text("geheim", 1)), "ValueError")

    asyncio.run(parked())
    return made


def test_parked_updates_are_listed_replayed_and_dropped(server: Server) -> None:
    listed = cora("parked", settings=server.settings)
    head, first, second = listed.out.splitlines()
    assert (listed.code, head.split()) == (0, ["id", "since", "kind", "error", "went_on"])
    assert (first.split()[3:], "geheim" in listed.out) == (["Text", "ValueError", "no"], False)

    replayed = cora("parked", "--replay", first.split()[0], settings=server.settings)
    assert (replayed.code, replayed.out.splitlines()[-1]) == (0, "1 handled, 0 still parked")
    assert cora("parked", "--drop", second.split()[0], settings=server.settings).out == "1 dropped\n"
    assert len(cora("parked", settings=server.settings).out.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "code"), [(("--replay", "abcdef"), 1), (("--drop", "all", "--replay", "all"), 2), (("--anyway",), 2)]
)
def test_what_makes_no_sense_is_refused(server: Server, options: tuple[str, ...], code: int) -> None:
    assert cora("parked", *options, settings=server.settings).code == code
