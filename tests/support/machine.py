"""Anything may happen to one person's check-ins, in any order: a machine whose rules hypothesis puts together."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from cora_bot.dialogue.conversation import Status
from cora_bot.dialogue.inputs import Pressed, Verb
from cora_bot.store.leases import Fenced
from cora_bot.usecases.deliver import claim, settle
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from tests.support.dying import Steps, serve
from tests.support.grounds import Ground
from tests.support.hostile import ADDRESS, Respondent, Telegram
from tests.support.killed import Killed
from tests.support.outgoing import outgoing
from tests.support.promises import wrong_in_chats, wrong_in_records, wrong_in_sending
from tests.support.turns import meet

Given = TypeVar("Given")
Fate = tuple[str, int]
NOTHING: Fate = ("", 0)
FATES = st.tuples(
    st.sampled_from(["", "", "", "429", "time-out", "not sent"]), st.one_of(st.just(0), st.just(0), st.integers(1, 25))
)


class Machine(RuleBasedStateMachine):
    """One person, one store, one Telegram. Every rule ends with a process that stands or has just died."""

    def __init__(self, begun: Ground) -> None:
        super().__init__()
        self.begun = begun

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="cora-machine-"))
        self.ground = self.do(self.begun.copy(self.folder / "here"))
        self.telegram = Telegram(self.ground.clock)
        self.one = Respondent(self.telegram)
        self.made_before_stop: int | None = None
        self.process: AsyncExitStack | None = None
        self.house: House | None = None
        self.ground.clock.move(timedelta(hours=2))

    def do(self, work: Awaitable[Given]) -> Given:
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
            await self.died()

    async def died(self) -> None:
        if self.process is not None:
            await self.process.aclose()
        self.process = self.house = None

    def run(self, fate: Fate) -> None:
        """The bot works, while ``fate`` befalls it: the next call's trouble, and the point at which it dies."""
        trouble, at = fate
        if trouble:
            self.telegram.trouble = trouble
        self.do(self._serve(Steps(at)))
        self.look()

    # ---- what the person and Telegram do -----------------------------------------------------------------------------

    @rule(fate=FATES)
    def the_person_goes_on(self, fate: Fate) -> None:
        self.one.act()
        self.run(fate)

    @rule(fate=FATES)
    def the_person_goes_on_with_the_next_occasion(self, fate: Fate) -> None:
        if not self.one.act():
            self.ground.clock.move(timedelta(days=10))
        self.run(fate)

    @rule(fate=FATES)
    def the_person_taps_twice(self, fate: Fate) -> None:
        self.one.act()
        if self.telegram.pending and isinstance(self.telegram.pending[-1].input, Pressed):
            self.telegram.happens(self.telegram.pending[-1].input)
        self.run(fate)

    @rule(fate=FATES)
    def telegram_hands_an_update_out_again(self, fate: Fate) -> None:
        self.one.act()
        before = list(self.telegram.pending)
        self.run(fate)
        self.telegram.pending = before
        self.run(NOTHING)

    @rule(fate=FATES)
    def two_updates_change_places(self, fate: Fate) -> None:
        self.one.act()
        self.one.edits()
        self.telegram.pending.reverse()
        self.run(fate)

    @rule(which=st.integers(0, 30), fate=FATES)
    def the_person_taps_what_was_there_before(self, which: int, fate: Fate) -> None:
        if self.telegram.older:
            message, prompt = self.telegram.older[which % len(self.telegram.older)]
            for row in prompt.rows[:1]:
                if row[0].press.verb in (Verb.OPEN, Verb.CHOOSE):
                    self.one.press(message, row[0])
        self.run(fate)

    @rule(verb=st.sampled_from([Verb.LATER, Verb.NOT_NOW]), fate=FATES)
    def the_person_puts_it_off(self, verb: Verb, fate: Fate) -> None:
        if self.one.card is not None and "ords?" not in self.one.card[1].text:
            self.one.act(verb)
        self.run(fate)

    @rule(blocked=st.sampled_from([True, False, False]))
    def the_person_blocks_the_bot_or_not(self, blocked: bool) -> None:
        self.telegram.blocked = blocked

    @rule(crowded=st.booleans())
    def more_or_less_waits_than_a_fetch_brings(self, crowded: bool) -> None:
        self.telegram.crowded = crowded

    @rule(hours=st.sampled_from([-2, 2, 24, 72, 240]), fate=FATES)
    def the_clock_jumps(self, hours: int, fate: Fate) -> None:
        self.ground.clock.move(timedelta(hours=hours))
        self.run(fate)

    @precondition(lambda self: self.made_before_stop is None and len(self.one.written) > 2)
    @rule()
    def the_person_wants_no_more_messages(self) -> None:
        self.telegram.blocked = False
        self.do(self._serve(Steps()))
        self.one.stops()
        for verb in (Verb.CHOOSE_STOP, Verb.CONFIRM_STOP):
            self.do(self._serve(Steps()))
            if self.one.card is None or not self._pressed(verb):
                return
        self.do(self._take_only())
        if self.do(self._stopped()):
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

    def look(self) -> None:
        """While a process stands and has nothing to do."""
        if self.house is None:
            return
        wrong = self.do(wrong_in_sending(self.house, self.telegram.made))
        wrong += self.do(wrong_in_chats(self.house, self.telegram))
        if self.made_before_stop is not None:
            after = [each.row for each in self.telegram.made[self.made_before_stop :] if each.unsolicited]
            wrong += [f'row {row} was sent after "no more messages"' for row in after]
        assert wrong == [], wrong

    def read(self) -> None:
        """What the researchers open. A bundle each time, so at the end only."""
        assert self.house is not None
        wrong = self.do(wrong_in_records(self.house, self.ground, self.one.written, self.one.accepted()))
        assert wrong == [], wrong

    def teardown(self) -> None:
        if not hasattr(self, "loop"):
            return
        try:
            self.run(NOTHING)
            self.read()
        finally:
            self.close()

    def close(self) -> None:
        self.do(self.died())
        self.do(self.ground.clear())
        self.loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class SharedMachine(Machine):
    """Where several processes could send: one that stood still for too long wakes up behind another one's back."""

    @precondition(lambda self: self.house is not None)
    @rule(called=st.booleans(), fate=FATES)
    def a_sender_that_was_replaced_wakes_up(self, called: bool, fate: Fate) -> None:
        self.one.act()
        self.do(self._replaced(called))
        self.run(fate)

    async def _replaced(self, called: bool) -> None:
        """It had claimed, and had ``called`` or not; by its own clock it may call no more, and then it ends."""
        frozen, process = self.house, self.process
        assert frozen is not None
        assert process is not None
        going = await outgoing(frozen)
        results = [(each, self.telegram.call(each)) for each in going] if called else []
        self.house = self.process = None
        await self._serve(Steps())
        self.one.act()
        await self._take_only()
        with suppress(Fenced):
            await settle(frozen, results)
        with suppress(Fenced):
            await claim(frozen)
        await process.aclose()
