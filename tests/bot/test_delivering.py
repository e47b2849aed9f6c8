"""The delivering loop, against the emulator.

D-01 chats side by side; nothing is sent twice, nothing is forgotten
D-02 a chat that has to wait holds back nobody else
D-03 an outcome outlives a store that is down; an orderly stop settles everything
D-04 what was claimed in a commit that nobody answered is given back, and sent once
D-05 what people wrote is removed with as few calls as can be, and one message that stays keeps none of the others
D-06 a chat that floods the bot slows itself alone
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.api import Api, TokenRefused
from bot.delivering import Delivering, Outbox, Settled
from bot.pacing import Pace
from bot.pilot.faults import Fault, Kind
from bot.pilot.person import Person
from bot.pilot.server import Emulator
from bot.request import AiohttpRequest
from bot.sending import Sender
from cora_bot.base.clock import SetClock, monotonic
from cora_bot.base.values import replace
from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.usecases.deliver import ClaimInDoubt
from cora_bot.usecases.exchange import (
    EditMessage,
    Outcome,
    Refused,
    Removal,
    Retry,
    Sending,
    SendMessage,
    Sent,
    Uncertain,
)

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)


class Shelf:
    """Rows to be sent, one of a chat in flight, and what became of them. A ``Retry`` is laid back until it is due."""

    def __init__(self, clock: SetClock) -> None:
        self._clock = clock
        self.rows: list[tuple[datetime, Sending]] = []
        self.owing: list[Removal] = []
        self.laid = 0
        self._flying: set[bytes] = set()
        self.outcomes: list[tuple[int, Outcome]] = []
        self.failures = self.doubts = 0
        self.put_off: set[bytes] = set()
        self.asked = 0

    def lay(self, person: Person, *texts: str, unsolicited: bool = False) -> None:
        for text in texts:
            self.laid += 1
            number, chat = self.laid, str(person.chat.id).encode()
            call = SendMessage(Prompt(text), silent=False)
            self.rows.append((NOW, Sending(number, chat, person.chat.id, call, unsolicited, again=False)))

    async def claim(self, limit: int) -> Sequence[Sending]:
        self._fail()
        self.asked += 1
        claimed: list[Sending] = []
        for due, sending in tuple(self.rows):
            first = next(one for _, one in self.rows if one.chat == sending.chat)
            if sending is first and due <= self._clock.now() and sending.chat not in self._flying:
                claimed.append(sending)
        claimed = claimed[:limit]
        self._flying |= {sending.chat for sending in claimed}
        self.rows = [row for row in self.rows if row[1] not in claimed]
        if self.doubts:
            self.doubts -= 1
            raise ClaimInDoubt(claimed)
        return claimed

    async def settle(self, settled: Sequence[Settled]) -> None:
        self._fail()
        for sending, outcome in settled:
            if isinstance(sending, Removal):
                self._removed(sending, outcome)
                continue
            self.outcomes.append((sending.id, outcome))
            self._flying.discard(sending.chat)
            if isinstance(outcome, Retry):
                self.rows.append((outcome.at, sending))
        self.rows.sort(key=lambda row: row[1].id)

    def owe(self, person: Person, *messages: int) -> None:
        chat = str(person.chat.id).encode()
        first = next((each for each in self.owing if each.chat == chat), Removal(chat, person.chat.id, ()))
        self.owing = [each for each in self.owing if each.chat != chat]
        self.owing.append(replace(first, messages=(*first.messages, *messages)))

    async def owed(self) -> Sequence[Removal]:
        return [each for each in self.owing if each.chat not in self.put_off]

    def _removed(self, removal: Removal, outcome: Outcome) -> None:
        self.outcomes.append((0, outcome))
        if isinstance(outcome, Retry):
            self.put_off.add(removal.chat)
        else:
            left = [replace(each, messages=tuple(one for one in each.messages if one not in removal.messages))
                    if each.chat == removal.chat else each for each in self.owing]  # fmt: skip
            self.owing = [each for each in left if each.messages]

    def of(self, number: int) -> list[type[Outcome]]:
        return [type(outcome) for row, outcome in self.outcomes if row == number]

    def _fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")


class Bench:
    def __init__(self, emulator: Emulator, clock: SetClock) -> None:
        self.emulator, self.clock, self.shelf = emulator, clock, Shelf(clock)

    def person(self) -> Person:
        person = self.emulator.world.person()
        person.start()
        return person

    @asynccontextmanager
    async def delivering(
        self, pace: Pace | None = None, may_send: Callable[[], bool] = lambda: True
    ) -> AsyncIterator[Delivering]:
        async with AiohttpRequest(read_timeout=1) as request:
            sender = Sender(Api(request, token=self.emulator.token, base_url=self.emulator.base_url), self.clock)
            outbox = Outbox(self.shelf.claim, self.shelf.owed, self.shelf.settle)
            delivering = Delivering(outbox, sender, pace=pace or Pace(rate=0), clock=self.clock, may_send=may_send)
            task = asyncio.create_task(delivering.run())
            try:
                yield delivering
            finally:
                delivering.stop()
                await task


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = SetClock(NOW)
    async with Emulator(clock=clock) as emulator:
        emulator.world.limits.enabled = False
        yield Bench(emulator, clock)


def received(person: Person) -> list[str]:
    return [message.text for message in person.chat.messages.values() if message.from_bot]


async def test_every_chat_gets_its_rows_in_order_and_once(bench: Bench) -> None:
    people = [bench.person() for _ in range(20)]
    texts = [str(number) for number in range(6)]
    for text in texts:
        for person in people:
            bench.shelf.lay(person, text)
    async with bench.delivering() as delivering:
        await delivering.empty()
    assert [received(person) for person in people] == [texts] * 20
    assert sorted(row for row, _ in bench.shelf.outcomes) == list(range(1, 121))


def _screen(person: Person) -> list[str]:
    return [bubble.text for bubble in person.screen if bubble.text != "/start"]


def _calls(bench: Bench) -> list[str]:
    return [call.method for call in bench.emulator.world.calls if call.method.startswith("delete")]


@pytest.mark.parametrize(("written", "calls"), [(1, ["deleteMessage"]), (100, ["deleteMessages"])])
async def test_many_messages_go_with_one_call(bench: Bench, written: int, calls: list[str]) -> None:
    person = bench.person()
    bench.shelf.owe(person, *(person.type(str(number)) for number in range(written)))
    async with bench.delivering() as delivering:
        await delivering.empty()
    assert (_screen(person), _calls(bench), bench.shelf.owing) == ([], calls, [])


async def test_a_message_that_must_stay_keeps_no_other(bench: Bench) -> None:
    person = bench.person()
    old = person.type("old")
    bench.clock.move(timedelta(hours=49))
    bench.shelf.owe(person, person.type("young"), old, person.type("younger"))
    async with bench.delivering() as delivering:
        await delivering.empty()
    assert (_screen(person), bench.shelf.owing) == (["old"], [])
    assert [outcome for _, outcome in bench.shelf.outcomes] == [Sent(0), Refused("not_deletable"), Sent(0)]


async def test_what_was_not_removed_is_owed_still(bench: Bench) -> None:
    person = bench.person()
    bench.shelf.owe(person, person.type("word"))
    bench.emulator.faults.add(Fault(Kind.FLOOD, "deleteMessage", retry_after=1))
    async with bench.delivering() as delivering:
        await delivering.empty()
    assert (_screen(person), len(bench.shelf.owing)) == (["word"], 1)


async def _removed_at_once(bench: Bench, delivering: Delivering, person: Person) -> None:
    bench.shelf.owe(person, person.type("first"))
    delivering.wake()
    await person.until(lambda one: _screen(one) == [], seconds=1)


async def test_who_writes_quickly_has_it_removed_together(bench: Bench) -> None:
    """The first at once; what comes within the next seconds with one call."""
    person = bench.person()
    async with bench.delivering() as delivering:
        await _removed_at_once(bench, delivering, person)
        for number in range(5):
            bench.shelf.owe(person, person.type(str(number)))
            delivering.wake()
            await asyncio.sleep(0.05)
        before = _screen(person)
        await person.until(lambda one: _screen(one) == [])
    assert (len(before), _calls(bench)) == (5, ["deleteMessage", "deleteMessages"])


async def test_replies_go_first_but_not_for_ever(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many wait for a reply that the pace leaves nothing over; what somebody wrote is removed all the same."""
    monkeypatch.setattr("bot.delivering.YIELDS", 0.5)
    person, crowd = bench.person(), [bench.person() for _ in range(150)]
    for one in crowd:
        bench.shelf.lay(one, "reply")
    async with bench.delivering(Pace(rate=20)) as delivering:
        await asyncio.sleep(1.2)  # the first burst is over
        bench.shelf.owe(person, person.type("word"))
        delivering.wake()
        await asyncio.sleep(0.3)
        first = _screen(person)
        await person.until(lambda one: _screen(one) == [])
        assert (first, len(bench.shelf.outcomes) < len(crowd)) == (["word"], True)


