"""D-01 the demonstration can be walked by a stranger in a browser, from the enrolment link to the opened answers
D-02 a right-to-left language turns the phone and its texts round
D-03 the lock screen shows the invitation's neutral sentence and nothing else
D-04 a typed answer leaves the phone, is legible for the researcher, and nowhere on the server
D-05 what happens is told in the person's own local time
D-06 the page never scrolls sideways, on a desk or on a phone
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, expect

from cora_bot.dialogue import phrases
from tests.support.browser import chromium
from tests.support.visitor import Visitor, demonstration

__all__ = ["chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

TYPED = "وجدتُ عملًا عند عمّي في الورشة"
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 420, "height": 860}


@pytest_asyncio.fixture(loop_scope="module")
async def page(chromium: Browser, tmp_path: Path) -> AsyncIterator[Page]:
    """The page of a fresh demonstration; a script error fails the test."""
    async with demonstration(tmp_path / "demo") as address:
        page = await chromium.new_page(viewport=DESK)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        await page.goto(address)
        await expect(page.locator("#unlock")).to_be_visible()
        yield page
        await page.close()
        assert errors == []


def yesterday(zone: str) -> date:
    return datetime.now(ZoneInfo(zone)).date() - timedelta(days=1)


def rings(day: date, hour: str, place: str, what: str) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}, {hour} in {place}: Phone 1 rings: {what}."


async def direction(page: Page, selector: str) -> str:
    found: str = await page.locator(selector).last.evaluate("node => getComputedStyle(node).direction")
    return found


async def sideways(page: Page) -> dict[int, int]:
    """By width of the window: how far the page could be scrolled sideways."""
    found = {}
    for size in (DESK, PHONE):
        await page.set_viewport_size(size)
        beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        found[size["width"]] = await page.evaluate(beyond)
    return found


def holding(folder: Path, text: str) -> list[Path]:
    """All files that hold this text as it is."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes())


async def test_whole_path_in_arabic(page: Page, tmp_path: Path) -> None:
    visitor, returned = Visitor(page, "ar"), yesterday("Asia/Baghdad")
    await page.select_option("#language", "ar")
    await expect(page.locator("#device")).to_have_attribute("dir", "rtl")
    replies = {"country": "IQ", "return_status": "done", "return_date": f"{returned:%d.%m.%Y}", "hour": "17"}
    await visitor.enrol(replies)
    assert await direction(page, ".bubble .text") == "rtl"
    await visitor.press(visitor.say(phrases.I_HAVE_READ))
    await visitor.press(visitor.say(phrases.OPENS_NEUTRALLY))

    invited = returned + timedelta(days=14)
    assert await visitor.next_event() == rings(invited, "17:00", "Baghdad", "an invitation to answer")
    await expect(visitor.notices).to_have_text([visitor.say(phrases.INVITATION)])
    await expect(page.locator("#big-time")).to_have_text("17:00")
    reminded = invited + timedelta(days=3)
    assert await visitor.next_event() == rings(reminded, "17:00", "Baghdad", "a reminder")
    await expect(visitor.notices.first).to_have_text(visitor.say(phrases.REMINDER))

    await visitor.unlock()
    await visitor.press(visitor.say(phrases.OPEN))
    await visitor.answer("arrival", {"access": "health documents", "message": TYPED})
    assert await visitor.card() == visitor.say(phrases.THANK_YOU)
    assert TYPED not in await page.locator("#device").inner_text()

    await page.click("#server-again")
    await expect(page.locator('[data-table="record"] .count')).to_have_text("3")
    assert TYPED not in (await page.locator("#server").text_content() or "")
    await page.click("#open")
    await expect(page.locator(".counts.agree")).to_have_text("3 sealed = 3 opened = 3 exported", timeout=20_000)
    await expect(page.locator("#opened td").filter(has_text=TYPED)).to_have_text([TYPED])
    opened = tmp_path / "demo" / "researcher" / "opened"
    *tables, instance = holding(tmp_path, TYPED)
    assert tables == [opened / "answers_long.csv", opened / "answers_wide.csv"]
    assert (instance.parents[1], instance.name) == (opened / "instances", "submission.xml")
    assert await sideways(page) == {1280: 0, 420: 0}

    assert "shows less" in await visitor.next_event()
    assert "rings: an invitation to answer" in await visitor.next_event()
    await expect(visitor.notices).to_have_text([visitor.say(phrases.INVITATION)])


async def test_short_path_in_german(page: Page) -> None:
    visitor, returned = Visitor(page, "de"), yesterday("Europe/Tirane")
    await visitor.enrol({"country": "AL", "return_status": "done", "return_date": f"{returned:%d.%m.%Y}", "hour": "9"})
    assert await direction(page, ".bubble .text") == "ltr"
    await visitor.press(visitor.say(phrases.I_HAVE_READ))
    await visitor.press(visitor.say(phrases.OPENS_NEUTRALLY))
    invited = returned + timedelta(days=14)
    assert await visitor.next_event() == rings(invited, "09:00", "Tirane", "an invitation to answer")
    await expect(visitor.notices).to_have_text([visitor.say(phrases.INVITATION)])
    await visitor.unlock()
    await visitor.press(visitor.say(phrases.OPEN))
    await visitor.answer("arrival", {}, until="place")
    question = await visitor.asked("arrival")
    assert question is not None
    assert question.name == "place"
