"""A wave of check-ins goes out at Telegram's pace while people answer.

X-20 with a wave queued nobody who is answering waits more than two seconds for the reply
"""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import App, Connection
from bot.pilot.server import Emulator
from cora_bot.base.clock import SetClock, monotonic
from cora_bot.dialogue.inputs import Verb
from cora_bot.usecases.invite import make_tokens
from tests.support.crowd import offered
from tests.support.house import opened, premises
from tests.support.turns import invited, joined

WAVE = int(os.environ.get("CORA_WAVE", "400"))
PRESSES = 12
PATIENCE = 2.0


@pytest.mark.timeout(300)
async def test_nobody_who_answers_waits_for_a_wave(tmp_path: Path) -> None:
    clock = SetClock(datetime(2026, 12, 1, 12, tzinfo=UTC))
    async with Emulator(clock=clock) as emulator, opened(premises(tmp_path, clock)) as house:
        (code,) = await make_tokens(house, 1, expires_days=14)
        for _ in range(WAVE):
            person = emulator.world.person()
            person.chat.started = True
            await invited(house, await joined(house, person.id))
        one = emulator.world.person("A", language_code="en")
        waits: list[float] = []
        async with App(house, Connection(token=emulator.token, base_url=emulator.base_url, long_poll=2)):
            began = monotonic()
            one.start(code)
            await one.until(lambda person: any(not bubble.mine for bubble in person.screen), seconds=PATIENCE)
            waits.append(monotonic() - began)
            for _ in range(PRESSES):
                await asyncio.sleep(0.4)
                before, offers = one.last, offered(one.last)
                answer = next((each for each in offers if each.press.verb in ANSWERS), offers[0])
                began = monotonic()
                one.press_old(before.message_id, answer.button.callback_data or "")
                await one.until(lambda person, before=before: person.last != before, seconds=PATIENCE)
                waits.append(monotonic() - began)
            waiting = WAVE - sum(call.method == "sendMessage" for call in emulator.world.calls)
    assert waiting > WAVE / 4, "the wave was over before the last answer: nothing was shown"
    assert max(waits) < PATIENCE


ANSWERS = (Verb.SET_LANGUAGE, Verb.DONE, Verb.CHOOSE)
