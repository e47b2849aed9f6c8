"""FE-01 a file is fetched, sealed part by part, and only then taken out of the chat; FE-02 what cannot be fetched is
tried again, then given up and said so; FE-03 a kill loses nothing; FE-04 nothing of it lies anywhere unsealed, or in a
log; FE-05 one that was replaced or erased leaves nothing; FE-06 never more than a few parts are in memory."""

from __future__ import annotations

import base64
import hashlib
import io
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.api import Api
from bot.fetching import Fetches, Fetching
from bot.pilot.attachments import Content
from bot.pilot.faults import Fault, Kind
from cora_bot.base.chance import SeededChance
from cora_bot.base.limits import MOST_FILE_BYTES
from cora_bot.base.logging import LOGGER, start_logging
from cora_bot.dialogue import phrases as p
from cora_bot.store import records
from cora_bot.usecases import fetching
from cora_bot.usecases.fetching import NotFetched
from cora_bot.vault.parts import PART
from tests.dialogue.kinds.test_files import PHOTO
from tests.support.one_form import Online, online
from tests.support.opening import all_records

PICTURE = SeededChance("a picture").bytes(2 * PART + 1000)


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    written = io.StringIO()
    handlers = logging.getLogger().handlers[:]
    start_logging(written, level=logging.DEBUG)
    yield written
    logging.getLogger().handlers[:] = handlers
    LOGGER.setLevel(logging.NOTSET)


async def file_of(chat: Online) -> bytes:
    """The picture, put together from what the researchers open."""
    opened = await all_records(chat.house, chat.place.identities)
    by_id = {head.record: (head, body) for head, body in opened}
    (listed,) = [body["file"] for _, body in opened if "file" in body]
    content = b"".join(base64.b64decode(by_id[part][1]["content"]) for part in listed["parts"])
    assert (len(content), hashlib.sha256(content).hexdigest()) == (listed["size"], listed["sha256"])
    assert {by_id[part][0].kind for part in listed["parts"]} == {"attachment"}
    return content


async def send(chat: Online, content: bytes = PICTURE) -> None:
    chat.person.send("photo", content=Content(content))
    await chat.taken()


async def test_picture_is_sealed_in_parts_and_leaves_the_chat(tmp_path: Path, logs: io.StringIO) -> None:
    async with online(PHOTO, tmp_path) as chat:
        await send(chat)

        assert [bubble for bubble in chat.person.screen if bubble.mine] == []
        assert p.FILE_COMES in chat.text
        await chat.tap(p.OK)
        assert await file_of(chat) == PICTURE
        assert len(await chat.bodies()) == 5  # three parts, their list, the whole
        assert_nowhere(tmp_path, logs.getvalue(), chat.emulator.token)


