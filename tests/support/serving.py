"""The secrets test's side of a server: orders to its processes, and the hands of the people who chat with it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.demo import Premises
from bot.pilot.messages import Chat, ChatKind, User
from bot.pilot.person import Bubble, Person
from bot.pilot.world import World
from cora_bot.dialogue.inputs import Verb
from tests.support.crowd import Offer, offered
from tests.support.house import ROOT
from tests.support.secret_server import Order
from tests.support.secrets import Secret

PATIENCE = 40.0  # seconds; two servers start at the same time, perhaps on a slow machine
RETURNED = "2026-11-28"


@dataclass
class Server:
    """The commands of one server, run one after another."""

    place: Premises
    api: str
    forking: asyncio.subprocess.Process
    process: int = 0
    readable: bool = False

    @classmethod
    @asynccontextmanager
    async def of(cls, place: Premises, api: str, *, unsealed: bool) -> AsyncIterator[Server]:
        forking = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.secret_server", *(["unsealed"] if unsealed else []),
            cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        server = cls(place, api, forking)
        try:
            assert await server._told() == "ready"
            yield server
        finally:
            if server.process:
                os.kill(server.process, signal.SIGKILL)
            forking.kill()
            await forking.wait()

    async def start(self, name: str, *command: str, out: Path | None = None) -> None:
        """Standard error (and output, unless it is the operator's: ``out``) goes to a file of the server's."""
        log = self.place.folder / "out" / f"{name}.log"
        order = Order(
            command,
            self._environment(),
            str(self.place.folder / "cwd"),
            out=str(out or log),
            err=str(log),
            readable=self.readable,
        )
        assert self.forking.stdin is not None
        self.forking.stdin.write(order.line())
        self.process = int(await self._told())

    async def ended(self) -> int:
        """The exit code, once the process has come to its end."""
        code = int(await self._told())
        self.process = 0
        return code

    async def command(self, name: str, *command: str) -> str:
        """What the operator was shown."""
        shown = self.place.researcher / f"{name}.shown"
        await self.start(name, *command, out=shown)
        assert await self.ended() == 0, (self.place.folder / "out" / f"{name}.log").read_text(encoding="utf-8")
        text = shown.read_text(encoding="utf-8")
        shown.unlink()
        return text

    async def end(self, how: signal.Signals) -> int:
        os.kill(self.process, how)
        return await self.ended()

    async def _told(self) -> str:
        assert self.forking.stdout is not None
        return (await self.forking.stdout.readline()).decode().strip()

    def _environment(self) -> dict[str, str]:
        place = self.place
        settings = place.settings(self.api)
        del settings["CORA_TOKEN"]
        return {
            **settings,
            "CORA_TOKEN_FILE": str(place.folder / "token"),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(place.folder / "home"),
            "TMPDIR": str(place.folder / "tmp"),
        }


class Hand:
    """A person who presses by what a button does, so in any language."""

    def __init__(self, world: World, address: Secret, *, language: str = "en", name: str = "P", user: str = "") -> None:
        assert address.number is not None
        account = User(address.number, name, language, user)
        self.person = Person(world, account, Chat(account.id, ChatKind.PRIVATE, name), zone="UTC")
        world.people[account.id], world.chats[account.id] = self.person, self.person.chat

    @property
    def card(self) -> Bubble | None:
        return next((bubble for bubble in reversed(self.person.screen) if not bubble.mine), None)

    async def press(self, verb: Verb, choice: int = 0) -> str:
        """The id of the press at Telegram; returns when the card has changed."""
        card = self.card
        assert card is not None
        offer = next((one for one in offered(card) if (one.press.verb, one.press.choice) == (verb, choice)), None)
        assert offer is not None, f"no {verb.name} {choice} on {card.text!r}"
        return await self._then(lambda: self.person.press_old(card.message_id, offer.button.callback_data or ""))

    async def type(self, text: str) -> None:
        await self._then(lambda: self.person.type(text))

    async def answer(self, *texts: str) -> None:
        for text in texts:
            await self.type(text)

    async def until(self, seen: Callable[[list[Offer]], bool]) -> None:
        await self.person.until(lambda _: self.card is not None and seen(offered(self.card)), seconds=PATIENCE)

    async def invited(self) -> None:
        await self.until(lambda offers: any(one.press.verb is Verb.OPEN for one in offers))

    async def enrol(self, language: int, begin: Callable[[], object]) -> None:
        """From the code to the question that follows the planted option."""
        await self._then(begin)
        await self.press(Verb.SET_LANGUAGE, language)
        for _ in range(3):
            await self.press(Verb.CHOOSE)

    async def consent(self) -> str:
        """The rest of the consent form; the case code on the receipt."""
        await self.press(Verb.CHOOSE)
        await self.press(Verb.CHOOSE)
        await self.press(Verb.CHOOSE, 1)
        await self.type(RETURNED)
        await self.press(Verb.CHOOSE)
        found = re.search(r"\b[A-Z0-9]{3}-[A-Z0-9]{3}\b", self.card.text if self.card else "")
        assert found is not None
        await self.press(Verb.SEEN)
        return found[0]

    async def _then(self, act: Callable[[], object]) -> str:
        before = self.card
        done = act()
        await self.person.until(lambda _: self.card != before, seconds=PATIENCE)
        return str(done)
