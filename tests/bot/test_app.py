"""The wiring, with a real house and the emulator.

A-01 a press leads to the next card, a tick to what has fallen due, without anything else being told to do so
A-02 the loops come to their end in order, and a loop that cannot go on ends the process with its reason
A-04 a loop shows a sign of life when it has gone round, and none when it turns in vain
A-03 nothing a participant said, no chat id and no token is in the log
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.api import TokenRefused
from bot.app import App, Connection
from bot.pilot.faults import Fault, Kind
from bot.pilot.server import Emulator
from bot.receive.polling import BATCH
from bot.receive.webhook_at import WebhookAt
from cora_bot.base.clock import SetClock
from cora_bot.base.errors import CoraError
from cora_bot.base.logging import LOGGER, start_logging
from cora_bot.base.pulse import Loop
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Start
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_tokens
from cora_bot.usecases.taking_in import take_in
from tests.support.crowd import Respondent, offered
from tests.support.house import opened, premises
from tests.support.turns import meet

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
WORDS = "planted words of an answer"


@dataclass
class Setting:
    house: House
    clock: SetClock
    emulator: Emulator
    connection: Connection

    def respondent(self) -> Respondent:
        world = self.emulator.world
        person = world.person("A", language_code="en")
        return Respondent(person, WORDS, date(2026, 11, 28), lambda: len(world.queue), think=0)


@pytest.fixture
async def setting(tmp_path: Path) -> AsyncIterator[Setting]:
    clock = SetClock(NOON)
    async with Emulator(clock=clock) as emulator, opened(premises(tmp_path, clock)) as house:
        await register_forms(house)
        connection = Connection(token=emulator.token, base_url=emulator.base_url, rate=0, long_poll=2)
        emulator.world.limits.enabled = False
        yield Setting(house, clock, emulator, connection)


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    written = io.StringIO()
    handlers = logging.getLogger().handlers[:]
    start_logging(written, level=logging.DEBUG)
    yield written
    logging.getLogger().handlers[:] = handlers
    LOGGER.setLevel(logging.NOTSET)


@pytest.mark.parametrize("batch", [BATCH, 1], ids=["handled", "taken in"])
async def test_person_enrols_is_invited_and_answers(setting: Setting, logs: io.StringIO, batch: int) -> None:
    one = setting.respondent()
    (code,) = await make_tokens(setting.house, 1, expires_days=14)
    async with App(setting.house, replace(setting.connection, batch=batch)) as app:
        one.person.start(code)
        await one.follow(lambda card: card.text == p.NEUTRAL)
        one.person.lock()
        setting.clock.move(timedelta(days=13))
        await app.tick()
        await app.settle_all()
        assert [note.text for note in one.person.lock_screen()] == [p.INVITATION]
        await one.follow(lambda card: p.THANK_YOU in card.text)
        await app.settle_all()
    assert [bubble for bubble in one.person.screen if bubble.mine and WORDS in bubble.text] == []
    assert '"action": "sent"' in logs.getvalue()
    for secret in (WORDS, "planted", code, str(one.person.id), setting.emulator.token):
        assert secret not in logs.getvalue()


async def test_what_a_process_had_taken_in_when_it_died_is_handled_at_the_start(setting: Setting) -> None:
    one = setting.respondent()
    (code,) = await make_tokens(setting.house, 1, expires_days=14)
    await take_in(setting.house, [Arrived("m:1", one.person.id, Start(code, 1, "en"))])
    assert (await meet(setting.house, one.person.id)).participant is None
    async with App(setting.house, setting.connection) as app:
        await app.settle_all()
    assert (await meet(setting.house, one.person.id)).participant is not None


async def test_person_answers_where_telegram_posts(setting: Setting) -> None:
    setting.emulator.world.local = True
    one = setting.respondent()
    (code,) = await make_tokens(setting.house, 1, expires_days=14)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    at = WebhookAt(f"http://127.0.0.1:{port}/telegram", "127.0.0.1", port, "secret")
    async with App(setting.house, replace(setting.connection, webhook=at)):
        one.person.start(code)
        await one.follow(lambda card: card.text == p.NEUTRAL)
        setting.clock.move(timedelta(days=13))
        await one.follow(lambda card: p.THANK_YOU in card.text)
    assert {status for _, status in setting.emulator.courier.posted} == {200}
    assert "getUpdates" not in {call.method for call in setting.emulator.world.calls}


async def test_ticker_finds_what_is_due_by_itself(setting: Setting) -> None:
    one = setting.respondent()
    (code,) = await make_tokens(setting.house, 1, expires_days=14)
    async with App(setting.house, setting.connection):
        one.person.start(code)
        await one.follow(lambda card: card.text == p.NEUTRAL)
        setting.clock.move(timedelta(days=13))
        await one.person.until(lambda person: person.last.text == p.INVITATION, seconds=10)


async def test_every_loop_beats_while_it_goes_round(setting: Setting) -> None:
    beats: Counter[Loop] = Counter()
    async with App(setting.house, replace(setting.connection, long_poll=0), beat=lambda loop: beats.update([loop])):
        async with asyncio.timeout(10):
            while set(beats) != set(Loop):
                await asyncio.sleep(0.05)


async def test_loop_that_goes_round_in_vain_does_not_beat(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is gone and Telegram refuses: the process lives, its work does not."""

    async def gone(*_: object, **__: object) -> None:
        raise OSError("no disk")

    beats: Counter[Loop] = Counter()
    async with App(setting.house, replace(setting.connection, long_poll=0), beat=lambda loop: beats.update([loop])):
        setting.emulator.faults.add(Fault(Kind.FLOOD, "getUpdates", count=0, retry_after=1))
        monkeypatch.setattr("cora_bot.usecases.deliver.claim", gone)
        monkeypatch.setattr("cora_bot.usecases.due.due", gone)
        await asyncio.sleep(1.5)  # what was under way has come to its end
        beats.clear()
        await asyncio.sleep(3)
    assert beats == Counter()


