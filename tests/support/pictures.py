"""The pictures of the README, taken from a running demonstration: ``python -m tests.support.pictures [FOLDER]``.

Rules: everything on them was really sent, answered and opened; they are taken at twice the size and with few colours.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright

from cora_bot.dialogue import phrases
from cora_bot.dialogue.conversation import PICTURES as PICTURES_OF_THE_KNOCK
from cora_bot.export.appointments import Appointment, Mode, Standing, day_sheet, day_sheets
from tests.support.browser import ARGUMENTS, chromium_path
from tests.support.house import ROOT
from tests.support.visitor import Visitor, demonstration

PICTURES = ROOT / "docs" / "pictures"
COLOURS = 128
DESK: ViewportSize = {"width": 1640, "height": 1120}
BESIDE: ViewportSize = {"width": 1280, "height": 1020}
SHEET: ViewportSize = {"width": 1060, "height": 760}
SETTLED = 700  # animations and the server's panel, in milliseconds
TYPED = "وجدتُ عملًا عند عمّي في الورشة، وأنام أحسن من قبل."


async def take(what: Page | Locator, file: Path) -> None:
    """Saves what is shown, with few colours: flat pages lose nothing by it."""
    page = what if isinstance(what, Page) else what.page
    await page.mouse.move(1, 1)
    await page.wait_for_timeout(SETTLED)
    with Image.open(BytesIO(await what.screenshot(scale="device"))) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    file.parent.mkdir(parents=True, exist_ok=True)
    few.save(file, optimize=True)
    print(f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}: {file.stat().st_size // 1000} kB")


@asynccontextmanager
async def visit(browser: Browser, language: str, phone: str, size: ViewportSize) -> AsyncIterator[Visitor]:
    """A fresh demonstration whose phone speaks ``phone``."""
    with tempfile.TemporaryDirectory() as folder:
        async with demonstration(Path(folder) / "demo") as address:
            page = await browser.new_page(viewport=size, device_scale_factor=2)
            await page.goto(address)
            await page.locator("#unlock").wait_for()
            await page.select_option("#language", phone)
            await page.locator(f'#device[lang="{phone}"]').wait_for()
            yield Visitor(page, language)
            await page.close()


def today(zone: str) -> str:
    return f"{datetime.now(ZoneInfo(zone)):%d.%m.%Y}"


async def arabic(browser: Browser, folder: Path) -> None:
    """The whole page after one check-in, in the middle of the next; the lock screen before it."""
    async with visit(browser, "ar", "ar", DESK) as visitor:
        page, say = visitor.page, visitor.say
        home = {"country": "IQ", "return_status": "done", "return_date": today("Asia/Baghdad"), "hour": "17"}
        await visitor.enrol(home)
        await visitor.press(say(phrases.I_HAVE_READ))
        await visitor.press(say(phrases.OPENS_NEUTRALLY))
        await visitor.next_event()
        await take(page.locator("#device"), folder / "lock_screen_arabic.png")
        await visitor.unlock()
        await visitor.press(say(phrases.OPEN))
        await visitor.answer("arrival", {"access": "health", "message": TYPED})
        await visitor.next_event()
        await visitor.next_event()
        await visitor.unlock()
        await visitor.press(say(phrases.OPEN))
        await visitor.answer("check_in", {}, until="safe")
        await page.click("#open")
        await page.locator(".counts").wait_for()
        await page.evaluate("document.querySelector('[data-table=\"dispositions.csv\"]').open = false")
        await page.locator("#opened td").filter(has_text=TYPED).scroll_into_view_if_needed()
        await page.evaluate("window.scrollTo(0, 0)")
        await take(page, folder / "demonstration.png")


async def dari(browser: Browser, folder: Path) -> None:
    """A question on a phone in Persian script."""
    async with visit(browser, "fa-AF", "fa", BESIDE) as visitor:
        home = {"country": "AF", "return_status": "done", "return_date": today("Asia/Kabul"), "hour": "9"}
        await visitor.enrol(home)
        await visitor.press(visitor.say(phrases.I_HAVE_READ))
        await visitor.press(visitor.say(phrases.OPENS_NEUTRALLY))
        await visitor.next_event()
        await visitor.unlock()
        await visitor.press(visitor.say(phrases.OPEN))
        await visitor.answer("arrival", {}, until="access")
        await take(visitor.page.locator("#device"), folder / "question_dari.png")


async def knock(browser: Browser, folder: Path) -> None:
    """A message that only the chosen picture opens."""
    async with visit(browser, "de", "de", BESIDE) as visitor:
        home = {"country": "AL", "return_status": "done", "return_date": today("Europe/Tirane"), "hour": "9"}
        await visitor.enrol(home)
        for phrase in (phrases.I_HAVE_READ, phrases.OPENS_BY_PICTURE):
            await visitor.press(visitor.say(phrase))
        await visitor.press(PICTURES_OF_THE_KNOCK[3])
        await visitor.next_event()
        await visitor.unlock()
        await take(visitor.page.locator("#device"), folder / "knock_german.png")


async def german(browser: Browser, folder: Path) -> None:
    """The consent's first words."""
    async with visit(browser, "de", "de", BESIDE) as visitor:
        await visitor.enrol({}, until="text")
        # A tall phone, so that the text shows from its first word to its buttons.
        await visitor.page.evaluate("document.getElementById('device').style.height = '930px'")
        await take(visitor.page.locator("#device"), folder / "consent_german.png")


async def paper(browser: Browser, folder: Path) -> None:
    """A day sheet as it is printed: the visits are invented, as no server has any yet."""
    page = await browser.new_page(viewport=SHEET, device_scale_factor=1.5)
    await page.set_content(day_sheet.document(day_sheets(VISITS), language="en"))
    await take(page.locator("section"), folder / "day_sheet.png")
    await page.close()


def met(number: str, at: int, **changes: Any) -> Appointment:
    fields: dict[str, Any] = {
        "id": number,
        "sequence": 0,
        "standing": Standing.BOOKED,
        "starts": datetime(2027, 4, 12, at, tzinfo=UTC),
        "zone": "Asia/Baghdad",
        "minutes": 60,
        "city": "بغداد",
        "interviewer": "BEN",
        "languages": ("ar",),
    }
    return Appointment(**(fields | changes))


VISITS = (
    met("V-7Q2K", 6, case="K7F-2QX", place="مقهى الزهور، شارع 14", picture="🌙 القمر"),
    met("V-M3AC", 8, case="W9R-TEG", mode=Mode.PHONE, city="", picture="🌳 الشجرة"),
    met("V-XQ4F", 10, case="2ZJ-PJJ", place="شارع 3، الطابق الثاني", standing=Standing.CANCELLED, picture="🐟 السمكة"),
    met(
        "V-E7HD",
        12,
        case="M3A-9ZW",
        place="Hotel Palestine, lobby",
        interpreter="IP-1",
        languages=("fa-AF",),
        picture="⭐",
    ),
)


async def main(folder: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        for each in (arabic, dari, knock, german, paper):
            await each(browser, folder)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES))
