"""E-01 an update is handed out until an offset acknowledges it, and never after
E-02 a message waits 24 hours for the bot, a button press 150 seconds
E-03 one poller: the older one is told 409, as is everyone while a webhook is set
E-04 asking for the same offset again at once is slowed down
E-05 a stored offset from before a jump of the ids loses nothing
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.pilot import Emulator, Person
from bot.pilot.queue import UpdateQueue
from cora_bot.base.clock import SetClock, monotonic
from tests.bot.pilot.conftest import Line, buttons


def ids(updates: list[Any]) -> list[int]:
    return [int(str(update["update_id"])) for update in updates]


def texts(updates: list[Any]) -> list[object]:
    return [update["message"]["text"] for update in updates]


async def test_updates_are_redelivered_until_acknowledged(line: Line, person: Person) -> None:
    for text in ("one", "two", "three"):
        person.type(text)
    first = await line.updates()
    assert texts(first) == ["one", "two", "three"]
    assert first == await line.updates()
    assert texts(await line.updates(offset=ids(first)[2])) == ["three"]
    assert texts(await line.updates()) == ["three"]
    assert await line.updates(offset=ids(first)[2] + 1) == []
    assert await line.updates() == []


async def test_update_ids_are_sequential_and_limit_holds(line: Line, person: Person) -> None:
    for number in range(120):
        person.type(str(number))
    found = await line.updates(limit=500)
    assert list(range(ids(found)[0], ids(found)[0] + 100)) == ids(found)
    assert ids(found)[:7] == ids(await line.updates(limit=7))


async def test_negative_offset_counts_from_the_end_and_forgets_the_rest(line: Line, person: Person) -> None:
    for text in ("one", "two", "three"):
        person.type(text)
    assert texts(await line.updates(offset=-1)) == ["three"]
    assert texts(await line.updates()) == ["three"]


async def test_long_poll_returns_when_something_arrives(line: Line, person: Person) -> None:
    began = monotonic()
    waiting = asyncio.create_task(line.updates(timeout=30))
    await asyncio.sleep(0.1)
    person.type("at last")
    assert texts(await waiting) == ["at last"]
    assert monotonic() - began < 5


async def test_long_poll_returns_empty_after_its_timeout(line: Line, person: Person) -> None:
    began = monotonic()
    assert await line.updates(timeout=1) == []
    assert 0.9 < monotonic() - began < 5


@pytest.mark.parametrize(("seconds", "kept"), [(149, ["callback_query", "message"]), (151, ["message"])])
async def test_press_expires_after_150_seconds_of_the_clock(
    line: Line, person: Person, clock: SetClock, seconds: int, kept: list[str]
) -> None:
    await line.send(person, reply_markup=buttons("Yes"))
    person.press("Yes")
    person.type("typed")
    clock.move(timedelta(seconds=seconds))
    assert kept == [key for update in await line.updates() for key in update if key != "update_id"]


@pytest.mark.parametrize(("hours", "kept"), [(23.99, ["kept"]), (24, [])])
async def test_message_expires_after_a_day(
    line: Line, person: Person, clock: SetClock, hours: float, kept: list[str]
) -> None:
    person.type("kept")
    clock.move(timedelta(hours=hours))
    assert kept == texts(await line.updates())


async def test_second_poller_ends_the_first_with_409(line: Line, person: Person) -> None:
    first = asyncio.create_task(line.call("getUpdates", timeout=30))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(line.updates(timeout=30))
    status, answer = await first
    assert (409, {"ok": False, "error_code": 409, "description": answer["description"]}) == (status, answer)
    assert answer["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    person.type("for the second")
    assert texts(await second) == ["for the second"]


async def test_webhook_shuts_polling_out_until_deleted(line: Line, person: Person) -> None:
    waiting = asyncio.create_task(line.refusal("getUpdates", timeout=30))
    await asyncio.sleep(0.1)
    await line.result("setWebhook", url="https://bot.example/hook", allowed_updates=["message"])
    assert (await waiting)["description"] == "Conflict: terminated by setWebhook request"
    assert (await line.refusal("getUpdates"))["description"] == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    info = await line.result("getWebhookInfo")
    assert isinstance(info, dict)
    assert (info["url"], info["allowed_updates"]) == ("https://bot.example/hook", ["message"])
    await line.result("deleteWebhook")
    assert await line.updates() == []


async def test_webhook_without_https_is_refused(line: Line) -> None:
    refused = await line.refusal("setWebhook", url="http://bot.example/hook")
    assert refused["description"] == "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"


async def test_dropping_pending_updates_drops_them(line: Line, person: Person) -> None:
    person.type("lost")
    await line.result("deleteWebhook", drop_pending_updates=True)
    assert await line.updates() == []


async def test_allowed_updates_hold_for_what_comes_later(line: Line, person: Person) -> None:
    person.type("before")
    assert texts(await line.updates(allowed_updates=["my_chat_member"])) == ["before"]
    person.type("not asked for")
    person.block()
    found = await line.updates()
    assert [key for update in found for key in update if key != "update_id"] == ["message", "my_chat_member"]
    await line.updates(allowed_updates=[])
    person.start()
    assert {"my_chat_member", "message"} == {key for update in (await line.updates())[2:] for key in update} - {
        "update_id"
    }


async def test_impatient_poller_gets_one_update_then_waits(line: Line, person: Person, emulator: Emulator) -> None:
    emulator.world.queue.throttled = True
    person.type("one")
    person.type("two")
    assert texts(await line.updates()) == ["one", "two"]
    assert texts(await line.updates()) == ["one"]
    emulator.world.queue.clear()
    began = monotonic()
    assert await line.updates() == []
    assert 2.5 < monotonic() - began < 10


@pytest.mark.parametrize(
    ("since", "given", "bent"),
    [(0.4, (100, 0), (1, 3)), (0.6, (100, 0), (100, 3)), (2.9, (9, 5), (9, 5)), (3.1, (9, 1), (9, 1))],
)
def test_throttle_bends_limit_and_timeout(
    clock: SetClock, since: float, given: tuple[int, int], bent: tuple[int, int]
) -> None:
    queue = UpdateQueue(clock)
    assert queue.throttle(5, limit=100, timeout=0, at=10.0) == (100, 0)
    assert bent == queue.throttle(5, limit=given[0], timeout=given[1], at=10.0 + since)
    assert given == queue.throttle(6, limit=given[0], timeout=given[1], at=10.0 + since)


async def test_offset_from_before_a_jump_falls_back_to_the_head(line: Line, person: Person, emulator: Emulator) -> None:
    person.type("old")
    stored = ids(await line.updates())[0] + 1
    assert await line.updates(offset=stored) == []
    emulator.world.queue.jump(1_000)
    person.type("new")
    found = await line.updates(offset=stored)
    assert (ids(found), texts(found)) == ([1_000], ["new"])


async def test_jump_is_refused_while_updates_wait(person: Person, emulator: Emulator) -> None:
    person.type("waits")
    with pytest.raises(ValueError, match="quiet week"):
        emulator.world.queue.jump(1)


async def test_unknown_token_and_method_are_refused(line: Line, emulator: Emulator) -> None:
    assert await line.refusal("getMoon") == {
        "ok": False,
        "error_code": 404,
        "description": "Not Found: method not found",
    }
    emulator.world.revoke("1:new")
    async with line.http.post(f"{emulator.base_url}5000000001:old/getMe") as response:
        assert (
            response.status,
            await response.json(),
        ) == (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
    assert (await line.call("getme"))[0] == 200


async def test_parameters_may_come_as_query_form_or_json(line: Line, person: Person, emulator: Emulator) -> None:
    url = f"{emulator.base_url}{emulator.token}/sendMessage"
    markup = '{"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}'
    async with line.http.get(url, params={"chat_id": str(person.id), "text": "query", "reply_markup": markup}) as first:
        assert first.status == 200
    async with line.http.post(url, data={"chat_id": str(person.id), "text": "form", "reply_markup": markup}) as second:
        assert second.status == 200
    body = aiohttp.FormData({"chat_id": str(person.id), "text": "multipart"}, default_to_multipart=True)
    async with line.http.post(url, data=body) as third:
        assert third.status == 200
    await line.send(person, "json", reply_markup={"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]})
    shown = [(bubble.text, bubble.labels) for bubble in person.screen if not bubble.mine]
    assert shown == [("query", ("Yes",)), ("form", ("Yes",)), ("multipart", ()), ("json", ("Yes",))]
