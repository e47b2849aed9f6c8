"""E-70 a file that a phone sends is downloaded by getFile and its path, as from Telegram; E-71 over 20 MB it is not."""

from __future__ import annotations

import base64
import io
import json

import aiohttp
import pytest

from bot.pilot.attachments import Content
from bot.pilot.files import MOST_DOWNLOAD
from bot.pilot.person import Person
from tests.bot.pilot.conftest import Line

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("kind", ["photo", "voice", "audio", "video", "document"])
async def test_file_is_downloaded_as_it_was_sent(line: Line, person: Person, kind: str) -> None:
    person.send(kind, content=Content(b"some bytes", "a name.bin", "application/pdf"))

    (update,) = await line.updates()
    held = update["message"][kind]
    file = held[-1] if isinstance(held, list) else held
    found = await line.result("getFile", file_id=file["file_id"])
    assert isinstance(found, dict)

    assert (file["file_size"], found["file_size"]) == (10, 10)
    async with aiohttp.ClientSession() as session:
        url = f"{line.emulator.url}/file/bot{line.emulator.token}/{found['file_path']}"
        async with session.get(url) as response:
            assert (response.status, await response.read()) == (200, b"some bytes")
        async with session.get(url.replace("/bot", "/bot1")) as response:
            assert response.status == 404


async def test_file_that_is_too_big_or_unknown_is_refused(line: Line, person: Person) -> None:
    person.send("document", content=Content(bytes(MOST_DOWNLOAD + 1)))

    (update,) = await line.updates()
    big = update["message"]["document"]["file_id"]

    assert (await line.refusal("getFile", file_id=big))["description"] == "Bad Request: file is too big"
    assert "wrong file_id" in str((await line.refusal("getFile", file_id="nothing"))["description"])


async def test_page_sends_a_file_in_base64(line: Line, person: Person) -> None:
    content = base64.b64encode(bytes(3_000_000)).decode()

    async with aiohttp.ClientSession() as session:
        url = f"{line.emulator.url}/pilot/phones/{person.id}/send"
        sent = {"kind": "document", "name": "x.bin", "type": "", "content": content}
        async with session.post(url, data=io.BytesIO(json.dumps(sent).encode()), headers=JSON) as response:
            assert response.status == 200
        async with session.post(url, json={**sent, "content": "?"}) as response:
            assert response.status == 409

    (update,) = await line.updates()
    assert update["message"]["document"]["file_size"] == 3_000_000


async def test_bot_sends_a_place_as_a_pin(line: Line, person: Person) -> None:
    person.type("/start")
    sent = await line.result(
        "sendLocation", chat_id=person.id, latitude=41.3275, longitude=19.8187, protect_content=True
    )
    assert isinstance(sent, dict)

    assert (sent["location"], "text" in sent) == ({"latitude": 41.3275, "longitude": 19.8187}, False)
    assert (person.last.kind, person.last.protected) == ("location", True)
    for latitude, wrong in ((91, "invalid location"), ("north", "can't parse latitude")):
        refused = await line.refusal("sendLocation", chat_id=person.id, latitude=latitude, longitude=0)
        assert wrong in str(refused["description"])
