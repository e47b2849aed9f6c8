"""E-40 crowds in other processes act and look over HTTP
E-41 what the composition root gives is asked and shown; what it does not give is not there
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.pilot import Banner, Emulator, Opened, Pilot, Table, World
from bot.pilot.text import Json
from cora_bot.base.clock import SetClock
from tests.bot.pilot.conftest import Line, buttons


async def act(line: Line, path: str, **body: object) -> tuple[int, Json]:
    async with line.http.post(f"{line.emulator.url}/pilot/{path}", json=body) as response:
        return response.status, await response.json()


async def look(line: Line, path: str) -> tuple[int, object]:
    async with line.http.get(f"{line.emulator.url}/pilot{path}") as response:
        return response.status, await response.json() if response.content_type == "application/json" else None


async def test_crowd_enrols_types_presses_and_reads(line: Line, emulator: Emulator) -> None:
    _, made = await act(line, "phones", language_code="ar", zone="Asia/Baghdad")
    phone = made["id"]
    assert (made["language_code"], made["zone"], made["started"]) == ("ar", "Asia/Baghdad", False)
    await act(line, f"phones/{phone}/start", token="T0ken")
    person = emulator.world.people[int(str(phone))]
    card = await line.send(person, "كيف الحال؟", reply_markup=buttons("جيد", "سيئ"))
    _, pressed = await act(line, f"phones/{phone}/press", message_id=card, index=1)
    await line.result("answerCallbackQuery", callback_query_id=pressed["done"], text="تم")
    await act(line, f"phones/{phone}/press", label="جيد")
    _, typed = await act(line, f"phones/{phone}/type", text="شكرا")
    await act(line, f"phones/{phone}/edit", message_id=typed["done"], text="شكرا جزيلا")
    await act(line, f"phones/{phone}/send", kind="voice")
    await act(line, f"phones/{phone}/block")
    found = [key for update in await line.updates() for key in update if key != "update_id"]
    message, query = "message", "callback_query"
    assert [message, query, query, message, "edited_message", message, "my_chat_member"] == found
    _, state = await look(line, f"/phones/{phone}")
    assert isinstance(state, dict)
    assert [(bubble["text"], bubble["mine"]) for bubble in state["screen"]] == [
        ("/start T0ken", True),
        ("كيف الحال؟", False),
        ("شكرا جزيلا", True),
        ("Voice message 0:04", True),
    ]
    assert (state["toast"]["text"], state["blocked"]) == ("تم", True)


async def test_what_a_phone_cannot_do_is_409_with_the_reason(line: Line, emulator: Emulator) -> None:
    phone = emulator.world.person().id
    status, answer = await act(line, f"phones/{phone}/press", label="Yes")
    assert (status, answer) == (409, {"error": "no such button to press: 'Yes'; on the screen: []"})
    assert await act(line, f"phones/{phone}/delete", message_id="x") == (
        409,
        {"error": "message_id must be a whole number"},
    )
    for path in (f"phones/{phone}/dance", "phones/1/type"):
        async with line.http.post(f"{emulator.url}/pilot/{path}", json={}) as response:
            assert response.status == 404


async def test_waiting_look_returns_when_the_phone_changes(line: Line, emulator: Emulator) -> None:
    person, other = emulator.world.person(), emulator.world.person()
    person.start()
    path = f"/phones/{person.id}?after={person.bell.revision}&wait=20"
    waiting = asyncio.create_task(look(line, path))
    await asyncio.sleep(0.1)
    other.start()
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await line.send(person, "Hello")
    _, state = await waiting
    assert isinstance(state, dict)
    assert state["screen"][-1]["text"] == "Hello"


async def test_network_and_settings_are_switched(line: Line, emulator: Emulator) -> None:
    person = emulator.world.person()
    await act(line, f"phones/{person.id}/settings", language_code="de", zone="Europe/Berlin")
    await act(line, f"phones/{person.id}/network", off=True)
    assert (person.user.language_code, person.zone, person.offline) == ("de", "Europe/Berlin", True)
    await act(line, f"phones/{person.id}/network", off=False)
    assert not person.offline


@pytest.fixture
async def complete(clock: SetClock) -> AsyncIterator[Emulator]:
    """An emulator whose page has everything beside the phone."""

    async def travel(by: timedelta) -> None:
        clock.move(by)

    async def next_event() -> str | None:
        clock.move(timedelta(days=14))
        return "A check-in is due."

    async def server_holds() -> list[Table]:
        return [{"table": "records", "rows": [{"id": "7f", "sealed": "6167652d"}]}]

    async def researcher_open() -> Opened:
        return {"tables": [], "files": ["answers_wide.csv"], "reconciliation": {"sealed": "1", "opened": "1"}}

    async def invite() -> str:
        return "https://t.me/check_in_demo_bot?start=abc"

    world = World(clock=clock)
    pilot = Pilot(
        world,
        clock,
        travel=travel,
        next_event=next_event,
        server_holds=server_holds,
        researcher_open=researcher_open,
        invite=invite,
        banner=Banner(demo="demo", translations="drafts"),
    )
    async with Emulator(pilot=pilot) as running:
        yield running


async def test_hooks_are_awaited_and_answered(line: Line, complete: Emulator) -> None:
    beside = Line(line.http, complete)
    assert await act(beside, "travel", seconds=3600) == (200, {"now": "2025-03-20T13:00:00+00:00", "what": ""})
    assert await act(beside, "next-event") == (200, {"now": "2025-04-03T13:00:00+00:00", "what": "A check-in is due."})
    assert await act(beside, "invite") == (200, {"link": "https://t.me/check_in_demo_bot?start=abc"})
    assert await look(beside, "/server") == (200, [{"table": "records", "rows": [{"id": "7f", "sealed": "6167652d"}]}])
    opened = {"tables": [], "files": ["answers_wide.csv"], "reconciliation": {"sealed": "1", "opened": "1"}}
    assert (200, opened) == await act(beside, "researcher")
    for seconds in (0, -5, 1e12, "long"):
        async with line.http.post(f"{complete.url}/pilot/travel", json={"seconds": seconds}) as response:
            assert response.status == 400


async def test_hooks_that_are_not_given_are_not_there(line: Line, emulator: Emulator) -> None:
    _, about = await look(line, "")
    assert isinstance(about, dict)
    names = ("travel", "next_event", "server_holds", "researcher_open", "invite")
    assert [about[name] for name in names] == [False] * 5
    assert (await look(line, "/server"))[0] == 404
    for path in ("travel", "next-event", "invite", "researcher"):
        async with line.http.post(f"{emulator.url}/pilot/{path}", json={}) as response:
            assert response.status == 404


async def test_page_is_served_under_a_strict_policy(line: Line, emulator: Emulator) -> None:
    async with line.http.get(emulator.url) as response:
        assert "default-src 'none'; script-src 'self'" in response.headers["Content-Security-Policy"]
        text = await response.text()
    assert "<script>" not in text
    async with line.http.get(f"{emulator.url}/page/..%2fserver.py") as response:
        assert response.status == 404
