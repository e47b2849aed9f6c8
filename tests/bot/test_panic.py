"""PA-01 a stop is seen by a running bot within a tick: nothing is sent, planned or taken, and the process ends
PA-02 what would happen is said before; without the typed words nothing is destroyed, and the stop stays
PA-03 keys and passphrase are overwritten and gone; researchers open the last bundle; nothing else opens any more
PA-04 chats are wiped for as long as was said, the newest first; what is left is counted
PA-05 stop, its end, and that keys go are in the audit log; the last bundle carries it
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.api import Api
from bot.app import App, Connection
from bot.cli import cora
from bot.panic import WORDS
from bot.pilot.faults import Fault, Kind
from bot.pilot.server import Emulator
from bot.request import AiohttpRequest
from bot.wiping import wipe
from cora_bot.base.clock import SetClock
from cora_bot.dialogue.turn import Turn
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.usecases import halting
from cora_bot.usecases.deliver import claim
from cora_bot.usecases.due import due
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.halting import Halted
from cora_bot.usecases.house import House
from cora_bot.vault import private_files
from cora_bot.vault.agefile import open_sealed
from cora_bot.vault.audit_chain import first_broken
from cora_bot.vault.identity import read_key_file
from cora_bot.vault.record import open_record
from cora_bot.vault.server_keys import load_keys, save_keys
from tests.cli.running import NO_SETTINGS
from tests.cli.server import ADDRESS, CHANCE, PASSPHRASE, QUICK, Server, enrol, set_up
from tests.support.house import opened, premises
from tests.support.turns import joined, occurrence, shown, write

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


# ---- the running bot -------------------------------------------------------------------------------------------------


@dataclass
class Setting:
    house: House
    clock: SetClock
    emulator: Emulator
    connection: Connection


@pytest.fixture
async def setting(tmp_path: Path) -> AsyncIterator[Setting]:
    clock = SetClock(NOON)
    async with Emulator(clock=clock) as emulator, opened(premises(tmp_path, clock)) as house:
        await register_forms(house)
        emulator.world.limits.enabled = False
        connection = Connection(token=emulator.token, base_url=emulator.base_url, rate=0, long_poll=2)
        yield Setting(house, clock, emulator, connection)


async def test_running_bot_ends_within_a_tick_and_sends_nothing(setting: Setting) -> None:
    person = setting.emulator.world.person("B", language_code="en")
    running = asyncio.create_task(App(setting.house, setting.connection).run())
    person.type("what is this?")
    await person.until(lambda one: bool(one.texts), seconds=10)
    await halting.halt(setting.house.database, setting.clock)
    async with asyncio.timeout(5):
        await running
    before = list(person.texts)
    await shown(setting.house, await joined(setting.house, person.chat.id + 1), "a reply")
    assert (list(person.texts), await claim(setting.house)) == (before, [])


async def test_without_a_stop_the_same_is_sent(setting: Setting) -> None:
    """So that the test above can fail."""
    await shown(setting.house, await joined(setting.house, 700), "a reply")
    assert len(await claim(setting.house)) == 1


async def test_nothing_is_planned_until_the_stop_is_taken_back(setting: Setting) -> None:
    house = setting.house
    before = await joined(house, 700)
    await write(house, before, Turn(before, occurrences=(occurrence("arrival", 1, NOON),)))
    await halting.halt(house.database, setting.clock)
    with pytest.raises(Halted):
        await due(house)
    await halting.lift(house.database, setting.clock)
    assert await due(house) == 1


# ---- chats -----------------------------------------------------------------------------------------------------------


async def in_chats(setting: Setting, count: int) -> None:
    """``count`` people, each with a card the bot has sent."""
    people = [setting.emulator.world.person(f"P{place}", language_code="en") for place in range(count)]
    async with App(setting.house, setting.connection) as app:
        for each in people:
            each.type("hello")
        for each in people:
            await each.until(lambda one: bool(one.texts), seconds=10)
        await app.settle_all()


async def wiped(setting: Setting, *, seconds: float, rate: float = 0) -> tuple[int, int, int]:
    async with AiohttpRequest(read_timeout=5) as request:
        api = Api(request, token=setting.emulator.token, base_url=setting.emulator.base_url)
        done = await wipe(setting.house, api, seconds=seconds, rate=rate)
        return done.deleted, done.emptied, done.left


def stand(setting: Setting) -> list[str]:
    return [bubble.text for one in setting.emulator.world.people.values() for bubble in one.screen if not bubble.mine]


async def test_what_stands_is_deleted(setting: Setting) -> None:
    await in_chats(setting, 3)
    assert len(stand(setting)) == 3
    assert await wiped(setting, seconds=20) == (3, 0, 0)
    assert stand(setting) == []


async def test_what_is_too_old_is_emptied(setting: Setting) -> None:
    await in_chats(setting, 2)
    setting.clock.move(timedelta(days=3))
    assert await wiped(setting, seconds=20) == (0, 2, 0)
    assert stand(setting) == ["✓", "✓"]


async def test_time_that_is_over_leaves_the_rest_and_counts_it(setting: Setting) -> None:
    await in_chats(setting, 6)
    deleted, emptied, left = await wiped(setting, seconds=1.0, rate=3)
    assert (deleted + emptied + left, emptied, left > 0) == (6, 0, True)


async def test_flood_limit_is_waited_for(setting: Setting) -> None:
    await in_chats(setting, 1)
    setting.emulator.faults.add(Fault(Kind.FLOOD, "deleteMessage", retry_after=0))
    assert await wiped(setting, seconds=0.5) == (0, 0, 1)
    setting.emulator.faults.add(Fault(Kind.FLOOD, "deleteMessage", retry_after=0))
    assert await wiped(setting, seconds=20) == (1, 0, 0)


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Server:
    made = set_up(tmp_path)
    code = does(made, "invite", "--count", "1").stdout.split()[0]
    enrol(made, code, address=ADDRESS)
    return made


def does(server: Server, *arguments: str, typed: str = "") -> Result:
    result = CliRunner().invoke(cora, list(arguments), input=typed, env={**NO_SETTINGS, **server.settings})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def key_of(server: Server) -> Path:
    return Path(server.settings["CORA_SERVER_KEY"])


def test_dry_run_says_it_and_changes_nothing(server: Server, tmp_path: Path) -> None:
    database = (tmp_path / "data" / "cora.db").read_bytes()
    said = does(server, "panic", "--dry-run", "--wipe-chats")
    assert said.exit_code == 0
    lost = "lost for good with it: addresses and links of 1 people, 0 open questionnaires"
    assert (lost in said.stdout, f"destroyed: {key_of(server)}" in said.stdout) == (True, True)
    assert (tmp_path / "data" / "cora.db").read_bytes() == database
    assert does(server, "invite", "--count", "1").exit_code == 0


@pytest.mark.parametrize("typed", ["", "yes\n", "Forget everything\n"])
def test_without_the_words_sending_stops_and_nothing_is_destroyed(server: Server, typed: str) -> None:
    said = does(server, "panic", typed=typed)
    assert (said.exit_code, key_of(server).exists()) == (1, True)
    refused = does(server, "invite", "--count", "1")
    assert (refused.exit_code, "sending was stopped" in refused.stderr) == (3, True)
    assert does(server, "run").exit_code in (1, 3)
    assert does(server, "people").exit_code == 0
    assert does(server, "panic", "--over").exit_code == 0
    assert does(server, "invite", "--count", "1").exit_code == 0


def test_only_stop_asks_nothing(server: Server) -> None:
    said = does(server, "panic", "--only-stop")
    assert (said.exit_code, key_of(server).exists()) == (0, True)


def test_stop_and_its_end_are_in_the_audit_log(server: Server) -> None:
    does(server, "panic", "--only-stop")
    stopped = does(server, "audit", "list", "--csv").stdout.splitlines()
    does(server, "panic", "--over")
    listed = does(server, "audit", "list", "--csv").stdout.splitlines()
    assert [row.split(",")[2] for row in listed[-2:]] == ["halted", "halt_lifted"]
    assert listed[:-1] == stopped
    assert does(server, "audit", "verify").exit_code == 0


def test_keys_are_gone_and_researchers_open_the_last_bundle(server: Server, tmp_path: Path) -> None:
    secret = load_keys(key_of(server)).working
    before = key_of(server)
    kept = tmp_path / "same blocks"
    kept.hardlink_to(before)  # what lies on the disk where the file was
    said = does(server, "panic", typed=f"{WORDS}\n")
    assert (said.exit_code, before.exists()) == (0, False)
    assert secret.hex().encode() not in kept.read_bytes()
    assert kept.read_bytes() == b""

    (last,) = (tmp_path / "data").glob("last-bundle-*.age")
    assert last.stat().st_mode & 0o777 == 0o600
    identity = read_key_file(server.key, PASSPHRASE).identity
    (tmp_path / "carried").write_bytes(open_sealed(last.read_bytes(), [identity]))
    with open_bundle(tmp_path / "carried") as bundle:
        opened = [
            open_record(bundle.sealed(one), [identity], study="returnee_follow_up", case=None, record=one)
            for one in bundle.records
        ]
        log = bundle.audit or ()
    assert [head.form for head, _ in opened] == ["consent"]
    assert [each.action for each in log][-2:] == ["halted", "forgetting_server_keys"]
    assert log[-1].facts == {"files": "1", "last_bundle": "yes", "wiping_seconds": "0"}
    assert first_broken(log, log="returnee_follow_up") is None
    listed = does(server, "audit", "list", str(tmp_path / "carried"))
    assert ("forgetting_server_keys" in listed.stdout, does(server, "audit", "list").exit_code) == (True, 1)
    for command in (["people"], ["bundle", "--to", str(tmp_path / "b"), "--holder", "Anna"]):
        refused = does(server, *command)
        assert (refused.exit_code, "could not be read" in refused.stderr) == (1, True)


def test_passphrase_s_file_goes_too(server: Server, tmp_path: Path) -> None:
    keys = load_keys(key_of(server))
    key_of(server).unlink()
    save_keys(key_of(server), keys, CHANCE, passphrase=PASSPHRASE, work=QUICK)
    words = tmp_path / "words"
    words.write_text(PASSPHRASE)
    words.chmod(0o600)
    server.settings["CORA_SERVER_PASSPHRASE_FILE"] = str(words)
    said = does(server, "panic", "--no-bundle", typed=f"{WORDS}\n")
    assert (said.exit_code, key_of(server).exists(), words.exists()) == (0, False, False)
    assert list((tmp_path / "data").glob("last-bundle-*")) == []
    with sqlite3.connect(tmp_path / "data" / "cora.db") as database:
        (last,) = database.execute("SELECT action, facts FROM audit ORDER BY seq DESC LIMIT 1").fetchall()
    assert (last[0], json.loads(last[1])) == (
        "forgetting_server_keys",
        {"files": "2", "last_bundle": "no", "wiping_seconds": "0"},
    )


def test_keys_that_do_not_open_stop_it_before_anything_is_destroyed(server: Server) -> None:
    key_of(server).write_bytes(b"damaged")
    said = does(server, "panic", typed=f"{WORDS}\n")
    assert (said.exit_code, key_of(server).exists()) == (1, True)
    assert "not a server key file" in said.stderr
    assert does(server, "panic", "--no-bundle", typed=f"{WORDS}\n").exit_code == 0
    assert not key_of(server).exists()


def test_file_that_cannot_be_destroyed_is_said(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="could not be destroyed"):
        private_files.destroy(tmp_path / "none")


def test_three_different_things_are_not_asked_for_at_once(server: Server) -> None:
    assert does(server, "panic", "--only-stop", "--over").exit_code == 2
