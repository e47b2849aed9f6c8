"""RO-01 ``cora run`` in a share of the work is refused on SQLite · RO-02 the folder's locks are shared by shares alone
RO-03 ``cora run`` serves its numbers and its health, and takes posts with the secret made of key and token
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner

from bot.cli import cora as whole
from bot.pilot.server import Emulator
from bot.pilot.world import World
from cora_bot.base.clock import SystemClock
from cora_bot.base.errors import CoraError
from cora_bot.cli.alone import alone
from tests.cli.server import set_up
from tests.support.fleet import free_port


def test_share_of_the_work_needs_postgresql(tmp_path: Path) -> None:
    server = set_up(tmp_path)
    result = CliRunner().invoke(whole, ["run", "--only", "send"], env={**server.settings, "CORA_TOKEN": "5:x"})
    assert (result.exit_code, "cannot share SQLite files" in result.stderr) == (1, True)


def test_shares_run_side_by_side_each_once_and_not_beside_the_whole(tmp_path: Path) -> None:
    with alone(tmp_path, "receive"), alone(tmp_path, "send"):
        for role in ("receive", "send", "all"):
            with pytest.raises(CoraError, match="another process works on"), alone(tmp_path, role):
                pass
    with alone(tmp_path), pytest.raises(CoraError), alone(tmp_path, "send"):
        pass


@pytest.mark.timeout(120)
async def test_bot_that_is_posted_to_and_watched(tmp_path: Path) -> None:
    server = set_up(tmp_path)
    hook, watch = free_port(), free_port()
    async with Emulator(world=World(clock=SystemClock(), local=True)) as emulator:
        emulator.courier._soon = 0.2
        emulator.world.profile.joins_groups = False
        told = {
            **os.environ,
            **server.settings,
            "CORA_API": emulator.url,
            "CORA_TOKEN": emulator.token,
            "CORA_WEBHOOK_URL": f"http://127.0.0.1:{hook}/telegram",
            "CORA_WEBHOOK_LISTEN": f"127.0.0.1:{hook}",
            "CORA_METRICS": f"127.0.0.1:{watch}",
        }
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from bot.cli import main; main()", "run", env=told
        )
        try:
            person = emulator.world.person("A")
            person.type("hello")
            await person.until(lambda one: any(not bubble.mine for bubble in one.screen), seconds=60)
            found = await _got(f"http://127.0.0.1:{watch}/metrics")
            assert [await _got(f"http://127.0.0.1:{port}/ready") for port in (hook, watch)] == ["ready\n", "ready\n"]
            assert "cora_updates_total 1\n" in found
            assert len(emulator.world.profile.webhook_secret) == 64
        finally:
            with suppress(ProcessLookupError):
                bot.send_signal(signal.SIGTERM)
            code = await bot.wait()
        assert code == 0


async def _got(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text()
