"""The bot process is killed while a crowd answers.

X-01 kill -9 at 20 random moments (or CORA_KILLS): every answer whose tick a person saw is opened by the researchers, as
     it was given. On PostgreSQL a third of them: the next process waits until the lease of the dead one has run out
X-02 … no unsolicited message is delivered twice
X-03 … nobody is stuck: everybody comes to the end, each with one complete record
X-04 SIGTERM while messages are on their way: they are settled, nothing is left in flight, nothing is sent again
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.leading import FREE_AFTER
from bot.pilot.faults import Fault, Kind
from bot.pilot.limits import Limits
from bot.pilot.person import Bubble
from bot.pilot.server import Emulator
from bot.pilot.world import World
from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import TravelClock
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.turn import RecordKind
from cora_bot.forms.model import Form
from cora_bot.store.tables import State, outbox
from cora_bot.usecases.invite import make_tokens
from tests.support.crowd import Respondent, offered
from tests.support.house import Premises, opened, script_of
from tests.support.opening import all_records
from tests.support.process import Bot, bot_process
from tests.support.sites import FILES, Site

KILLS = int(os.environ.get("CORA_KILLS", "20"))
SEED = "kill"
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
RETURNED = date(2026, 11, 28)
UNSOLICITED = (p.INVITATION, p.REMINDER, p.GO_ON)


@dataclass
class Stage:
    """Telegram, people who have enrolled, and the bot in a process of its own."""

    place: Premises
    clock: TravelClock
    world: World
    emulator: Emulator
    crowd: list[Respondent]
    bot: Bot

    async def all_follow(self, until: Callable[[Bubble], bool]) -> None:
        async with asyncio.TaskGroup() as group:
            for one in self.crowd:
                group.create_task(one.follow(until))

    async def states(self) -> Counter[State]:
        async with opened(self.place) as house, house.database.read() as tx:
            return Counter(State(state) for state in (await tx.execute(select(outbox.c.state))).scalars())


def unsolicited(world: World) -> Counter[tuple[int, str]]:
    """How often each person was sent each unsolicited sentence, also where the bot never learnt that it was.

    One that does not ring answers a press on an old card.
    """
    sent = [call.parameters for call in world.calls if call.method == "sendMessage"]
    rang = [one for one in sent if one["text"] in UNSOLICITED and not one["disable_notification"]]
    return Counter((int(str(one["chat_id"])), str(one["text"])) for one in rang)


@asynccontextmanager
async def stage(folder: Path, site: Site, *, people: int) -> AsyncIterator[Stage]:
    clock_file = folder / "clock"
    clock = TravelClock(clock_file)
    clock.move(NOON - datetime.now(UTC))
    place = await site.premises(folder, clock, seed=SEED)
    world = World(clock=clock, chance=SeededChance("telegram"), limits=Limits(enabled=False))
    async with Emulator(world=world) as emulator:
        async with opened(place) as house:
            codes = await make_tokens(house, people, expires_days=14)
        crowd = [
            Respondent(world.person(language_code="en"), f"words of {n}", RETURNED, lambda: len(world.queue))
            for n in range(people)
        ]
        async with bot_process(place, emulator, seed=SEED, clock_file=clock_file) as bot:
            for one, code in zip(crowd, codes, strict=True):
                one.person.start(code)
            staged = Stage(place, clock, world, emulator, crowd, bot)
            await staged.all_follow(enrolled)
            for one in crowd:
                one.forget()
            yield staged
    await site.cleared(place)


def enrolled(card: Bubble) -> bool:
    return card.text == p.NEUTRAL


def invited(card: Bubble) -> bool:
    return any(offer.press.verb is Verb.OPEN for offer in offered(card))


@pytest.mark.timeout(300 + 20 * KILLS)  # well under a minute on a quiet machine; with leases a minute or two
async def test_crowd_answers_while_the_process_is_killed(tmp_path: Path, site: Site) -> None:
    kills = KILLS if site is FILES else KILLS // 3
    people = max(15, kills * 3 // 4)  # who would be done before the last kill shows nothing
    think = 0.15 if site is FILES else kills / 10  # behind a lease many are answered at once
    async with stage(tmp_path, site, people=people) as staged:
        staged.clock.move(timedelta(days=13))
        for one in staged.crowd:
            one.think = think
        answering = {one.person.id: asyncio.create_task(one.follow(one.finished)) for one in staged.crowd}
        everybody = asyncio.gather(*answering.values())
        await staged.bot.kill_at_random(SeededChance(SEED), times=kills, at_most=13, over=everybody.done)
        await asyncio.sleep(2 if site is FILES else FREE_AFTER + 2)
        arrived = {who for who, _ in unsolicited(staged.world)}
        await asyncio.gather(*(answering[who] for who in arrived))
        if len(arrived) < people:  # killed between saying so and doing so: uncertain, never repeated
            staged.clock.move(timedelta(days=3))  # the reminder, in other words, reaches them
        await everybody
        await staged.bot.stop()
        found = await records(staged.place)
        assert set(unsolicited(staged.world).values()) == {1}
        assert (await staged.states())[State.SENDING] == 0
        check_answers(staged.crowd, found, script_of(staged.place.study).forms["arrival"])
        log = (tmp_path / "bot.log").read_text(encoding="utf-8")
        assert log.count('"recovered"') >= max(1, kills // 4), "the kills hit no sends under way"
        check_log(staged, log)


def check_log(staged: Stage, log: str) -> None:
    """Nothing anybody said, nobody's address and no token was logged."""
    for secret in ("words of", staged.emulator.token, *(str(one.person.id) for one in staged.crowd)):
        assert secret not in log


async def test_orderly_stop_leaves_nothing_in_flight(tmp_path: Path, site: Site) -> None:
    async with stage(tmp_path, site, people=3) as staged:
        staged.emulator.faults.add(Fault(Kind.SLOW, "sendMessage", count=0, milliseconds=400))
        staged.clock.move(timedelta(days=13))
        await staged.crowd[0].follow(invited)
        await staged.bot.stop()
        states = await staged.states()
        assert (states[State.SENDING], states[State.UNCERTAIN]) == (0, 0)
        staged.emulator.faults.clear()
        await staged.bot.start()
        await staged.all_follow(invited)
        assert list(unsolicited(staged.world).values()) == [1, 1, 1]


Records = list[tuple[Any, dict[str, Any]]]


async def records(place: Premises) -> Records:
    async with opened(place) as house:
        return await all_records(house, place.identities)


def check_answers(crowd: list[Respondent], found: Records, form: Form) -> None:
    """Each complete record holds what its person saw accepted. Who it is, is told by the words each one wrote."""
    words = {body["value"]: head.session for head, body in found if head.kind == RecordKind.FRAGMENT}
    complete = [
        (head.session, body["values"])
        for head, body in found
        if head.kind == RecordKind.COMPLETE and head.form == form.id
    ]
    assert sorted(words) == sorted(one.words for one in crowd)
    assert sorted(session for session, _ in complete) == sorted(words.values())
    asked = {question.ref for question in form.questions if question.options}
    for one in crowd:
        values = dict(complete)[words[one.words]]
        accepted = [(form.questions[node], said) for node, said in one.accepted.items() if said.choices]
        assert {question.ref for question, _ in accepted} == asked
        for question, said in accepted:
            assert values[question.ref].split() == [question.options[choice].value for choice in sorted(said.choices)]