async def test_stranger_gets_a_card_without_study_words(setting: Setting) -> None:
    person = setting.emulator.world.person("B", language_code="en")
    async with App(setting.house, setting.connection) as app:
        person.type("what is this?")
        await person.until(lambda one: bool(one.texts), seconds=10)
        await app.settle_all()
    assert len(person.texts) == 1
    assert p.STRANGER in person.texts[0]
    assert [offer.press for offer in offered(person.last)] == []


async def test_process_that_is_told_to_stop_ends(setting: Setting, logs: io.StringIO) -> None:
    running = asyncio.create_task(App(setting.house, setting.connection).run())
    while '"started"' not in logs.getvalue():
        await asyncio.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(5):
        await running
    assert logs.getvalue().rstrip().endswith('"action": "stopped"}')


async def test_token_revoked_while_running_ends_the_process_with_its_reason(setting: Setting) -> None:
    running = asyncio.create_task(App(setting.house, setting.connection).run())
    person = setting.emulator.world.person("B")
    await asyncio.sleep(0.3)
    setting.emulator.world.revoke("5:new")
    person.type("hello")
    with pytest.raises(TokenRefused):
        async with asyncio.timeout(10):
            await running


async def test_forbidden_word_in_the_bots_name_stops_the_start(setting: Setting) -> None:
    word = next(iter(setting.house.script.study.never_show["en"]))
    setting.emulator.world.profile.names[""] = f"The {word}"
    with pytest.raises(CoraError, match="gives the study away"):
        await App(setting.house, setting.connection).start()
    assert setting.emulator.world.profile.commands == {}


def test_token_is_not_shown_with_the_connection() -> None:
    assert repr(Connection(token="5:secret")) == (
        "Connection(base_url='https://api.telegram.org', rate=30.0, per_chat=1.0, long_poll=25, read_timeout=20, "
        "batch=100, gather=0.15, tick=1.0, webhook=None, "
        "role=<Role.ALL: 'all'>, paid=False)"
    )
