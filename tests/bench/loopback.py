"""A lean Bot API on a loopback address, with people who answer at once: the other end of both bots that are compared.

``python -m tests.bench.loopback PORT CHATS ANSWERS LATENCY_MS KIND WHO RATE``. ``KIND``: ``typed`` or ``pressed``;
people answer each card once, ``ANSWERS`` times each, and a card without buttons like any other. ``WHO`` speaks first,
the ``bot`` or each ``person``; or there is a ``backlog``: everybody has written all their answers before the bot comes.
``RATE``: so many answers a second of all people together; 0: at once. Updates are handed out until an offset
acknowledges them; every call is answered after the latency. When everybody has had the reply to the last answer (of a
backlog: when the last of it is acknowledged), a line of JSON says how many answers there were, how long it took from
the first one handed out, and how many milliseconds half and 99 of 100 waited from their answer to the reply's call.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
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
PATIENCE = 600  # seconds after which a bot that lost an answer is not waited for any longer


@dataclass(slots=True)
class Person:
    """``seen``: the cards already answered, by the number in their buttons."""

    answers: int = 0
    replies: int = 0
    message: int = 0
    seen: set[str] = field(default_factory=set)


class Loopback:
    """The state of one run."""

    def __init__(self, chats: int, answers: int, latency: float, *, typed: bool, rate: float) -> None:
        self.people = {FIRST_CHAT + number: Person() for number in range(chats)}
        self.answers, self.latency, self.typed, self.rate = answers, latency, typed, rate
        self.to_come: deque[tuple[int, dict[str, Any]]] = deque()
        self.since: dict[int, float] = {}
        self.waits: list[float] = []
        self.backlog = False
        self.updates: list[dict[str, Any]] = []
        self.acknowledged = 0
        self.began: float | None = None
        self.ended = 0.0
        self.news = asyncio.Event()
        self.done = asyncio.Event()
        self._ready = self._made = 0

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
        if self.backlog and self.acknowledged == len(self.updates):
            self._end()
        if len(self.updates) <= self.acknowledged and patience:
            self.news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), min(patience, 1.0))
        found = self.updates[self.acknowledged : self.acknowledged + 100]
        if found and self.began is None:
            self.began = monotonic()
            print('{"began":true}', flush=True)
        return found

    def _shown(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        chat = int(given["chat_id"])
        person = self.people[chat]
        if since := self.since.pop(chat, 0.0):
            self.waits.append(monotonic() - since)
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
        self._made += 1
        number = self._made
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
        if self.rate:
            self.to_come.append((chat, update))
        else:
            self._hand_out(chat, update)

    def _hand_out(self, chat: int, update: dict[str, Any]) -> None:
        """From now on the bot can have it."""
        now = monotonic()
        _stamp(update, now)
        self.updates.append({"update_id": len(self.updates) + 1} | update)
        self.since.setdefault(chat, now)
        self.news.set()

    async def pace(self) -> None:
        """Lets answers come at the rate."""
        following = monotonic()
        while True:
            following += 1 / self.rate
            await asyncio.sleep(max(0, following - monotonic()))
            if self.to_come:
                self._hand_out(*self.to_come.popleft())

    def _one_done(self) -> None:
        self._ready += 1
        if self._ready == len(self.people) and not self.backlog:
            self._end()

    def _end(self) -> None:
        self.ended = monotonic()
        self.done.set()

    def begin(self) -> None:
        """Everybody says something first; for a bot that nobody has to be invited by."""
        for chat in self.people:
            self._answer(chat, 1, ["11"])

    def pile_up(self) -> None:
        """Everybody has written everything."""
        self.backlog = True
        for _ in range(self.answers):
            for chat in self.people:
                self._answer(chat, 1, ["11"])

    def told(self) -> dict[str, object]:
        assert self.began is not None
        waits = sorted(self.waits)
        return {
            "answers": len(self.people) * self.answers,
            "seconds": self.ended - self.began,
            "median_ms": 1000 * waits[len(waits) // 2],
            "p99_ms": 1000 * waits[len(waits) * 99 // 100],
        }


async def _given(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        found: dict[str, Any] = msgspec.json.decode(await request.read())
        return found
    return dict(await request.post())


def _stamp(update: dict[str, Any], now: float) -> None:
    """What a person wrote, and the number of a press, say when the bot could have it (``ours.handed_out_at``)."""
    if "message" in update:
        update["message"]["text"] += f" {now:.6f}"
    else:
        update["callback_query"]["id"] += f" {now:.6f}"


def _buttons(markup: Any) -> list[str]:
    if isinstance(markup, str):
        markup = msgspec.json.decode(markup)
    rows = (markup or {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


async def main(port: int, chats: int, answers: int, latency: float, *, typed: bool, who: str, rate: float) -> None:
    api = Loopback(chats, answers, latency, typed=typed, rate=rate)
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", api.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    if who == "person":
        api.begin()
    elif who == "backlog":
        api.pile_up()
    pacing = asyncio.create_task(api.pace()) if rate else None
    print("ready", flush=True)
    async with asyncio.timeout(PATIENCE):
        await api.done.wait()
    print(msgspec.json.encode(api.told()).decode(), flush=True)
    await asyncio.sleep(3600)
    del pacing


if __name__ == "__main__":
    where, how_many, each, milliseconds, kind, opens, at_rate = sys.argv[1:]
    asyncio.run(
        main(
            int(where), int(how_many), int(each), float(milliseconds) / 1000,
            typed=kind == "typed", who=opens, rate=float(at_rate),
        )
    )  # fmt: skip
