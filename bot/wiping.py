"""Chats emptied in a hurry: every message that still stands is deleted, or emptied where Telegram does not delete it.

The newest go first, as Telegram lets bots delete for 48 hours only. When the time is over the rest stays and is
counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from bot.api import Api
from bot.pacing import OVERALL
from bot.sending import Sender
from cora_bot.base.clock import monotonic
from cora_bot.base.errors import NotOpened
from cora_bot.dialogue.phrases import NEUTRAL
from cora_bot.dialogue.prompt import Prompt
from cora_bot.store import standing
from cora_bot.store.standing import Standing
from cora_bot.usecases.exchange import Call, DeleteMessage, EditMessage, Outcome, Refused, Retry, Sending, Sent
from cora_bot.usecases.house import House
from cora_bot.vault.working import Purpose

AT_ONCE = 16
RATE = OVERALL  # calls a second; Telegram's limit for messages, and deletions have never been promised more


@dataclass(slots=True)
class Wiped:
    """How many messages were deleted, emptied, and are still there."""

    deleted: int = 0
    emptied: int = 0
    left: int = 0


async def wipe(house: House, api: Api, *, seconds: float, rate: float = RATE) -> Wiped:
    """Works at it for so long at most."""
    async with house.database.read() as tx:
        found = await standing.in_chats(tx)
    job = _Job(house, Sender(api, house.clock), monotonic() + seconds, rate)
    waiting = iter(found)
    await asyncio.gather(*(job.work(waiting) for _ in range(AT_ONCE)))
    job.done.left = len(found) - job.done.deleted - job.done.emptied
    return job.done


class _Job:
    def __init__(self, house: House, sender: Sender, until: float, rate: float) -> None:
        self._house, self._sender, self._until = house, sender, until
        self._pause = 1 / rate if rate else 0.0
        self._next = monotonic()
        self.done = Wiped()

    async def work(self, waiting: Iterator[Standing]) -> None:
        for each in waiting:
            if monotonic() >= self._until:
                return
            with suppress(NotOpened):
                await self._one(each)

    async def _one(self, each: Standing) -> None:
        address = int(self._house.keys.open(Purpose.CONTACT, each.chat, each.address))
        outcome = await self._call(each, address, DeleteMessage(each.message))
        if isinstance(outcome, Sent):
            self.done.deleted += 1
        elif each.ours and isinstance(outcome, Refused):
            emptied = await self._call(each, address, EditMessage(each.message, Prompt(NEUTRAL)))
            self.done.emptied += isinstance(emptied, Sent)

    async def _call(self, each: Standing, address: int, call: Call) -> Outcome | None:
        """Once more for as long as Telegram says later and there is time; None when there is none."""
        while True:
            self._next = max(self._next + self._pause, monotonic())
            if self._next >= self._until:
                return None
            await asyncio.sleep(max(0.0, self._next - monotonic()))
            sending = Sending(id=0, chat=each.chat, address=address, call=call, unsolicited=False, again=False)
            outcome = await self._sender.send(sending)
            if not isinstance(outcome, Retry):
                return outcome
            wait = max(0.0, (outcome.at - self._house.clock.now()).total_seconds())
            if monotonic() + wait >= self._until:
                return outcome
            await asyncio.sleep(wait)
