"""Anything may happen to one person's check-ins, in any order; what must hold holds after every order tried.

M-01 what the person was shown as stored is opened exactly once · M-02 no unsolicited message arrives twice
M-03 every call is in the books, and nothing is in flight for ever · M-04 nothing unasked after "no more messages"
M-05 each of these is seen to break when what it rests on is switched off
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Status
from cora_bot.dialogue.inputs import Pressed, Verb
from cora_bot.dialogue.turn import Turn
from cora_bot.store.database import Tx
from cora_bot.store.outbox_changes import Again
from cora_bot.usecases import settling
from cora_bot.usecases.due import due
from cora_bot.usecases.exchange import Outcome, Sending
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from tests.support.hostile import (
    ADDRESS,
    Ground,
    Respondent,
    Steps,
    Telegram,
    doubled,
    prepared,
    rows,
    serve,
    stored_words,
    unaccounted,
)
from tests.support.killed import Killed
from tests.support.turns import meet, write

EXAMPLES = int(os.environ.get("CORA_EXAMPLES", "5"))
STEPS = 20
OCCASIONS = 3
Given = TypeVar("Given")
Fate = tuple[str, int]
FATES = st.tuples(
    st.sampled_from(["", "", "", "429", "time-out", "not sent"]), st.one_of(st.just(0), st.just(0), st.integers(1, 25))
)


class Machine(RuleBasedStateMachine):
    """One person, one store, one Telegram. Every rule ends with a process that stands or has just died."""

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="cora-machine-"))
        begun = self._do(prepared(self.folder / "begin", occasions=OCCASIONS))
        self.ground: Ground = begun.copy(self.folder / "here")
        self.telegram = Telegram(self.ground.clock)
        self.one = Respondent(self.telegram)
        self.made_before_stop: int | None = None
        self.process: AsyncExitStack | None = None
        self.house: House | None = None
        self.ground.clock.move(timedelta(hours=2))

    def _do(self, work: Awaitable[Given]) -> Given:
        async def done() -> Given:
            return await work

        return self.loop.run(done())

    async def _serve(self, steps: Steps) -> None:
        starting = self.house is None
        if self.house is None:
            self.process = AsyncExitStack()
            self.house = await self.process.enter_async_context(self.ground.open())
        try:
            await serve(self.house, self.telegram, steps, starting=starting)
        except Killed:
            await self._died()

    async def _died(self) -> None:
        if self.process is not None:
            await self.process.aclose()
        self.process = self.house = None

    def _run(self, fate: Fate) -> None:
        """The bot works, while ``fate`` befalls it: the next call's trouble, and the point at which it dies."""
        trouble, at = fate
        if trouble:
            self.telegram.trouble = trouble
        self._do(self._serve(Steps(at)))
        self._look()

    # ---- what the person and Telegram do -----------------------------------------------------------------------------

    @rule(fate=FATES)
    def the_person_goes_on(self, fate: Fate) -> None:
        self.one.act()
        self._run(fate)

    @rule(fate=FATES)
    def the_person_goes_on_with_the_next_occasion(self, fate: Fate) -> None:
        if not self.one.act():
            self.ground.clock.move(timedelta(days=10))
        self._run(fate)

    @rule(fate=FATES)
    def the_person_taps_twice(self, fate: Fate) -> None:
        self.one.act()
        if self.telegram.pending and isinstance(self.telegram.pending[-1].input, Pressed):
            self.telegram.happens(self.telegram.pending[-1].input)
        self._run(fate)

    @rule(fate=FATES)
    def telegram_hands_an_update_out_again(self, fate: Fate) -> None:
        self.one.act()
        before = list(self.telegram.pending)
        self._run(fate)
        self.telegram.pending = before
        self._run(("", 0))

    @rule(fate=FATES)
    def two_updates_change_places(self, fate: Fate) -> None:
        self.one.act()
        self.one.edits()
        self.telegram.pending.reverse()
        self._run(fate)

    @rule(which=st.integers(0, 30), fate=FATES)
    def the_person_taps_what_was_there_before(self, which: int, fate: Fate) -> None:
        if self.telegram.older:
            message, prompt = self.telegram.older[which % len(self.telegram.older)]
            for row in prompt.rows[:1]:
                if row[0].press.verb in (Verb.OPEN, Verb.CHOOSE):
                    self.one.press(message, row[0])
        self._run(fate)

    @rule(verb=st.sampled_from([Verb.LATER, Verb.NOT_NOW]), fate=FATES)
    def the_person_puts_it_off(self, verb: Verb, fate: Fate) -> None:
        if self.one.card is not None and "ords?" not in self.one.card[1].text:
            self.one.act(verb)
        self._run(fate)

    @rule(blocked=st.sampled_from([True, False, False]))
    def the_person_blocks_the_bot_or_not(self, blocked: bool) -> None:
        self.telegram.blocked = blocked

    @rule(hours=st.sampled_from([-2, 2, 24, 72, 240]), fate=FATES)
    def the_clock_jumps(self, hours: int, fate: Fate) -> None:
        self.ground.clock.move(timedelta(hours=hours))
        self._run(fate)

    @precondition(lambda self: self.made_before_stop is None and len(self.one.written) > 2)
    @rule()
    def the_person_wants_no_more_messages(self) -> None:
        self.telegram.blocked = False
        self._do(self._serve(Steps()))
        self.one.stops()
        for verb in (Verb.CHOOSE_STOP, Verb.CONFIRM_STOP):
            self._do(self._serve(Steps()))
            if self.one.card is None or not self._pressed(verb):
                return
        self._do(self._take_only())
        if self._do(self._stopped()):
            self.made_before_stop = len(self.telegram.made)

    def _pressed(self, verb: Verb) -> bool:
        assert self.one.card is not None
        message, prompt = self.one.card
        for row in prompt.rows:
            for button in row:
                if button.press.verb is verb and button.press.choice == 0:
                    self.one.press(message, button)
                    return True
        return False

    async def _take_only(self) -> None:
        """The press is committed; nothing is sent yet."""
        assert self.house is not None
        await receive(self.house, self.telegram.pending)
        self.telegram.pending.clear()

    async def _stopped(self) -> bool:
        assert self.house is not None
        person = (await meet(self.house, ADDRESS)).participant
        return person is not None and person.status is Status.STOPPED

    # ---- what must hold ----------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """While a process stands and has nothing to do."""
        if self.house is None:
            return
        assert doubled(self.telegram.made) == []
        assert unaccounted(self.telegram.made, self._do(rows(self.house))) == []
        if self.made_before_stop is not None:
            assert [each for each in self.telegram.made[self.made_before_stop :] if each.unsolicited] == []

    def _read(self) -> None:
        """What the researchers open. A bundle each time, so at the end only."""
        assert self.house is not None
        words = self._do(stored_words(self.house, self.ground, self.one.written))
        assert [word for word, times in words.items() if times != 1] == []
        assert self.one.accepted() <= set(words)

    def teardown(self) -> None:
        if not hasattr(self, "loop"):
            return
        try:
            self._run(("", 0))
            self._read()
        finally:
            self.close()

    def close(self) -> None:
        self._do(self._died())
        self.loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def tried(machine: type[Machine] = Machine, examples: int = EXAMPLES) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            print_blob=False,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(900)
