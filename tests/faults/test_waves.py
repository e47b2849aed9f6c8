"""A wave of check-ins goes out at Telegram's pace while people answer.

X-20 with a wave queued nobody who is answering waits more than two seconds for the reply
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import App, Connection
from bot.pilot.person import Person
from bot.pilot.server import Emulator
from cora_bot.base.clock import SetClock, monotonic
from cora_bot.dialogue.inputs import Verb
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_tokens
from tests.support.crowd import offered
from tests.support.house import opened, premises
from tests.support.turns import invited, joined

WAVE = int(os.environ.get("CORA_WAVE", "400"))
PRESSES = 12
PATIENCE = 2.0
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


async def invite(house: House, people: Sequence[Person]) -> None:
    for person in people:
        await invited(house, await joined(house, person.id))


async def waits_for_replies(
    folder: Path, wave: int, queue: Callable[[House, Sequence[Person]], Awaitable[None]], *, patience: float = 60
) -> tuple[list[float], int]:
    """How long each reply of somebody who enrols took, and how much of the wave still waited after the last.

    ``queue`` puts a message for each of these people into the outbox.
    """
    clock = SetClock(NOW)
    async with Emulator(clock=clock) as emulator, opened(premises(folder, clock)) as house:
        (code,) = await make_tokens(house, 1, expires_days=14)
        people = [emulator.world.person() for _ in range(wave)]
        for person in people:
            person.chat.started = True
        await queue(house, people)
        one = emulator.world.person("A", language_code="en")
        waits: list[float] = []
        async with App(house, Connection(token=emulator.token, base_url=emulator.base_url, long_poll=2)):
            await asyncio.sleep(1)  # the wave is under way
            began = monotonic()
            one.start(code)
            await one.until(lambda person: any(not bubble.mine for bubble in person.screen), seconds=patience)
            waits.append(monotonic() - began)
            for _ in range(PRESSES):
                await asyncio.sleep(0.4)
                before, offers = one.last, offered(one.last)
                answer = next((each for each in offers if each.press.verb in ANSWERS), offers[0])
                began = monotonic()
                one.press_old(before.message_id, answer.button.callback_data or "")
                await one.until(lambda person, before=before: person.last != before, seconds=patience)  # type: ignore[misc]
                waits.append(monotonic() - began)
            return waits, wave - sum(call.method == "sendMessage" for call in emulator.world.calls)


@pytest.mark.timeout(600)
async def test_nobody_who_answers_waits_for_a_wave(tmp_path: Path) -> None:
    waits, waiting = await waits_for_replies(tmp_path, WAVE, invite)
    assert waiting > WAVE / 4, "the wave was over before the last answer: nothing was shown"
    assert max(waits) < PATIENCE


ANSWERS = (Verb.SET_LANGUAGE, Verb.DONE, Verb.CHOOSE)
