"""One chat floods.

X-60 somebody else is answered soon behind hundreds of messages of one chat
X-61 … and what it sent is handled in its order, once each; it is written to at a chat's own pace
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.app import App, Connection
from bot.pilot.server import Emulator
from cora_bot.base.clock import SetClock, monotonic
from cora_bot.store.tables import update_seen
from cora_bot.usecases.invite import make_tokens
from tests.support.house import opened, premises

FLOOD = 400
PATIENCE = 2.0


@pytest.mark.timeout(120)
async def test_flooding_chat_slows_itself_alone(tmp_path: Path) -> None:
    clock = SetClock(datetime(2026, 12, 1, 12, tzinfo=UTC))
    async with Emulator(clock=clock) as emulator, opened(premises(tmp_path, clock)) as house:
        (code,) = await make_tokens(house, 1, expires_days=14)
        async with App(house, Connection(token=emulator.token, base_url=emulator.base_url, long_poll=2)) as app:
            loud, other = emulator.world.person("L"), emulator.world.person("A", language_code="en")
            for number in range(FLOOD):
                loud.type(f"message {number}")
            began = monotonic()
            other.start(code)
            await other.until(lambda person: any(not bubble.mine for bubble in person.screen), seconds=PATIENCE * 5)
            waited = monotonic() - began
            async with asyncio.timeout(60):
                while emulator.world.pending():
                    await asyncio.sleep(0.05)
            await app.settle_all()
            sent = [call for call in emulator.world.calls if call.parameters.get("chat_id") == loud.id]
        async with house.database.read() as tx:
            seen = (await tx.execute(select(func.count()).select_from(update_seen))).scalar_one()
    assert seen == FLOOD + 1
    assert waited < PATIENCE
    assert len(sent) < FLOOD / 4