async def test_chat_that_has_to_wait_keeps_nobody_elses_messages(bench: Bench) -> None:
    flooded, other = bench.person(), bench.person()
    bench.emulator.faults.add(Fault(Kind.FLOOD, "sendMessage", retry_after=60))
    bench.shelf.lay(flooded, "card")
    async with bench.delivering() as delivering:
        await delivering.empty()
        bench.shelf.owe(flooded, flooded.type("stays for now"))
        delivering.wake()
        await asyncio.sleep(0.2)
        bench.shelf.owe(other, other.type("word"))
        delivering.wake()
        await other.until(lambda one: _screen(one) == [])
    assert _screen(flooded) == ["stays for now"]


async def test_what_people_wrote_is_removed_before_an_orderly_stop(bench: Bench) -> None:
    person = bench.person()
    async with bench.delivering() as delivering:
        await _removed_at_once(bench, delivering, person)
        bench.shelf.owe(person, person.type("second"))
    assert (_screen(person), bench.shelf.owing) == ([], [])


async def test_a_chat_that_floods_slows_itself_alone(bench: Bench) -> None:
    """What it sent wants a hundred calls; somebody else's reply goes at once all the same."""
    flood, other = bench.person(), bench.person()
    bench.shelf.lay(flood, "card")
    async with bench.delivering(Pace()) as delivering:
        await delivering.empty()
        card = next(number for number, one in flood.chat.messages.items() if one.from_bot)
        for number in range(100):
            bench.shelf.lay(flood, "")
            due, row = bench.shelf.rows[-1]
            bench.shelf.rows[-1] = (due, replace(row, call=EditMessage(card, Prompt(f"edit {number}"))))
        delivering.wake()
        await asyncio.sleep(1.5)
        before = len(bench.emulator.world.calls)
        bench.shelf.lay(other, "reply")
        delivering.wake()
        began = monotonic()
        await other.until(lambda one: received(one) == ["reply"])
        waited = monotonic() - began
    assert (waited < 0.5, before < 30) == (True, True)


