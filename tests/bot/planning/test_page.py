"""V-40 a researcher without a shell checks, plans, offers and watches a trip in a browser · V-41 nothing is sent before
it was shown who gets it · V-42 the page answers to nobody who does not know its address, and to no other origin
V-43 nothing that is shown can become markup."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.planning.server import Planning
from bot.planning.uploads import MOST_BYTES
from cora_bot.base.clock import SetClock
from cora_bot.base.errors import CoraError
from cora_bot.store import place_files
from cora_bot.usecases.house import House
from tests.support.browser import chromium
from tests.support.house import opened, premises
from tests.support.trips import FILES, shown, standard, workbook
from tests.usecases.visits.guests import FIRST, NOW, UNTIL, everything_due, guest

__all__ = ["chromium"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(premises(tmp_path, SetClock(NOW), seed="planning page")) as found:
        await guest(found, 900)
        await guest(found, 901, country="GE")
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def page(house: House) -> AsyncIterator[Planning]:
    async with Planning(house, contacting=lambda: None) as served:
        yield served


async def post(served: Planning, path: str, **fields: object) -> tuple[int, str]:
    async with aiohttp.ClientSession() as client, client.post(f"{served.url}{path}", data=fields) as answer:
        return answer.status, await answer.text()


async def upload(served: Planning, source: bytes, files: Mapping[str, bytes] | None = None) -> tuple[int, str]:
    form = aiohttp.FormData()
    form.add_field("workbook", source, filename="trip.xlsx")
    for name, content in (files or {}).items():
        form.add_field("files", io.BytesIO(content), filename=name)
    async with aiohttp.ClientSession() as client, client.post(f"{served.url}check", data=form) as answer:
        return answer.status, await answer.text()


@pytest.mark.browser
async def test_trip_is_planned_offered_and_watched_in_a_browser(
    house: House, page: Planning, chromium: Browser, tmp_path: Path
) -> None:
    book = tmp_path / "trip.xlsx"
    book.write_bytes(workbook(standard(FIRST), countries="AL"))
    context = await chromium.new_context()
    tab = await context.new_page()
    await tab.goto(page.url)
    await tab.set_input_files("input[name=workbook]", book)
    await tab.get_by_role("button", name="Check it").click()
    await expect(tab.locator(".notice")).to_have_text("spring: 13 times with 13 seats. Nothing is stored yet.")
    await tab.get_by_role("button", name="Plan this trip").click()
    await expect(tab.locator("h1")).to_have_text("Trip spring")
    await tab.fill("input[name=until]", UNTIL.isoformat())
    await tab.get_by_role("button", name="Who would be invited?").click()
    await expect(tab.locator(".codes li")).to_have_count(1)
    before = await everything_due(house)
    await tab.get_by_role("button", name="Invite these 1").click()
    await expect(tab.locator(".notice").first).to_have_text("1 people are invited")
    after = await everything_due(house)
    await tab.get_by_role("link", name="All trips").click()
    row = await tab.locator("tbody tr").inner_text()
    await context.close()

    assert (before, len(after)) == ([], 1)
    assert row.split() == ["spring", "Spring", "1", "0"]


async def test_what_is_wrong_is_shown_and_cannot_be_planned(page: Planning) -> None:
    status, said = await upload(page, workbook(standard(FIRST), countries="XX"))
    planned, why = await post(page, "plan", digest="0" * 64)

    assert (status, planned) == (200, 400)
    assert "the study has no country “XX”" in said
    assert "Plan this trip" not in said
    assert "is not at hand any more" in why


@pytest.mark.browser
async def test_pictures_and_voices_come_along_in_a_browser(
    house: House, page: Planning, chromium: Browser, tmp_path: Path
) -> None:
    book = tmp_path / "trip.xlsx"
    book.write_bytes(shown(standard(FIRST)))
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    context = await chromium.new_context()
    tab = await context.new_page()
    await tab.goto(page.url)
    await tab.set_input_files("input[name=workbook]", book)
    await tab.set_input_files("input[name=files]", [tmp_path / name for name in FILES])
    await tab.get_by_role("button", name="Check it").click()
    said = await tab.locator("body").inner_text()
    await tab.get_by_role("button", name="Plan this trip").click()
    await expect(tab.locator("h1")).to_have_text("Trip spring")
    await context.close()

    assert "tirana: picture door.png (all), voice way.ogg (all others), voice way-ar.ogg (ar)" in said
    assert await kept(house) == len(FILES)


async def kept(house: House) -> int:
    async with house.database.read() as tx:
        return len(list(await place_files.ids(tx, "spring")))


async def test_file_that_did_not_come_along_is_named(house: House, page: Planning) -> None:
    bare = (await upload(page, shown(standard(FIRST))))[1]
    whole = (await upload(page, shown(standard(FIRST)), FILES))[1]

    assert ("the picture “door.png” is not there" in bare, "Plan this trip" in bare) == (True, False)
    assert ("is not there" in whole, "Plan this trip" in whole) == (False, True)


async def test_nothing_of_it_is_written_to_a_temporary_file(
    page: Planning, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    book = shown(standard(FIRST))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError), tempfile.TemporaryFile():
        pass
    status, said = await upload(page, book, FILES)

    assert (status, "Plan this trip" in said) == (200, True)


async def test_too_much_at_once_is_refused_in_a_sentence(page: Planning) -> None:
    many = {f"{number}.png": bytes(MOST_BYTES // 3) for number in range(4)}
    status, said = await upload(page, shown(standard(FIRST)), many)

    assert (status, "have more than 30 MB" in said) == (400, True)


async def test_form_without_a_workbook_is_one_sentence(page: Planning) -> None:
    form = aiohttp.FormData()
    form.add_field("files", b"x", filename="door.png")
    async with aiohttp.ClientSession() as client, client.post(f"{page.url}check", data=form) as answer:
        only_files = answer.status, await answer.text()

    assert [
        ("no file came along" in said, status) for status, said in (only_files, await post(page, "check", a="b"))
    ] == [
        (True, 400),
        (True, 400),
    ]


@pytest.mark.parametrize("fields", [{"until": "soon", "most": "5"}, {"until": "2026-12-18", "most": "many"}])
async def test_slip_is_one_sentence(page: Planning, fields: dict[str, str]) -> None:
    status, said = await post(page, "trip/spring/offer", **fields)

    assert (status, "Not done" in said) == (400, True)


async def test_nobody_is_invited_before_the_study_is_ready(house: House) -> None:
    def refuse() -> None:
        raise CoraError("the study is not ready for participants")

    async with Planning(house, contacting=refuse) as served:
        _, checked = await upload(served, workbook(standard(FIRST)))
        digest = re.search(r'name="digest" value="(\w+)"', checked)
        assert digest is not None
        await post(served, "plan", digest=digest[1])
        shown, _ = await post(served, "trip/spring/offer", until=UNTIL.isoformat(), most="5")
        sent, why = await post(served, "trip/spring/offer", until=UNTIL.isoformat(), most="5", send="yes")

    assert (shown, sent) == (200, 400)
    assert "not ready" in why


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 404),
        ("/style.css", {}, 404),
        ("{base}/", {"Host": "planning.example"}, 403),
        ("{base}/", {"Origin": "https://planning.example"}, 403),
        ("{base}/", {}, 200),
    ],
)
async def test_page_answers_only_who_knows_its_address(
    page: Planning, path: str, headers: dict[str, str], status: int
) -> None:
    root = page.url.removesuffix(f"{page.base}/")
    address = root + path.format(base=page.base)
    async with aiohttp.ClientSession() as client, client.get(address, headers=headers) as answer:
        assert answer.status == status
        assert status != 200 or "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_nothing_shown_becomes_markup(page: Planning) -> None:
    evil = '<img src=x onerror="alert(1)">'
    _, said = await upload(page, workbook(standard(FIRST), countries=evil, title=evil))

    assert "<img" not in said
    assert "&lt;img" in said