def test_nothing_that_may_happen_loses_or_doubles() -> None:
    tried()


# ---- each promise breaks without what it rests on --------------------------------------------------------------------


def forgetful(patch: pytest.MonkeyPatch) -> None:
    async def all_new(_tx: Tx, hashes: Sequence[bytes], _now: datetime) -> set[bytes]:
        return set(hashes)

    patch.setattr("cora_bot.store.updates.claim", all_new)


def repeating(patch: pytest.MonkeyPatch) -> None:
    """What may have arrived is sent again, asked for or not."""

    def again(settlement: settling._Settlement, row: settling.Waiting, reason: str) -> None:
        settlement.changes.append(Again(row.id, settlement.now, doubts=0, fresh=row.fresh, outcome=reason))

    patch.setattr(settling, "_doubtful", again)


def careless(patch: pytest.MonkeyPatch) -> None:
    """What was in flight when a process ended is not looked for."""

    async def nothing(_tx: Tx) -> list[object]:
        return []

    patch.setattr("cora_bot.store.outbox.sending", nothing)


def deaf(patch: pytest.MonkeyPatch) -> None:
    """What was planned and queued before "no more messages" is not looked at again when it is sent."""

    async def unjudged(*_: object, **__: object) -> dict[int, object]:
        return {}

    async def kept(*_: object, **__: object) -> set[bytes]:
        return set()

    patch.setattr("cora_bot.usecases.deliver.judge", unjudged)
    patch.setattr("cora_bot.store.outbox.supersede", kept)


def a_call_times_out(machine: Machine) -> None:
    machine._run(("time-out", 0))
    machine._run(("", 0))


def a_word_comes_twice(machine: Machine) -> None:
    for _ in range(3):
        machine.the_person_goes_on(fate=("", 0))
    machine.telegram_hands_an_update_out_again(fate=("", 0))
    machine.the_person_goes_on(fate=("", 0))
    machine.the_person_goes_on(fate=("", 0))


def the_process_ends_behind_a_call(machine: Machine) -> None:
    telegram, call = machine.telegram, machine.telegram.call

    def last(sending: Sending) -> Outcome:
        call(sending)
        raise Killed

    telegram.call = last  # type: ignore[method-assign]
    machine._run(("", 0))
    telegram.call = call  # type: ignore[method-assign]
    assert machine.house is None
    machine._run(("", 0))


SWITCHED: list[tuple[Callable[[pytest.MonkeyPatch], None], Callable[[Machine], None]]] = [
    (repeating, a_call_times_out),
    (forgetful, a_word_comes_twice),
    (careless, the_process_ends_behind_a_call),
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("off", [True, False], ids=["off", "on"])
@pytest.mark.parametrize(("switch_off", "scene"), SWITCHED, ids=[each.__name__ for each, _ in SWITCHED])
def test_promise_breaks_where_its_mechanism_is_off(
    monkeypatch: pytest.MonkeyPatch,
    switch_off: Callable[[pytest.MonkeyPatch], None],
    scene: Callable[[Machine], None],
    off: bool,
) -> None:
    machine = Machine()
    machine.begin()
    if off:
        switch_off(monkeypatch)
    broken = False
    try:
        scene(machine)
        machine._read()
    except AssertionError:
        broken = True
    finally:
        monkeypatch.undo()
        machine.close()
    assert broken == off


@pytest.mark.timeout(300)
@pytest.mark.parametrize("off", [True, False], ids=["off", "on"])
async def test_nothing_unasked_after_no_more_messages_unless_nobody_judges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, off: bool
) -> None:
    """An invitation waits in the outbox when the person's "no more messages" is committed."""
    ground = await prepared(tmp_path)
    ground.clock.move(timedelta(hours=2))
    telegram = Telegram(ground.clock)
    async with ground.open() as house:
        await due(house)
        if off:
            deaf(monkeypatch)
        before = await meet(house, ADDRESS)
        assert before.participant is not None
        stopped = replace(before, participant=replace(before.participant, status=Status.STOPPED))
        await write(house, before, Turn(stopped))
        await serve(house, telegram, Steps())
    assert any(each.unsolicited for each in telegram.made) == off
