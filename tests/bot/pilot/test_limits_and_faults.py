"""E-20 429 with retry_after: one a second per chat with short bursts, 30 a second over all, 20 a minute per group
E-21 faults: cut before, cut after, 5xx, slow, flood; for the next calls or by seeded chance
E-22 the emulator listens on loopback only and answers no other origin
"""

from __future__ import annotations

import aiohttp
import pytest

from bot.pilot import Emulator, Fault, Faults, Kind, Limits, Pace, Person
from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import SetClock, monotonic
from cora_bot.base.errors import CoraError
from tests.bot.pilot.conftest import Line


class Seconds:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_private_chat_gets_a_burst_then_one_a_second() -> None:
    seconds = Seconds()
    limits = Limits(seconds=seconds)
    assert [limits.refuse(7) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    assert limits.refuse(8) == 0
    seconds.at += 1
    assert [limits.refuse(7) for _ in range(2)] == [0, 1]


def test_all_chats_together_get_thirty_a_second() -> None:
    seconds = Seconds()
    limits = Limits(seconds=seconds)
    assert [limits.refuse(chat) for chat in range(1, 32)] == [0] * 30 + [1]
    seconds.at += 0.5
    assert [limits.refuse(chat) for chat in range(101, 117)] == [0] * 15 + [1]


def test_group_gets_twenty_a_minute() -> None:
    limits = Limits(seconds=Seconds())
    assert [limits.refuse(-7) for _ in range(21)] == [0] * 20 + [3]


async def test_flooding_bot_is_told_how_long_to_wait(line: Line, person: Person, emulator: Emulator) -> None:
    emulator.world.limits = Limits(private=Pace(0.1, 1))
    await line.send(person, "first")
    assert await line.refusal("sendMessage", chat_id=person.id, text="second") == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 10",
        "parameters": {"retry_after": 10},
    }
    assert person.texts == ("first",)


@pytest.mark.parametrize(("kind", "arrived"), [(Kind.CUT_BEFORE, ()), (Kind.CUT_AFTER, ("Hello",))])
async def test_cut_connection_before_and_after_delivery(
    line: Line, person: Person, emulator: Emulator, kind: Kind, arrived: tuple[str, ...]
) -> None:
    emulator.faults.add(Fault(kind, "sendMessage"))
    with pytest.raises(aiohttp.ClientConnectionError):
        await line.send(person)
    assert arrived == person.texts
    await line.send(person, "again")
    assert (*arrived, "again") == person.texts
    assert [call.status for call in emulator.world.calls] == [0, 200]


@pytest.mark.parametrize(("kind", "arrived"), [(Kind.ERROR_BEFORE, ()), (Kind.ERROR_AFTER, ("Hello",))])
async def test_server_error_before_and_after_delivery(
    line: Line, person: Person, emulator: Emulator, kind: Kind, arrived: tuple[str, ...]
) -> None:
    emulator.faults.add(Fault(kind, status=503))
    refused = await line.refusal("sendMessage", chat_id=person.id, text="Hello")
    assert refused == {"ok": False, "error_code": 503, "description": "Service Unavailable"}
    assert arrived == person.texts


async def test_cut_after_get_updates_redelivers(line: Line, person: Person, emulator: Emulator) -> None:
    person.type("precious")
    emulator.faults.add(Fault(Kind.CUT_AFTER, "getUpdates"))
    with pytest.raises(aiohttp.ClientConnectionError):
        await line.updates()
    (update,) = await line.updates()
    message = update["message"]
    assert isinstance(message, dict)
    assert message["text"] == "precious"


async def test_slow_answer_comes_late_but_is_done(line: Line, person: Person, emulator: Emulator) -> None:
    emulator.faults.add(Fault(Kind.SLOW, milliseconds=300))
    began = monotonic()
    await line.send(person)
    assert 0.3 <= monotonic() - began < 5
    assert person.texts == ("Hello",)


async def test_injected_flood_strikes_as_often_as_told(line: Line, person: Person, emulator: Emulator) -> None:
    emulator.faults.add(Fault(Kind.FLOOD, "sendMessage", count=2, retry_after=7))
    refused = [(await line.refusal("sendMessage", chat_id=person.id, text="a"))["parameters"] for _ in range(2)]
    assert refused == [{"retry_after": 7}] * 2
    await line.send(person)
    assert person.texts == ("Hello",)


def test_probability_draws_from_the_seed() -> None:
    def strikes(seed: int) -> list[int]:
        faults = Faults(SeededChance(seed))
        faults.add(Fault(Kind.SLOW, count=0, probability=0.3))
        return [len(faults.strike("getMe")) for _ in range(200)]

    assert strikes(1) == strikes(1)
    assert strikes(1) != strikes(2)
    assert 30 < sum(strikes(1)) < 90


async def test_faults_are_switched_over_http(line: Line, person: Person, emulator: Emulator) -> None:
    fault = {"kind": "flood", "method": "sendMessage", "retry_after": 3}
    async with line.http.post(f"{emulator.url}/pilot/faults", json=fault) as response:
        assert response.status == 200
    assert (await line.refusal("sendMessage", chat_id=person.id, text="a"))["parameters"] == {"retry_after": 3}
    for wrong in ({"kind": "earthquake"}, {"kind": "slow", "color": 1}, {"kind": "slow", "milliseconds": "much"}):
        async with line.http.post(f"{emulator.url}/pilot/faults", json=wrong) as response:
            assert response.status == 400
    async with line.http.delete(f"{emulator.url}/pilot/faults") as response:
        assert await response.json() == {"on": [], "hits": 1}


async def test_emulator_listens_on_ipv6_loopback_too(clock: SetClock) -> None:
    async with Emulator(clock=clock, host="::1") as running, aiohttp.ClientSession() as http:
        _, answer = await Line(http, running).call("getMe")
    assert answer["ok"] is True


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "localhost", "::"])
def test_emulator_refuses_any_other_address(clock: SetClock, host: str) -> None:
    with pytest.raises(CoraError, match="does not listen on"):
        Emulator(clock=clock, host=host)


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
async def test_other_hosts_and_origins_are_refused(line: Line, emulator: Emulator, headers: dict[str, str]) -> None:
    async with line.http.post(f"{emulator.url}/pilot/phones", headers=headers, json={}) as response:
        assert response.status == 403
    assert emulator.world.people == {}


async def test_forged_form_is_refused(line: Line, emulator: Emulator) -> None:
    async with line.http.post(f"{emulator.url}/pilot/phones", data={"name": "x"}) as response:
        assert response.status == 415
