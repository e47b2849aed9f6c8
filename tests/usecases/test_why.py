"""WY-01 every planned message is told once, sent or not, with why, in order of time · WY-02 what was sent is what the
ledger says · WY-03 who asks for a code nobody has is told so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Occurrence, Status
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.turn import Turn
from cora_bot.export.reasons import OCCASIONS
from cora_bot.store.ledger import Contact
from cora_bot.store.tables import State
from cora_bot.study.model import Step
from cora_bot.usecases import outage
from cora_bot.usecases.due import due
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from cora_bot.usecases.why import (
    ANSWERED,
    FIRST_CAME_LATER,
    PASSED_OVER,
    STATES,
    Line,
    explained,
    why,
)
from tests.support.phone import Phone
from tests.support.stores import BEGIN
from tests.support.turns import DAY, HOUR, joined, meet, occurrence, record, session, write

CODE = "K7F-2QX"
WHO = b"p" * 16


def arrival(step: Step = Step.PLANNED, **changes: object) -> Occurrence:
    """Open for seven days from BEGIN, with reminders after one and three."""
    fields: dict[str, object] = {"next_at": None if "finished_at" in changes else BEGIN}
    return occurrence("arrival", 1, BEGIN, step, **(fields | changes))


def contact(kind: str, at: datetime, state: State = State.SENT, outcome: str = "") -> Contact:
    return Contact(WHO, f"{kind}:arrival", state, outcome, "arrival", 1, at, at)


def told(planned: Occurrence, *contacts: Contact, now: datetime = BEGIN) -> list[tuple[str, str, str, timedelta]]:
    """Message, state, why, and when after BEGIN."""
    lines = explained([planned], contacts, now)
    assert {(line.wave, line.number) for line in lines} == {("arrival", 1)}
    return [(line.message, line.state, line.why, line.at - BEGIN) for line in lines]


SENT_FIRST = contact("invitation", BEGIN)


def test_what_is_to_come() -> None:
    assert told(arrival(), now=BEGIN - DAY) == [
        ("invitation", "to come", "", timedelta()),
        ("reminder", "to come", "", DAY),
        ("reminder", "to come", "", 3 * DAY),
    ]


def test_what_is_held_says_why_and_until_when() -> None:
    held = arrival(reason="paused", next_at=BEGIN + 2 * DAY)

    assert told(held, now=BEGIN + DAY + HOUR) == [
        ("reminder", "not sent", FIRST_CAME_LATER, DAY),
        ("invitation", "to come", OCCASIONS["paused"], 2 * DAY),
        ("reminder", "to come", "", 3 * DAY),
    ]


def test_answer_ends_the_reminders() -> None:
    done = arrival(Step.COMPLETE, sent=2, finished_at=BEGIN + 2 * DAY, opened_at=BEGIN + 2 * DAY)

    assert told(done, SENT_FIRST, contact("reminder", BEGIN + DAY), now=BEGIN + 9 * DAY) == [
        ("invitation", "sent", "", timedelta()),
        ("reminder", "sent", "", DAY),
        ("end", "complete", "", 2 * DAY),
        ("reminder", "not sent", ANSWERED, 3 * DAY),
    ]


def test_window_that_closed_unopened() -> None:
    over = arrival(Step.EXPIRED, sent=2, reason="not_opened", finished_at=BEGIN + 7 * DAY)
    late = contact("reminder", BEGIN + 3 * DAY, State.LAPSED, "blocked")

    assert told(over, SENT_FIRST, late, now=BEGIN + 9 * DAY) == [
        ("invitation", "sent", "", timedelta()),
        ("reminder", "not sent", PASSED_OVER, DAY),
        ("reminder", "not sent", "the person had blocked the bot, or did so now", 3 * DAY),
        ("end", "expired", OCCASIONS["not_opened"], 7 * DAY),
    ]


@pytest.mark.parametrize(
    ("step", "reason"), [(Step.LAPSED, "missed"), (Step.LAPSED, "merged"), (Step.CANCELLED, "stopped")]
)
def test_what_was_never_sent_says_why_once(step: Step, reason: str) -> None:
    never = arrival(step, reason=reason, finished_at=BEGIN + DAY)

    assert told(never, now=BEGIN + 9 * DAY) == [("invitation", "not sent", OCCASIONS[reason], timedelta())]


def test_reminder_held_now_says_what_holds_it() -> None:
    held = arrival(Step.INVITED, sent=1, reason="blocked", next_at=BEGIN + 2 * DAY)

    assert told(held, SENT_FIRST, now=BEGIN + DAY + HOUR)[1] == ("reminder", "not sent", OCCASIONS["blocked"], DAY)


def test_what_opens_again_after_an_outage_comes_again() -> None:
    again = arrival(sent=1, reason="outage", next_at=BEGIN + 8 * DAY, closes=BEGIN + 12 * DAY, reminders=())

    assert told(again, SENT_FIRST, now=BEGIN + 7 * DAY) == [
        ("invitation", "sent", "", timedelta()),
        ("invitation", "to come", OCCASIONS["outage"], 8 * DAY),
    ]


def test_letter_has_no_occasion() -> None:
    one = Contact(WHO, "letter", State.UNCERTAIN, "no_answer", None, None, BEGIN, BEGIN)

    assert explained([], [one], BEGIN) == (Line(BEGIN, "", None, "letter", "perhaps sent", "Telegram did not answer"),)


def test_every_state_of_the_outbox_has_a_word() -> None:
    assert set(STATES) == set(State)


# ---- over the store --------------------------------------------------------------------------------------------------


async def somebody(house: House, *planned: Occurrence, **fields: object) -> None:
    """With one record, so that the key store knows the code."""
    before = await joined(house, 700, code=CODE, zone="Asia/Kabul", country="AF", hour=11, **fields)
    made = record(house.chance, session(house.chance), "x")
    await write(house, before, Turn(before, records=(made,), occurrences=planned))


@pytest.mark.parametrize("typed", [CODE, "k7f-2qx", " K7F2QX ", "k7f 2qx"])
async def test_code_is_found_however_it_is_typed(house: House, typed: str) -> None:
    await somebody(house, arrival())
    found = await why(house, typed)

    assert (found.code, found.zone, found.status) == (CODE, "Asia/Kabul", Status.ACTIVE)
    assert f"{found.local(found.lines[0]):%Y-%m-%d %H:%M}" == "2026-12-01 13:30"


@pytest.mark.parametrize("typed", ["M3A-9ZW", "", "K7F", "K7F-2QX-9"])
async def test_code_that_nobody_has(house: House, typed: str) -> None:
    await somebody(house, arrival())
    with pytest.raises(CoraError, match=f"nobody is known by the code {typed}$"):
        await why(house, typed)


async def test_who_has_not_joined_yet_has_nothing_planned(house: House) -> None:
    await somebody(house, status=Status.ENROLLING)
    with pytest.raises(CoraError, match=f"{CODE} has not joined yet"):
        await why(house, CODE)


async def test_life_of_one_occasion_with_an_outage(house: House) -> None:
    """Sent on time, put off by an outage, opened and stopped: each message with its reason."""
    house.clock.set(datetime(2027, 1, 5, 6, 30, tzinfo=UTC))  # type: ignore[attr-defined]
    from tests.usecases.test_outage import check_in

    await somebody(house, check_in(house))
    phone = Phone(house)
    await tick(house, phone)
    await outage.enter(house, "AF", datetime(2027, 1, 7), datetime(2027, 1, 9))
    house.clock.move(5 * DAY)  # type: ignore[attr-defined]
    await tick(house, phone)
    before = await meet(house, 700)
    await receive(house, [phone.pressed(Verb.NOT_NOW)])
    stopping = replace(
        before.planned[0], step=Step.CANCELLED, next_at=None, reason="stopped", finished_at=house.clock.now()
    )
    await write(house, await meet(house, 700), Turn(await meet(house, 700), occurrences=(stopping,)))
    found = await why(house, CODE)

    assert [(f"{found.local(line):%d %H:%M}", line.message, line.state, line.why) for line in found.lines] == [
        ("05 11:00", "invitation", "sent", ""),
        ("10 11:00", "reminder", "sent", ""),
        ("10 11:00", "end", "cancelled", OCCASIONS["stopped"]),
        ("14 11:00", "reminder", "not sent", OCCASIONS["stopped"]),
    ]


async def tick(house: House, phone: Phone) -> None:
    while await due(house):
        pass
    await phone.deliver()
