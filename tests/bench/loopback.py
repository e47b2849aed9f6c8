"""A lean Bot API on a loopback address, with people who answer at once: the other end of both bots that are compared.

``python -m tests.bench.loopback PORT CHATS ANSWERS LATENCY_MS KIND WHO``. ``KIND``: ``typed`` or ``pressed``; people
answer each card once, ``ANSWERS`` times each, and a card without buttons like any other. ``WHO`` speaks first, the
``bot`` or each ``person``. Updates are handed out until an
offset acknowledges them; every call is answered after the latency. When everybody has had the reply to the last answer,
a line of JSON says how many answers there were and how long it took from the first one handed out.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

from cora_bot.base.clock import monotonic
from cora_bot.dialogue.inputs import Verb

FIRST_CHAT = 1_000
BOT = {"id": 42, "is_bot": True, "first_name": "B", "username": "b_bot"}
PRESSED = (Verb.CHOOSE.value, "1")
PATIENCE = 120  # seconds after which a bot that lost an answer is not waited for any longer


@dataclass(slots=True)
class Person:
    """``seen``: the cards already answered, by the number in their buttons."""

    answers: int = 0
    replies: int = 0
    message: int = 0
    seen: set[str] = field(default_factory=set)


class Loopback:
    """The state of one run."""

    def __init__(self, chats: int, answers: int, latency: float, *, typed: bool) -> None:
        self.people = {FIRST_CHAT + number: Person() for number in range(chats)}
        self.answers, self.latency, self.typed = answers, latency, typed
        self.updates: list[dict[str, Any]] = []
        self.acknowledged = 0
        self.began: float | None = None
        self.ended = 0.0
        self.news = asyncio.Event()
        self.done = asyncio.Event()
        self._ready = 0

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"].lower()
        given = await _given(request)
        if self.latency:
            await asyncio.sleep(self.latency)
        result: Any = True
        if method == "getupdates":
            result = await self._updates(int(given.get("offset") or 0), float(given.get("timeout") or 0))
        elif method == "getme":
            result = BOT
        elif method in ("sendmessage", "editmessagetext"):
            result = self._shown(method, given)
        elif method == "getmycommands":
            result = []
        elif method.startswith("getmy"):
            result = {"name": "", "description": "", "short_description": ""}
        return web.Response(body=msgspec.json.encode({"ok": True, "result": result}), content_type="application/json")

    async def _updates(self, offset: int, patience: float) -> list[dict[str, Any]]:
        self.acknowledged = max(self.acknowledged, offset - 1)
        if not self.updates[self.acknowledged :] and patience:
            self.news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), min(patience, 1.0))
        found = self.updates[self.acknowledged : self.acknowledged + 100]
        if found and self.began is None:
            self.began = monotonic()
        return found

    def _shown(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        chat = int(given["chat_id"])
        person = self.people[chat]
        if method == "sendmessage":
            person.message += 1
            message = person.message
        else:
            message = int(given["message_id"])
        if person.replies < person.answers:
            person.replies += 1
            if person.replies == self.answers:
                self._one_done()
        buttons = _buttons(given.get("reply_markup"))
        card = buttons[0][2:].split(".")[0] if buttons else str(person.answers)
        if card not in person.seen and person.answers < self.answers:
            person.seen.add(card)
            self._answer(chat, message, buttons)
        return {"message_id": message, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "ok"}

    def _answer(self, chat: int, message: int, buttons: list[str]) -> None:
        """The person answers the card: presses the first choice on it, or types."""
        pressed = next((data for data in buttons if data[1:2] in PRESSED), None)
        if pressed is None and not self.typed:
            return
        person = self.people[chat]
        person.answers += 1
        number = len(self.updates) + 1
        who = {"id": chat, "is_bot": False, "first_name": "A", "language_code": "en"}
        place = {"id": chat, "type": "private", "first_name": "A"}
        if self.typed:
            person.message += 1
            body = {"message_id": person.message, "date": 1, "chat": place, "from": who, "text": f"answer {number}"}
            update: dict[str, Any] = {"message": body}
        else:
            shown = {"message_id": message, "date": 1, "chat": place, "from": BOT, "text": "?"}
            update = {
                "callback_query": {
                    "id": str(number), "from": who, "message": shown, "chat_instance": "1", "data": pressed,
                }
            }  # fmt: skip
        self.updates.append({"update_id": number} | update)
        self.news.set()

    def _one_done(self) -> None:
        self._ready += 1
        if self._ready == len(self.people):
            self.ended = monotonic()
            self.done.set()

    def begin(self) -> None:
        """Everybody says something first; for a bot that nobody has to be invited by."""
        for chat in self.people:
            self._answer(chat, 1, ["11"])


async def _given(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        found: dict[str, Any] = msgspec.json.decode(await request.read())
        return found
    return dict(await request.post())


def _buttons(markup: Any) -> list[str]:
    if isinstance(markup, str):
        markup = msgspec.json.decode(markup)
    rows = (markup or {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


async def main(port: int, chats: int, answers: int, latency: float, *, typed: bool, first: bool) -> None:
    api = Loopback(chats, answers, latency, typed=typed)
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", api.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    if first:
        api.begin()
    print("ready", flush=True)
    async with asyncio.timeout(PATIENCE):
        await api.done.wait()
    assert api.began is not None
    seconds = api.ended - api.began
    print(msgspec.json.encode({"answers": chats * answers, "seconds": seconds}).decode(), flush=True)
    await asyncio.sleep(3600)


if __name__ == "__main__":
    where, how_many, each, milliseconds, kind, opens = sys.argv[1:]
    asyncio.run(
        main(
            int(where), int(how_many), int(each), float(milliseconds) / 1000,
            typed=kind == "typed", first=opens == "person",
        )
    )  # fmt: skip
