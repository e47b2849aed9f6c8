"""The receiving loop, against the emulator.

G-01 nothing is acknowledged before it is committed; what was not, comes again
G-02 a second poller, a webhook, a broken network: explained, waited out, nothing lost
G-03 spinners are stopped after the commit, and losing one harms nothing
G-04 where more waits than a fetch brings, a batch is taken in, acknowledged, and handled while the next is fetched
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.api import Answer, Api, TokenRefused
from bot.pacing import Backoff
from bot.pilot.faults import Fault, Kind
from bot.pilot.person import Person
from bot.pilot.server import Emulator
from bot.receive.polling import EXPLAINED_EVERY, GATHER, STALE, Intake, Polling, Spacing
from bot.request import AiohttpRequest
from cora_bot.base.clock import SetClock
from cora_bot.base.logging import LOGGER, start_logging
from cora_bot.dialogue.inputs import Pressed, Text
from cora_bot.usecases.exchange import Arrived, Reaction
from cora_bot.usecases.taking_in import TakenIn


class Ledger:
    """Where batches are committed: a list, and how often committing fails first.

    ``taken_in`` are those that were acknowledged before; they are handled while ``open`` is set.
    """

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.taken_in: list[list[str]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.attempts: list[tuple[Arrived, ...]] = []
        self.committed: list[Arrived] = []
        self._grown = asyncio.Event()

    async def receive(self, batch: Sequence[Arrived]) -> list[Reaction]:
        self.attempts.append(tuple(batch))
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")
        self.committed += batch
        self._grown.set()
        return [Reaction(one.key, "Saved") for one in batch if one.key.startswith("c:")]

    async def take_in(self, batch: Sequence[Arrived]) -> TakenIn:
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")
        self.taken_in.append([one.input.text for one in batch if isinstance(one.input, Text)])
        return TakenIn(b"", tuple(batch))

    async def handle(self, taken: TakenIn) -> list[Reaction]:
        await self.open.wait()
        return await self.receive(taken.batch)

    @property
    def intake(self) -> Intake:
        return Intake(self.receive, self.take_in, self.handle)

    async def has(self, count: int) -> None:
        while len(self.committed) < count:
            self._grown.clear()
            await self._grown.wait()

    def texts(self) -> list[str]:
        return [one.input.text for one in self.committed if isinstance(one.input, Text)]


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(clock=SetClock(datetime(2026, 6, 1, tzinfo=UTC))) as running:
        yield running


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    written = io.StringIO()
    handlers = logging.getLogger().handlers[:]
    start_logging(written, level=logging.DEBUG)
    yield written
    logging.getLogger().handlers[:] = handlers
    LOGGER.setLevel(logging.NOTSET)


def actions(logs: io.StringIO, *names: str) -> list[dict[str, object]]:
    return [line for line in map(json.loads, logs.getvalue().splitlines()) if line["action"] in names]


@asynccontextmanager
async def polling(emulator: Emulator, ledger: Ledger, **options: object) -> AsyncIterator[Polling]:
    async with AiohttpRequest(connect_timeout=1, read_timeout=2) as request:
        api = Api(request, token=emulator.token, base_url=emulator.base_url)
        yield Polling(api, ledger.intake, long_poll=0, backoff=Backoff(first=0.01, most=0.05), **options)


def someone(emulator: Emulator, *texts: str) -> Person:
    person = emulator.world.person("A")
    for text in texts:
        person.type(text)
    return person


async def test_updates_are_committed_in_order_and_acknowledged_by_the_next_fetch(emulator: Emulator) -> None:
    someone(emulator, "one", "two", "three")
    ledger = Ledger()
    async with polling(emulator, ledger) as poll:
        assert await poll.once() == 3
        assert len(emulator.world.queue) == 3
        assert await poll.once() == 0
    assert ledger.texts() == ["one", "two", "three"]
    assert len(emulator.world.queue) == 0


async def test_batch_the_store_refuses_is_kept_and_committed_later(emulator: Emulator, logs: io.StringIO) -> None:
    someone(emulator, "one", "two")
    ledger = Ledger(failures=2)
    async with polling(emulator, ledger) as poll:
        await poll.once()
    assert [len(attempt) for attempt in ledger.attempts] == [2, 2, 2]
    assert ledger.texts() == ["one", "two"]
    failed = actions(logs, "receive_failed")
    assert [(line["error"], line["updates"]) for line in failed] == [("OSError", 2), ("OSError", 2)]
    assert "disk full" not in logs.getvalue()


async def test_updates_not_acknowledged_come_again_to_the_next_process(emulator: Emulator) -> None:
    someone(emulator, "one")
    first, second = Ledger(), Ledger()
    async with polling(emulator, first) as poll:
        await poll.once()
    async with polling(emulator, second) as poll:
        await poll.once()
    assert first.committed == second.committed


async def test_lower_update_ids_after_a_quiet_week_are_acknowledged(emulator: Emulator) -> None:
    person = someone(emulator, "before")
    ledger = Ledger()
    async with polling(emulator, ledger) as poll:
        await poll.once()
        await poll.once()
        emulator.world.queue.jump(1000)
        person.type("after")
        await poll.once()
        await poll.once()
    assert ledger.texts() == ["before", "after"]
    assert len(emulator.world.queue) == 0


async def test_update_that_means_nothing_is_acknowledged_and_not_received(emulator: Emulator) -> None:
    person = someone(emulator)
    group = emulator.world.group("G", by=person)
    assert len(emulator.world.queue) == 1
    ledger = Ledger()
    async with polling(emulator, ledger) as poll:
        await poll.once()
        await poll.once()
    assert (ledger.attempts, len(emulator.world.queue), group.living()) == ([], 0, ())


async def test_press_is_answered_after_its_commit(emulator: Emulator) -> None:
    person = someone(emulator, "hi")
    known = person.press_old(1, "1m")
    unknown = person.press_old(1, "garbage")
    ledger = Ledger(failures=1)
    async with polling(emulator, ledger) as poll:
        await poll.once()
        await poll.settled()
    assert [one.key for one in ledger.committed if isinstance(one.input, Pressed)] == [f"c:{known}"]
    assert sorted((toast.query_id, toast.text) for toast in person.toasts) == sorted([(known, "Saved"), (unknown, "")])


async def test_press_too_old_to_answer_harms_nothing(emulator: Emulator, logs: io.StringIO) -> None:
    person = someone(emulator, "hi")
    person.press_old(1, "1m")
    ledger = Ledger()
    async with polling(emulator, ledger) as poll:
        emulator.world.callbacks.clear()
        await poll.once()
        await poll.settled()
    assert len(ledger.committed) == 2
    assert [line["code"] for line in actions(logs, "spinner_refused")] == [400]


async def test_answer_that_is_cut_harms_nothing(emulator: Emulator, logs: io.StringIO) -> None:
    someone(emulator, "hi").press_old(1, "1m")
    emulator.faults.add(Fault(Kind.CUT_AFTER, "answerCallbackQuery"))
    async with polling(emulator, Ledger()) as poll:
        await poll.once()
        await poll.settled()
    assert len(actions(logs, "spinner_lost")) == 1


async def test_second_poller_is_explained_and_waited_out(emulator: Emulator, logs: io.StringIO) -> None:
    someone(emulator, "one")
    ledger = Ledger()
    async with AiohttpRequest(read_timeout=5) as request:
        api = Api(request, token=emulator.token, base_url=emulator.base_url)
        waiting = Polling(api, ledger.intake, long_poll=5, backoff=Backoff(first=0.01))
        await waiting.once()
        task = asyncio.create_task(waiting.once())
        await asyncio.sleep(0.1)
        await api.call("getUpdates", {"timeout": 0, "offset": 0})
        assert await task == 0
    (conflict,) = actions(logs, "poll_conflict")
    assert str(conflict["because"]).startswith("another process polls with this bot's token, here or on another")
    assert ledger.texts() == ["one"]


async def test_conflict_that_lasts_is_explained_once_an_hour_and_told_each_time(
    emulator: Emulator, logs: io.StringIO
) -> None:
    seen: list[bool] = []
    at = [0.0]

    async def taken(*_: object, **__: object) -> Answer:
        return Answer(409, description="conflict: terminated by other getupdates request")

    async with polling(emulator, Ledger(), conflict=lambda: seen.append(True), seconds=lambda: at[0]) as poll:
        poll._api.call = taken  # type: ignore[method-assign]
        for at[0] in (0, 10, 20, EXPLAINED_EVERY + 1):
            await poll.once()
    assert (len(actions(logs, "poll_conflict")), len(seen)) == (2, 4)


async def test_offset_is_dropped_after_idle_weeks(emulator: Emulator) -> None:
    """Lower numbers that begin just below the old offset would be taken for acknowledged ones, and lost."""
    person = someone(emulator, "before")
    ledger, at = Ledger(), [0.0]
    async with polling(emulator, ledger, seconds=lambda: at[0]) as poll:
        await poll.once()
        await poll.once()
        emulator.world.queue.jump(poll._offset - 5)
        at[0] = STALE + 1
        person.type("after")
        await poll.once()
        await poll.once()
    assert (ledger.texts(), len(emulator.world.queue)) == (["before", "after"], 0)


async def test_webhook_left_over_is_taken_away(emulator: Emulator) -> None:
    someone(emulator, "one")
    emulator.world.profile.webhook = {"url": "https://example.org/hook"}
    ledger = Ledger()
    async with polling(emulator, ledger) as poll:
        assert [await poll.once(), await poll.once()] == [0, 1]
    assert ledger.texts() == ["one"]


@pytest.mark.parametrize("kind", [Kind.CUT_BEFORE, Kind.CUT_AFTER, Kind.ERROR_BEFORE, Kind.FLOOD])
async def test_network_fault_loses_nothing(emulator: Emulator, kind: Kind) -> None:
    someone(emulator, "one", "two")
    emulator.faults.add(Fault(kind, "getUpdates", count=2, retry_after=0))
    ledger = Ledger()
    async with polling(emulator, ledger) as poll:
        while not ledger.committed or await poll.once():
            await poll.once()
    assert list(dict.fromkeys(ledger.texts())) == ["one", "two"]


async def test_refused_token_stops_the_loop(emulator: Emulator) -> None:
    emulator.world.revoke("5:new")
    async with AiohttpRequest() as request:
        with pytest.raises(TokenRefused):
            await Polling(Api(request, token="5:old", base_url=emulator.base_url), Ledger().intake).run()


async def test_order_to_stop_lets_a_commit_finish(emulator: Emulator) -> None:
    someone(emulator, "one")
    began, committed = asyncio.Event(), []

    async def slowly(batch: Sequence[Arrived]) -> list[Reaction]:
        began.set()
        await asyncio.sleep(0.2)
        committed.extend(batch)
        return []

    async with AiohttpRequest() as request:
        api = Api(request, token=emulator.token, base_url=emulator.base_url)
        poll = Polling(api, Intake(slowly, Ledger().take_in, Ledger().handle), long_poll=1)
        task = asyncio.create_task(poll.run())
        await began.wait()
        poll.stop()
        await task
    assert len(committed) == 1


async def test_order_to_stop_does_not_wait_for_the_long_poll_or_a_store_that_is_down(emulator: Emulator) -> None:
    async with AiohttpRequest() as request:
        api = Api(request, token=emulator.token, base_url=emulator.base_url)
        for failures in (0, 1000):
            poll = Polling(api, Ledger(failures).intake, long_poll=20)
            task = asyncio.create_task(poll.run())
            await asyncio.sleep(0.1)
            for _ in range(2):  # whoever is impatient says it twice
                poll.stop()
                await asyncio.sleep(0)
            async with asyncio.timeout(2):
                await task
            if not failures:
                someone(emulator, "one")
    assert len(emulator.world.queue) == 1


@asynccontextmanager
async def running(emulator: Emulator, ledger: Ledger) -> AsyncIterator[Polling]:
    async with polling(emulator, ledger, batch=2) as poll:
        task = asyncio.create_task(poll.run())
        yield poll
        poll.stop()
        async with asyncio.timeout(2):
            await task


@asynccontextmanager
async def handling(emulator: Emulator, ledger: Ledger, taken_in: int = 1) -> AsyncIterator[Polling]:
    """So many batches of two are taken in, and the first is being handled until the ledger is opened."""
    ledger.open.clear()
    async with running(emulator, ledger) as poll:
        await until(lambda: len(ledger.taken_in) == taken_in)
        yield poll


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)


async def test_next_batch_is_taken_in_while_one_is_handled_and_no_other(emulator: Emulator) -> None:
    someone(emulator, *"123456789")
    ledger = Ledger()
    async with handling(emulator, ledger, 2):
        await asyncio.sleep(0.1)
        assert (ledger.taken_in, ledger.attempts) == ([["1", "2"], ["3", "4"]], [])
        assert len(emulator.world.queue) == 7  # the second is acknowledged by the fetch that comes behind the first
        ledger.open.set()
        await ledger.has(9)
    assert ledger.texts() == list("123456789")
    assert [len(batch) for batch in ledger.attempts] == [2, 2, 2, 2, 1]  # the last was not full, and waited
    assert len(ledger.taken_in) == 4


async def test_store_that_fails_meanwhile_is_waited_for(emulator: Emulator, logs: io.StringIO) -> None:
    someone(emulator, *"1234")
    ledger = Ledger()
    async with handling(emulator, ledger, 2):
        ledger.failures = 2
        ledger.open.set()
        await ledger.has(4)
    assert ledger.texts() == list("1234")
    assert [line["updates"] for line in actions(logs, "receive_failed")] == [2, 2]


async def test_order_to_stop_lets_what_is_being_handled_finish(emulator: Emulator) -> None:
    someone(emulator, *"12")
    ledger = Ledger()
    async with handling(emulator, ledger) as poll:
        poll.stop()
        await asyncio.sleep(0.05)
        ledger.open.set()
    assert ledger.texts() == ["1", "2"]


async def test_order_to_stop_does_not_wait_for_a_store_that_is_down_meanwhile(emulator: Emulator) -> None:
    someone(emulator, *"12")
    ledger = Ledger()
    async with handling(emulator, ledger):
        ledger.failures = 1000
        ledger.open.set()
        await until(lambda: len(ledger.attempts) > 0)
    assert ledger.committed == []


async def test_press_taken_in_is_answered_once_it_is_handled(emulator: Emulator) -> None:
    person = someone(emulator, "hi")
    known = person.press_old(1, "1m")
    ledger = Ledger()
    async with handling(emulator, ledger) as poll:
        await asyncio.sleep(0.05)
        assert person.toasts == []
        ledger.open.set()
        await poll.settled()
    assert [(toast.query_id, toast.text) for toast in person.toasts] == [(known, "Saved")]


async def test_full_batch_that_means_nothing_is_acknowledged(emulator: Emulator) -> None:
    person = someone(emulator)
    for _ in range(2):
        emulator.world.group("G", by=person)
    ledger = Ledger()
    async with polling(emulator, ledger, batch=2) as poll:
        assert [await poll.once(), await poll.once()] == [2, 0]
    assert (ledger.taken_in, ledger.attempts, len(emulator.world.queue)) == ([], [], 0)


async def test_light_load_is_gathered(emulator: Emulator) -> None:
    ledger = Ledger()
    async with AiohttpRequest() as request:
        api = Api(request, token=emulator.token, base_url=emulator.base_url)
        poll = Polling(api, ledger.intake, long_poll=5)
        task = asyncio.create_task(poll.run())
        person = emulator.world.person("A")
        for number in range(40):
            person.type(str(number))
            await asyncio.sleep(timedelta(milliseconds=5).total_seconds())
        await ledger.has(40)
        poll.stop()
        await task
    assert ledger.texts() == [str(number) for number in range(40)]
    assert len(ledger.attempts) <= 20


@pytest.mark.parametrize(("rate", "expected"), [(1, 0.15), (30, 0.15), (100, 0.05), (200, 0.025), (2000, 0.025)])
def test_fetches_are_so_far_apart_that_a_handful_comes_together(rate: int, expected: float) -> None:
    """At 30 a second the most they may be apart is not enough for a handful."""
    spacing = Spacing(GATHER)
    for _ in range(50):
        spacing.learn(max(1, round(rate * spacing.seconds)))
    assert spacing.seconds == pytest.approx(expected, rel=0.25)
