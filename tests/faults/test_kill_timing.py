"""The bot process is killed while a crowd answers.

X-01 kill -9 at 20 random moments: every answer whose tick a person saw is opened by the researchers, as it was given
X-02 … no unsolicited message is delivered twice
X-03 … nobody is stuck: everybody comes to the end, each with one complete record
X-04 SIGTERM ends the process in order: nothing is left in flight
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.pilot.limits import Limits
from bot.pilot.person import Bubble
from bot.pilot.server import Emulator
from bot.pilot.world import World
from cora_bot.base.chance import Chance, SeededChance, below
from cora_bot.base.clock import TravelClock
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.turn import RecordKind
from cora_bot.forms.model import Form
from cora_bot.store.tables import State, outbox
from cora_bot.usecases.invite import make_tokens
from tests.support.crowd import Respondent, offered
from tests.support.house import Premises, opened, premises, script_of
from tests.support.opening import all_records
from tests.support.runner import Config

PEOPLE = 15
KILLS = 20
SEED = "kill"


@dataclass
class Bot:
    """The runner, and the bot process it forked last."""

    runner: asyncio.subprocess.Process
    emulator: Emulator
    process: int = 0
    started: list[int] = field(default_factory=list)

    async def start(self) -> None:
        assert self.runner.stdin is not None
        assert self.runner.stdout is not None
        self.runner.stdin.write(b"go\n")
        await self.runner.stdin.drain()
        self.process = int(await self.runner.stdout.readline())
        self.started.append(self.process)

    def kill(self) -> None:
        os.kill(self.process, signal.SIGKILL)

    async def stop(self) -> None:
        os.kill(self.process, signal.SIGTERM)
        async with asyncio.timeout(15):
            while _alive(self.process):  # noqa: ASYNC110 - another process's end rings no bell
                await asyncio.sleep(0.02)

    async def kill_at_random(self, chance: Chance, times: int, *, calls_between: int) -> None:
        """Kills after a random number of calls each time, so that it always happens while there is something to do."""
        for _ in range(times):
            target = len(self.emulator.world.calls) + 1 + below(chance, 2 * calls_between)
            while len(self.emulator.world.calls) < target:  # noqa: ASYNC110 - fine enough to hit any moment
                await asyncio.sleep(0.001)
            await asyncio.sleep(below(chance, 30) / 1000)
            self.kill()
            await self.start()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@asynccontextmanager
async def bot_process(place: Premises, clock_file: Path, emulator: Emulator) -> AsyncIterator[Bot]:
    config = place.folder / "config.json"
    Config(str(place.folder), str(clock_file), SEED, emulator.token, emulator.base_url).write(config)
    runner = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.runner", str(config),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    bot = Bot(runner, emulator)
    assert runner.stdout is not None
    try:
        assert await runner.stdout.readline() == b"ready\n"
        await bot.start()
        yield bot
    finally:
        if bot.process and _alive(bot.process):
            bot.kill()
        runner.kill()
        await runner.wait()


def enrolled(card: Bubble) -> bool:
    return card.text == p.NEUTRAL


def invited(card: Bubble) -> bool:
    return any(offer.press.verb is Verb.OPEN for offer in offered(card))


def thanked(card: Bubble) -> bool:
    return p.THANK_YOU in card.text


async def all_follow(crowd: list[Respondent], until: Any) -> None:
    async with asyncio.TaskGroup() as group:
        for one in crowd:
            group.create_task(one.follow(until))


async def test_crowd_answers_while_the_process_is_killed(tmp_path: Path) -> None:
    clock_file = tmp_path / "clock"
    clock, chance = TravelClock(clock_file), SeededChance(SEED)
    clock.move(datetime(2026, 12, 1, 12, tzinfo=UTC) - datetime.now(UTC))
    place = premises(tmp_path, clock, seed=SEED)
    world = World(clock=clock, chance=SeededChance("telegram"), limits=Limits(enabled=False))
    async with Emulator(world=world) as emulator:
        async with opened(place) as house:
            codes = await make_tokens(house, PEOPLE, expires_days=14)
        crowd = [
            Respondent(world.person(language_code="en"), f"words of {n}", date(2026, 11, 28), lambda: len(world.queue))
            for n in range(PEOPLE)
        ]
        async with bot_process(place, clock_file, emulator) as bot:
            for one, code in zip(crowd, codes, strict=True):
                one.person.start(code)
            import time; t0=time.time()
            await all_follow(crowd, enrolled)
            print("enrolled", time.time()-t0); t0=time.time()
            for one in crowd:
                one.forget()
            clock.move(timedelta(days=13))
            killing = asyncio.create_task(bot.kill_at_random(chance, KILLS, calls_between=20))
            killing.add_done_callback(lambda _: print("killed", time.time()-t0))
            await all_follow(crowd, thanked)
            print("thanked", time.time()-t0, len(world.calls)); t0=time.time()
            assert killing.done(), "the crowd was faster than the kills: they hit nothing"
            await killing
            await bot.stop()
        async with opened(place) as house:
            found = await all_records(house, place.identities)
            async with house.database.read() as tx:
                states = Counter(str(state) for state in (await tx.execute(select(outbox.c.state))).scalars())
    assert len(bot.started) == KILLS + 1
    _check_answers(crowd, found, script_of(place.study).forms["arrival"])
    assert _invitations(world) == {one.person.id: 1 for one in crowd if one.person.id in _invitations(world)}
    assert states[State.SENDING.value] == 0


def _check_answers(crowd: list[Respondent], found: list[tuple[Any, dict[str, Any]]], form: Form) -> None:
    """Each complete record holds what its person saw accepted. Who it is, is told by the words each one wrote."""
    words = {body["value"]: head.session for head, body in found if head.kind == RecordKind.FRAGMENT}
    complete = {head.session: body["values"] for head, body in found if _is_complete(head, form)}
    assert sorted(words) == sorted(one.words for one in crowd)
    assert len([head for head, _ in found if _is_complete(head, form)]) == len(crowd)
    for one in crowd:
        values = complete[words[one.words]]
        expected = {form.questions[node].ref: said for node, said in one.accepted.items() if said.choices}
        assert len(expected) == len([question for question in form.questions if question.options])
        for ref, said in expected.items():
            options = next(question.options for question in form.questions if question.ref == ref)
            assert values[ref].split() == [options[choice].value for choice in sorted(said.choices)]


def _is_complete(head: Any, form: Form) -> bool:
    return head.kind == RecordKind.COMPLETE and head.form == form.id


def _invitations(world: World) -> dict[int, int]:
    """How often each person was sent an unsolicited sentence, also where the bot never learnt that it was."""
    sent = [call.parameters for call in world.calls if call.method == "sendMessage"]
    return dict(Counter(int(str(one["chat_id"])) for one in sent if one["text"] in (p.INVITATION, p.REMINDER, p.GO_ON)))
