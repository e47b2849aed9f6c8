"""The receiving webhook over real HTTP, posted to by the emulator.

W-01 200 only after the commit; a store in trouble is answered 503, and nothing is lost or doubled
W-02 who does not know the secret is turned away, whatever is posted · W-03 posts are gathered, and kept in their order
W-04 a press is answered in the response · W-05 /health, /ready · W-06 told to stop, it answers what was posted
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.api import Api, TokenRefused
from bot.pilot.server import Emulator
from bot.pilot.world import World
from bot.receive.webhook import MOST_BYTES, SECRET_HEADER, Webhook
from bot.receive.webhook_at import WebhookAt
from bot.request import AiohttpRequest
from cora_bot.base.clock import SetClock
from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.usecases.exchange import Arrived, Reaction
from tests.bot.receive.test_polling import Ledger, someone

SECRET = "a-secret"


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    world = World(clock=SetClock(datetime(2026, 6, 1, tzinfo=UTC)), local=True)
    async with Emulator(world=world) as running:
        yield running


class Serving:
    """A running webhook, and how to post to it by hand."""

    def __init__(self, webhook: Webhook, port: int) -> None:
        self.webhook = webhook
        self.url = f"http://127.0.0.1:{port}"

    async def post(self, body: bytes, secret: str | None = SECRET, path: str = "/hook") -> int:
        headers = {} if secret is None else {SECRET_HEADER: secret}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url + path, data=io.BytesIO(body), headers=headers) as answer,
        ):
            return answer.status

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def serving(emulator: Emulator, ledger: Ledger, *, gather: float = 0.005) -> AsyncIterator[Serving]:
    async def ready() -> None:
        if ledger.failures:
            raise OSError("disk full")

    async with AiohttpRequest() as request:
        api = Api(request, token=emulator.token, base_url=emulator.base_url)
        probe = Webhook(api, ledger.receive, at=WebhookAt("http://x/hook", "127.0.0.1", 0, ""), ready=ready)
        await probe._served.start()  # a free port
        port = probe.port
        await probe._served.stop()
        at = WebhookAt(f"http://127.0.0.1:{port}/hook", "127.0.0.1", port, SECRET)
        webhook = Webhook(api, ledger.receive, at=at, ready=ready, gather=gather)
        task = asyncio.create_task(webhook.run())
        while not emulator.world.profile.webhook and not task.done():
            await asyncio.sleep(0.01)
        yield Serving(webhook, port)
        webhook.stop()
        await task


def update(number: int, text: str, chat: int = 7) -> bytes:
    who = {"id": chat, "is_bot": False, "first_name": "A"}
    message = {"message_id": number, "date": 1, "chat": {"id": chat, "type": "private"}, "from": who, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


async def taken(emulator: Emulator) -> None:
    while len(emulator.world.queue):
        await asyncio.sleep(0.01)


async def test_what_telegram_posts_is_committed_in_order_and_taken(emulator: Emulator) -> None:
    ledger = Ledger()
    async with serving(emulator, ledger):
        someone(emulator, "one", "two", "three")
        await taken(emulator)
    assert ledger.texts() == ["one", "two", "three"]
    assert [status for _, status in emulator.courier.posted] == [200, 200, 200]


async def test_nothing_is_answered_200_before_the_commit(emulator: Emulator) -> None:
    ledger = Ledger()
    held, committing = asyncio.Event(), asyncio.Event()
    receive = ledger.receive

    async def slowly(batch: Sequence[Arrived]) -> list[Reaction]:
        committing.set()
        await held.wait()
        return await receive(batch)

    ledger.receive = slowly  # type: ignore[method-assign]
    async with serving(emulator, ledger):
        someone(emulator, "one")
        await committing.wait()
        await asyncio.sleep(0.1)
        before = (list(emulator.courier.posted), len(emulator.world.queue))
        held.set()
        await taken(emulator)
    assert before == ([], 1)


async def test_store_in_trouble_is_answered_503_and_the_update_comes_again(emulator: Emulator) -> None:
    emulator.courier._soon = 0.01
    ledger = Ledger(failures=4)
    async with serving(emulator, ledger) as served:
        ready = await served.get("/ready")
        answered = await served.post(update(1, "by hand", chat=9))  # three tries, then 503
        someone(emulator, "one")
        await taken(emulator)
        recovered = await served.get("/ready")
    assert (answered, ready[0], recovered) == (503, 503, (200, "ready\n"))
    assert ledger.texts() == ["one"]


async def test_retry_after_tells_telegram_when_to_come_again(emulator: Emulator) -> None:
    ledger = Ledger(failures=3)
    async with serving(emulator, ledger) as served, aiohttp.ClientSession() as session:
        headers = {SECRET_HEADER: SECRET}
        async with session.post(served.url + "/hook", data=update(1, "x"), headers=headers) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert ledger.committed == []


@pytest.mark.parametrize("secret", [None, "", "a-secre", "a-secret2", "A-SECRET", "\xe9"])
async def test_who_does_not_know_the_secret_is_turned_away(emulator: Emulator, secret: str | None) -> None:
    ledger = Ledger()
    async with serving(emulator, ledger) as served:
        assert await served.post(update(1, "forged"), secret) == 401
        assert await served.post(update(2, "real")) == 200
    assert ledger.texts() == ["real"]


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 200), (b"\xff{", 200), (b"[" * 5000, 200), (b"x" * (MOST_BYTES + 1), 413)]
)
async def test_nonsense_is_taken_or_refused_and_harms_nothing(emulator: Emulator, body: bytes, status: int) -> None:
    ledger = Ledger()
    async with serving(emulator, ledger) as served:
        assert await served.post(body) == status
        assert await served.post(update(2, "real")) == 200
        assert await served.post(update(3, "elsewhere"), path="/other") == 404
    assert ledger.texts() == ["real"]


async def test_posts_at_one_time_are_one_commit_in_the_order_of_their_numbers(emulator: Emulator) -> None:
    ledger = Ledger()
    async with serving(emulator, ledger, gather=0.2) as served:
        statuses = await asyncio.gather(*(served.post(update(number, str(number))) for number in range(40, 0, -1)))
    assert set(statuses) == {200}
    assert ledger.texts() == [str(number) for number in range(1, 41)]
    assert len(ledger.attempts) == 1


async def test_press_is_answered_in_the_response_after_its_commit(emulator: Emulator) -> None:
    ledger = Ledger()
    async with serving(emulator, ledger):
        person = someone(emulator, "hi")
        known, unknown = person.press_old(1, "1m"), person.press_old(1, "garbage")
        await taken(emulator)
        while len(person.toasts) < 2:
            await asyncio.sleep(0.01)
    toasts = sorted((toast.query_id, toast.text) for toast in person.toasts)
    assert toasts == sorted([(known, "Saved"), (unknown, "")])


async def test_told_to_stop_it_answers_what_was_posted(emulator: Emulator) -> None:
    ledger = Ledger()
    async with serving(emulator, ledger, gather=0.2) as served:
        posting = asyncio.create_task(served.post(update(1, "last")))
        await asyncio.sleep(0.1)
        served.webhook.stop()
        assert await posting == 200
    assert ledger.texts() == ["last"]


async def test_health_says_that_it_serves(emulator: Emulator) -> None:
    async with serving(emulator, Ledger()) as served:
        assert await served.get("/health") == (200, "ok\n")


async def test_taken_port_is_named(emulator: Emulator) -> None:
    async with serving(emulator, Ledger()) as served, AiohttpRequest() as request:
        api = Api(request, token=emulator.token, base_url=emulator.base_url)
        at = WebhookAt("http://x/hook", "127.0.0.1", served.webhook.port, SECRET)
        with pytest.raises(CoraError, match="cannot listen on"):
            await Webhook(api, Ledger().receive, at=at, ready=asyncio.Event().wait).run()  # type: ignore[arg-type]


async def test_refused_token_ends_it(emulator: Emulator) -> None:
    emulator.world.revoke("5:new")
    async with AiohttpRequest() as request:
        at = replace(WebhookAt("http://x/hook", "127.0.0.1", 0, SECRET))
        api = Api(request, token="5:old", base_url=emulator.base_url)
        with pytest.raises(TokenRefused):
            await Webhook(api, Ledger().receive, at=at, ready=asyncio.Event().wait).run()  # type: ignore[arg-type]


def test_secret_is_shown_nowhere() -> None:
    assert SECRET not in repr(WebhookAt("https://example.org/hook", "127.0.0.1", 1, SECRET))


async def test_typed_words_arrive_as_they_were_written(emulator: Emulator) -> None:
    ledger = Ledger()
    async with serving(emulator, ledger):
        someone(emulator, "نعم، «wort»")
        await taken(emulator)
    assert ledger.texts() == ["نعم، «wort»"]