async def test_store_is_not_asked_again_before_something_changes(bench: Bench) -> None:
    person = bench.person()
    async with bench.delivering() as delivering:
        await delivering.empty()
        before = bench.shelf.asked
        bench.shelf.lay(person, "1")
        await delivering.empty()
    # Once for the row, once after it has come to its end.
    assert (received(person), bench.shelf.asked - before) == (["1"], 2)


async def test_chat_that_waits_holds_back_nobody_else(bench: Bench) -> None:
    held, other = bench.person(), bench.person()
    bench.shelf.lay(held, "1", "2", "3")
    bench.emulator.faults.add(Fault(Kind.FLOOD, "sendMessage", retry_after=1))
    async with bench.delivering() as delivering:
        await delivering.empty()
        bench.shelf.lay(other, "a")
        await delivering.empty()
        assert (received(held), received(other)) == ([], ["a"])
        assert bench.shelf.of(1) == [Retry]
        bench.clock.move(timedelta(seconds=1))
        await delivering.empty()
    assert received(held) == ["1", "2", "3"]


async def test_call_that_cannot_be_made_ends_its_row(bench: Bench) -> None:
    person = bench.person()
    bench.shelf.lay(person, "1", "2")
    due, row = bench.shelf.rows[0]
    broken = SendMessage(Prompt("1", ((Button("?", Press(Verb.CHOOSE, card=-1)),),)), silent=False)
    bench.shelf.rows[0] = (due, replace(row, call=broken))
    async with bench.delivering() as delivering:
        await delivering.empty()
    assert bench.shelf.outcomes[0] == (1, Refused("internal"))
    assert received(person) == ["2"]


async def test_outcome_outlives_a_store_that_is_down(bench: Bench) -> None:
    person = bench.person()
    bench.shelf.lay(person, "1", unsolicited=True)
    bench.emulator.faults.add(Fault(Kind.SLOW, "sendMessage", milliseconds=100))
    async with bench.delivering() as delivering:
        await person.until(lambda one: received(one) == ["1"])
        bench.shelf.failures = 2
        await delivering.empty()
    assert (bench.shelf.failures, bench.shelf.of(1), received(person)) == (0, [Sent], ["1"])


