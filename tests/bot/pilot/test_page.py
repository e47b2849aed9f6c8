"""E-60 on the page a person unlocks, reads, presses, types, and sees what changed
E-61 right-to-left texts and phones stand right
E-62 the lock screen shows exactly the notification's text
E-63 nothing shown can become markup
E-64 the panels show what the composition root gives
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.pilot import Banner, Emulator, Limits, Opened, Pilot, Table, World
from cora_bot.base.clock import SetClock
from tests.bot.pilot.conftest import Line
from tests.bot.pilot.echo import KNOCK, echoing
from tests.support.browser import chromium

__all__ = ["chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
EVIL = '<img src=x onerror="document.title=1"><script>document.title=2</script>'


@pytest_asyncio.fixture(loop_scope="module")
async def emulator() -> AsyncIterator[Emulator]:
    """An emulator with a bot that answers, and everything beside the phone."""
    clock = SetClock(datetime(2025, 3, 20, 7, 0, tzinfo=UTC))
    world = World(clock=clock, limits=Limits(enabled=False))

    async def travel(by: timedelta) -> None:
        clock.move(by)

    async def server_holds() -> list[Table]:
        return [{"table": "records", "rows": [{"id": EVIL, "sealed": "6167652d656e"}]}]

    async def researcher_open() -> Opened:
        rows = [{"case": "K7F-2QX", "work": "عمل منتظم"}]
        counts = {"sealed": "1", "opened": "1", "exported": "1"}
        return {"tables": [{"table": "answers", "rows": rows}], "files": ["answers_wide.csv"], "reconciliation": counts}

    async def invite() -> str:
        return "https://t.me/check_in_demo_bot?start=Qm7xT2v"

    banner = Banner(demo="DEMO", translations="Drafts, not checked.")
    pilot = Pilot(
        world,
        clock,
        travel=travel,
        server_holds=server_holds,
        researcher_open=researcher_open,
        invite=invite,
        banner=banner,
    )
    async with Emulator(pilot=pilot) as running, echoing(running):
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def page(chromium: Browser, emulator: Emulator) -> AsyncIterator[Page]:
    """The page on its first phone; a script error or a breach of the policy fails the test."""
    page = await chromium.new_page(viewport={"width": 1400, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # A refused action is a 409, which Chromium reports too; the page tells it to the user.
    page.on(
        "console", lambda line: errors.append(line.text) if line.type == "error" and "409" not in line.text else None
    )
    await page.goto(emulator.url)
    await expect(page.locator("#unlock")).to_have_text("Open")
    yield page
    await page.close()
    assert errors == []


async def new_phone(page: Page, language: str) -> None:
    await page.click("#add-phone")
    await page.select_option("#new-language", language)
    await page.click("#new-form button[type=submit]")
    await expect(page.locator("#device")).to_have_attribute("lang", language)


async def test_enrol_press_and_type(page: Page, emulator: Emulator) -> None:
    await page.click("#invite")
    await expect(page.locator("#link")).to_have_value("https://t.me/check_in_demo_bot?start=Qm7xT2v")
    await expect(page.locator(".bubble .text")).to_have_text(["/start Qm7xT2v", "How is your work at the moment?"])
    await page.get_by_role("button", name="Sometimes").click()
    await expect(page.locator("#toast")).to_have_text("Stored ✓")
    await expect(page.locator(".bubble .text").nth(1)).to_have_text("How is your work at the moment?\n\nStored ✓")
    await expect(page.locator(".bubble .keys")).to_have_count(0)
    await page.fill("#text", "Thank you")
    await page.press("#text", "Enter")
    await expect(page.locator(".bubble .text").last).to_have_text("Stored ✓ \u2068Thank you\u2069")
    await expect(page.locator(".bubble .text").last.locator("strong")).to_have_text("Stored ✓")
    assert [bubble.message_id for bubble in next(iter(emulator.world.people.values())).screen if bubble.edited] == [2]


async def test_link_of_ones_own_opens_the_chat(page: Page) -> None:
    await page.click(".own-link summary")
    await page.fill("#link", "https://t.me/check_in_demo_bot?start=other")
    await page.click("#enrol button[type=submit]")
    await expect(page.locator(".bubble .text").first).to_have_text("/start other")


async def test_keyboard_alone_is_enough(page: Page) -> None:
    await page.focus("#unlock")
    await page.keyboard.press("Enter")
    await expect(page.locator("#begin")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble .keys button")).to_have_count(3)
    await page.focus(".bubble .keys button >> nth=0")
    await page.keyboard.press("Space")
    await expect(page.locator("#toast")).to_have_text("Stored ✓")


async def test_time_travel_locks_the_phone_and_the_knock_shows_on_it(page: Page, emulator: Emulator) -> None:
    await page.click("#unlock")
    await page.click("#begin")
    await expect(page.locator(".bubble .keys button")).to_have_count(3)
    await page.click("#travel button >> nth=1")
    await expect(page.locator("#unlock")).to_be_visible()
    await expect(page.locator("#now")).to_have_text("Friday, 21 March 2025 at 08:00 in Berlin")
    await expect(page.locator("#big-time")).to_have_text("08:00")
    (person,) = emulator.world.people.values()
    async with aiohttp.ClientSession() as http:
        await Line(http, emulator).send(person, KNOCK["en"])
    await expect(page.locator(".notice-text")).to_have_text(["There is a message for you."])
    await expect(page.locator(".notice-head bdi")).to_have_text(["Check-in"])


async def test_key_in_place_of_the_keyboard_sends_the_place_and_goes(page: Page, emulator: Emulator) -> None:
    await page.click("#unlock")
    await page.click("#begin")
    await expect(page.locator(".bubble .keys button")).to_have_count(3)
    (person,) = emulator.world.people.values()
    key = {"text": "📍 Send my location", "request_location": True}
    async with aiohttp.ClientSession() as http:
        await Line(http, emulator).send(person, "📍", reply_markup={"keyboard": [[key]], "one_time_keyboard": True})
    await page.locator("#keyboard button").click()
    await expect(page.locator("#keyboard")).to_be_hidden()
    await expect(page.locator(".bubble.mine .text").last).to_contain_text("Location")


async def test_arabic_phone_is_right_to_left(page: Page) -> None:
    await new_phone(page, "ar")
    await page.click("#unlock")
    await expect(page.locator("#begin")).to_have_text("بدء")
    await page.click("#begin")
    await expect(page.locator(".bubble .keys button")).to_have_count(3)
    direction = "node => getComputedStyle(node).direction"
    assert await page.locator("#device").evaluate(direction) == "rtl"
    assert [await page.locator(".bubble .text").nth(at).evaluate(direction) for at in (0, 1)] == ["ltr", "rtl"]
    assert await page.locator(".bubble .keys button").first.evaluate(direction) == "rtl"
    bar, face = await page.locator(".bar").bounding_box(), await page.locator("#face").bounding_box()
    assert bar is not None
    assert face is not None
    assert face["x"] > bar["x"] + bar["width"] / 2
    await expect(page.locator("#text")).to_have_attribute("dir", "rtl")


async def test_phones_are_apart(page: Page, emulator: Emulator) -> None:
    await new_phone(page, "de")
    await page.click("#unlock")
    await page.click("#begin")
    await expect(page.locator(".bubble .text").last).to_have_text("Wie sieht es bei Ihnen gerade mit Arbeit aus?")
    await page.click("#tabs button >> nth=0")
    await expect(page.locator("#device")).to_have_attribute("lang", "en")
    await expect(page.locator(".bubble")).to_have_count(0)


async def test_network_off_holds_everything_back(page: Page, emulator: Emulator) -> None:
    await page.click("#unlock")
    await page.click("#begin")
    await expect(page.locator(".bubble .keys button")).to_have_count(3)
    await page.locator("#network").check()
    await expect(page.locator("#bot-kind")).to_have_text("Waiting for network…")
    await page.fill("#text", "later")
    await page.press("#text", "Enter")
    await expect(page.locator(".bubble.waiting .text")).to_have_text("later")
    await page.get_by_role("button", name="Sometimes").click()
    await expect(page.locator("#trouble")).to_have_text("the network is off")
    await page.locator("#network").uncheck()
    await expect(page.locator(".bubble .text").last).to_have_text("Stored ✓ \u2068later\u2069")


async def test_deleted_message_vanishes(page: Page, emulator: Emulator) -> None:
    await page.click("#unlock")
    await page.click("#begin")
    await expect(page.locator(".bubble")).to_have_count(2)
    (person,) = emulator.world.people.values()
    person.delete(person.last.message_id)
    await expect(page.locator(".bubble .text")).to_have_text(["/start"])


async def test_markup_in_texts_stays_text(page: Page, emulator: Emulator) -> None:
    await page.click("#unlock")
    await page.click("#begin")
    await page.fill("#text", EVIL)
    await page.press("#text", "Enter")
    await expect(page.locator(".bubble .text").nth(2)).to_have_text(EVIL)
    await page.click("#server-tables summary")
    await expect(page.locator("#server-tables td").first).to_have_text(EVIL)
    assert await page.title() == "A returnee’s phone – demonstration"
    assert await page.locator(".log img, .log script, #server-tables img").count() == 0


async def test_panels_show_what_they_are_given(page: Page) -> None:
    await expect(page.locator("#demo")).to_have_text("DEMO")
    await expect(page.locator("#drafts")).to_have_text("Drafts, not checked.")
    await expect(page.locator("#next")).to_be_hidden()
    await expect(page.locator("#server-tables summary")).to_have_text(["records1"])
    await page.click("#open")
    await expect(page.locator(".counts.agree")).to_have_text("1 sealed = 1 opened = 1 exported")
    await expect(page.locator("#opened td")).to_have_text(["K7F-2QX", "عمل منتظم"])


async def test_page_without_hooks_hides_the_panels(chromium: Browser, clock: SetClock) -> None:
    async with Emulator(clock=clock) as plain:
        page = await chromium.new_page()
        await page.goto(plain.url)
        await expect(page.locator("#unlock")).to_have_text("Open")
        for hidden in ("#server", "#researcher", "#travel", "#next", "#invite", "#demo", "#drafts"):
            await expect(page.locator(hidden)).to_be_hidden()
        await page.close()


async def test_file_is_chosen_and_sent(page: Page, emulator: Emulator) -> None:
    await page.locator("#unlock").click()
    await page.locator("#begin").click()
    await page.locator("#attach").click()

    async with page.expect_file_chooser() as chosen:
        await page.locator("#popup button", has_text="File …").click()
    sent = {"name": "a letter.pdf", "mimeType": "application/pdf", "buffer": b"words of a letter"}
    await (await chosen.value).set_files([sent])

    await expect(page.locator(".bubble.mine .body.kind-document")).to_have_text(re.compile("a letter.pdf"))
    (person,) = emulator.world.people.values()
    file = next(one.extra["document"] for one in person.chat.messages.values() if one.kind == "document")
    held = emulator.world.files.find(file["file_id"])
    assert held is not None
    assert held.content == b"words of a letter"
