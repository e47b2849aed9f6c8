"""KR-20 a bot that is started again with new keys goes on: nothing lost, nothing twice, nobody a stranger."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.app import App, Connection
from bot.pilot.server import Emulator
from cora_bot.base.clock import SetClock
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.turn import RecordKind
from cora_bot.store import participants, updates
from cora_bot.store.keystore import KeyStore
from cora_bot.usecases import rotating
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_tokens
from cora_bot.usecases.maintain import maintain
from cora_bot.vault.working import WorkingKeys
from tests.support.crowd import Respondent
from tests.support.house import opened, premises
from tests.support.opening import all_records

WHOLE = (RecordKind.CONSENT, RecordKind.COMPLETE)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def exchanged(house: House) -> House:
    """A process that was started with newer keys in the file."""
    new = replace(WorkingKeys.generate(house.chance), made=1, others=house.keys.generations)
    keys = new.led_by(house.keys.generations[0])
    return replace(house, keys=keys, keystore=KeyStore(house.keystore.database, keys))


async def test_enrolment_and_answers_go_on_over_an_exchange_of_keys(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    place = premises(tmp_path, clock)
    async with Emulator(clock=clock) as emulator, opened(place) as house:
        await register_forms(house)
        emulator.world.limits.enabled = False
        connection = Connection(token=emulator.token, base_url=emulator.base_url, rate=0, long_poll=2)
        world = emulator.world
        one = Respondent(
            world.person("A", language_code="en"), "words", date(2026, 11, 28), lambda: len(world.queue), think=0
        )
        (code,) = await make_tokens(house, 1, expires_days=14)
        async with App(house, connection):
            one.person.start(code)
            await one.follow(lambda _: len(one.accepted) >= 3)
        going_on = asyncio.create_task(one.follow(lambda card: card.text == p.NEUTRAL))
        await asyncio.sleep(0.5)  # they press on while nobody is there
        taken = await rotating.take_up(exchanged(house))
        async with App(taken, connection) as app:
            await going_on
            await maintain(taken)
            clock.move(timedelta(days=13))
            await app.tick()
            await one.follow(lambda card: p.THANK_YOU in card.text)
            await app.settle_all()
        assert (await rotating.left(taken)).values == 0
        alone = with_keys(taken, taken.keys.generations[0])
        kinds = [(head.form, head.kind) for head, _ in await all_records(alone, place.identities)]
        assert [form for form, kind in kinds if kind in WHOLE] == ["consent", "arrival"]
        async with taken.database.read() as tx:
            assert await participants.count(tx) == (1, 1)
            assert await updates.parked_count(tx) == 0


def with_keys(house: House, keys: WorkingKeys) -> House:
    return replace(house, keys=keys, keystore=KeyStore(house.keystore.database, keys))