async def test_claim_in_doubt_is_given_back_and_sent_once(bench: Bench) -> None:
    person = bench.person()
    bench.shelf.lay(person, "1", "2", unsolicited=True)
    bench.shelf.doubts = 1
    async with bench.delivering() as delivering:
        await delivering.empty()
    assert bench.shelf.outcomes[0] == (1, Retry(NOW, "claim_in_doubt"))
    assert (bench.shelf.doubts, bench.shelf.of(1), received(person)) == (0, [Retry, Sent], ["1", "2"])


async def test_orderly_stop_waits_for_sends_under_way_and_gives_back_those_not_begun(bench: Bench) -> None:
    sent, paced = bench.person(), bench.person()
    bench.shelf.lay(sent, "1", unsolicited=True)
    bench.shelf.lay(paced, "2", unsolicited=True)
    bench.emulator.faults.add(Fault(Kind.SLOW, "sendMessage", milliseconds=300))
    async with bench.delivering(Pace(rate=1)):
        await sent.until(lambda one: received(one) == ["1"])
    assert [bench.shelf.of(number) for number in (1, 2)] == [[Sent], [Retry]]
    assert received(paced) == []


async def test_unsolicited_message_without_an_answer_is_uncertain_and_not_repeated(bench: Bench) -> None:
    person = bench.person()
    bench.shelf.lay(person, "1", unsolicited=True)
    bench.emulator.faults.add(Fault(Kind.CUT_AFTER, "sendMessage"))
    async with bench.delivering() as delivering:
        await delivering.empty()
        bench.clock.move(timedelta(hours=1))
        await delivering.empty()
    assert (bench.shelf.of(1), received(person)) == ([Uncertain], ["1"])


async def test_refused_token_ends_the_loop_and_leaves_nothing_uncertain(bench: Bench) -> None:
    person = bench.person()
    bench.shelf.lay(person, "1", unsolicited=True)
    async with AiohttpRequest() as request:
        api = Api(request, token="5:old", base_url=bench.emulator.base_url)
        outbox = Outbox(bench.shelf.claim, bench.shelf.owed, bench.shelf.settle)
        delivering = Delivering(outbox, Sender(api, bench.clock), pace=Pace(), clock=bench.clock)
        with pytest.raises(TokenRefused):
            await delivering.run()
    assert bench.shelf.of(1) == [Retry]


async def test_telegrams_limits_are_never_met(bench: Bench) -> None:
    bench.emulator.world.limits.enabled = True
    people = [bench.person() for _ in range(3)]
    for person in people:
        bench.shelf.lay(person, *[str(number) for number in range(5)])
    async with bench.delivering(Pace()) as delivering:
        await delivering.empty()
    assert [received(person) for person in people] == [["0", "1", "2", "3", "4"]] * 3
    assert {call.status for call in bench.emulator.world.calls} == {200}


def paid_for(bench: Bench) -> int:
    return sum("allow_paid_broadcast" in call.parameters for call in bench.emulator.world.calls)


@pytest.mark.parametrize("paid", [0.0, 900.0])
async def test_wave_is_paid_for_only_beyond_the_free_allowance_and_if_wanted(bench: Bench, paid: float) -> None:
    people = [bench.person() for _ in range(90)]
    for person in people:
        bench.shelf.lay(person, "check-in", unsolicited=True)
    bench.shelf.lay(people[0], "reply")
    began = monotonic()
    async with bench.delivering(Pace(paid=paid)) as delivering:
        await delivering.empty()
    assert [received(person).count("check-in") for person in people] == [1] * 90
    assert paid > 0 or monotonic() - began > 2  # seventy more than go at once, at thirty a second
    assert (paid_for(bench) > 0) == (paid > 0)
    replies = [call for call in bench.emulator.world.calls if call.parameters.get("text") == "reply"]
    assert ["allow_paid_broadcast" in call.parameters for call in replies] == [False]


async def test_call_is_not_made_by_a_process_that_may_no_longer_send(bench: Bench) -> None:
    person = bench.person()
    bench.shelf.lay(person, "late")
    async with bench.delivering(may_send=lambda: False) as delivering:
        while not bench.shelf.outcomes:
            await asyncio.sleep(0.01)
        delivering.stop()
    assert (received(person), bench.shelf.outcomes[0][1]) == ([], Retry(NOW, "not_leading"))