def assert_nowhere(folder: Path, log: str, token: str) -> None:
    """Neither the picture's bytes nor their base64 stand in any file, and no path or token in the log."""
    plain = [PICTURE[at : at + 24] for at in (0, PART, 2 * PART + 100)]
    encoded = [base64.b64encode(PICTURE[at : at + 24]) for at in (0, 3 * 1000, PART // 3 * 3)]
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert [each for each in (*plain, *encoded) if each in content] == [], path
    assert [word for word in (token, "photos/file_", "file-") if word in log] == []
    assert "file_sealed" in log


async def test_picture_comes_though_the_network_fails_first(tmp_path: Path) -> None:
    async with online(PHOTO, tmp_path) as chat:
        chat.emulator.faults.add(Fault(Kind.ERROR_BEFORE, "getFile", status=502))

        await send(chat)
        assert [bubble.kind for bubble in chat.person.screen if bubble.mine] == ["photo"]
        chat.emulator.faults.clear()
        chat.clock.move(timedelta(minutes=1))
        await chat.taken()

        assert [bubble for bubble in chat.person.screen if bubble.mine] == []
        assert await file_of(chat) == PICTURE


async def test_picture_that_never_comes_is_said_to_be_lost(tmp_path: Path, logs: io.StringIO) -> None:
    async with online(PHOTO, tmp_path) as chat:
        chat.emulator.faults.add(Fault(Kind.ERROR_BEFORE, "getFile", count=0, status=502))
        await send(chat)
        for _ in range(fetching.MOST_ATTEMPTS):
            chat.clock.move(timedelta(hours=3))
            await chat.taken()

        (body,) = await chat.bodies()

        assert body["file"] == {"lost": "status_502"}
        assert [bubble for bubble in chat.person.screen if bubble.mine] == []
        assert "file_lost" in logs.getvalue()


async def test_more_than_was_said_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST_FILE_BYTES", PART + 10)
    async with online(PHOTO, tmp_path) as chat:
        await send(chat)

        (body,) = await chat.bodies()

        assert body["file"] == {"lost": "too_large"}


async def test_picture_replaced_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    async with online(PHOTO, tmp_path) as chat:
        await send(chat, b"the first" * 1000)
        await chat.tap(p.BACK)
        await send(chat)

        assert await file_of(chat) == PICTURE
        async with chat.house.database.read() as tx:
            assert await records.count(tx) == 4


async def test_picture_replaced_before_it_was_fetched_is_taken_out_unfetched(tmp_path: Path) -> None:
    async with online(PHOTO, tmp_path) as chat:
        chat.emulator.faults.add(Fault(Kind.ERROR_BEFORE, "getFile", status=502))
        await send(chat, b"the first" * 1000)
        await chat.tap(p.BACK)
        chat.emulator.faults.clear()
        await send(chat)
        chat.clock.move(timedelta(minutes=5))
        await chat.taken()

        assert [bubble for bubble in chat.person.screen if bubble.mine] == []
        assert await file_of(chat) == PICTURE
        async with chat.house.database.read() as tx:
            assert await records.count(tx) == 4


async def test_attempt_cut_off_is_made_again_from_its_beginning(tmp_path: Path) -> None:
    """A kill between two parts: the lease runs out, and the parts that were there are written anew."""

    async def half() -> AsyncIterator[bytes]:
        yield PICTURE[: PART + 10]
        raise RuntimeError("killed")

    async with online(PHOTO, tmp_path) as chat:
        chat.emulator.faults.add(Fault(Kind.ERROR_BEFORE, "getFile", status=502))
        await send(chat)
        chat.clock.move(timedelta(minutes=1))
        wanted = await fetching.claim(chat.house)
        assert wanted is not None
        with pytest.raises(RuntimeError):
            await fetching.keep(chat.house, wanted, half())
        assert await fetching.claim(chat.house) is None
        chat.emulator.faults.clear()

        chat.clock.move(fetching.LEASE)
        await chat.taken()

        assert await file_of(chat) == PICTURE


async def test_person_erased_while_it_was_fetched_leaves_nothing(tmp_path: Path) -> None:
    async with online(PHOTO, tmp_path) as chat:
        chat.emulator.faults.add(Fault(Kind.ERROR_BEFORE, "getFile", status=502))
        await send(chat)
        chat.clock.move(timedelta(minutes=1))
        wanted = await fetching.claim(chat.house)
        assert wanted is not None
        assert wanted.fetch is not None

        async def erased() -> AsyncIterator[bytes]:
            yield PICTURE[: PART + 10]
            async with chat.house.database.transaction() as tx:
                await tx.exec_driver_sql("DELETE FROM participant")
            yield PICTURE[PART + 10 :]

        await fetching.keep(chat.house, wanted, erased())

        async with chat.house.database.read() as tx:
            assert await records.count(tx) == 0


async def test_parts_are_all_that_is_ever_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    seal = fetching.seal_for

    def watched(house: object, case: bytes, record: object, key: bytes) -> object:
        held.append(len(getattr(record, "body").get("content", "")))  # noqa: B009
        return seal(house, case, record, key)  # type: ignore[arg-type]

    monkeypatch.setattr(fetching, "seal_for", watched)
    large = SeededChance("large").bytes(1000) * (MOST_FILE_BYTES // 1000)
    async with online(PHOTO, tmp_path) as chat:
        await send(chat, large)

        assert await file_of(chat) == large
    assert max(held) == len(base64.b64encode(bytes(PART)))


async def test_refusal_for_good_is_told_from_a_passing_one() -> None:
    class Refusing(Api):
        def __init__(self, code: int, description: str) -> None:
            self.answer = (code, description)

        async def call(self, method: str, payload: object, *, read_timeout: float | None = None) -> object:  # type: ignore[override]
            from bot.api import Answer

            return Answer(self.answer[0], b"", self.answer[1])

    def nothing() -> None:
        return None

    for code, description, for_good in (
        (400, "bad request: file is too big", True),
        (400, "bad request: wrong file_id or the file is temporarily unavailable", True),
        (500, "internal server error", False),
        (429, "too many requests", False),
    ):
        loop = Fetching(Fetches(None, None, None), Refusing(code, description), done=nothing)  # type: ignore[arg-type]
        with pytest.raises(NotFetched) as caught:
            await loop._path("x")
        assert (caught.value.for_good, caught.value.reason) == (for_good, f"status_{code}")
