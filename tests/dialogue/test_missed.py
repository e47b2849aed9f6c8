"""I-10 what a wave says becomes of an occasion that could not be sent in time: skipped, sent late, or merged
I-11 late is only what could have been sent earlier: not before the enrolment, in quiet hours, or in an outage
I-12 nothing unasked comes in an outage; what waited comes after it, at the person's hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Occurrence, Status
from cora_bot.dialogue.handlers.missed import MISSED_AFTER
from cora_bot.dialogue.script import Script
from cora_bot.dialogue.turn import Turn
from cora_bot.study.model import Missed, Step
from cora_bot.study.stretch import Outage
from tests.support import talk as talking
from tests.support.house import STUDY, script_of
from tests.support.talk import Talk, person

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Telling = Callable[[Missed], None]


@pytest.fixture
def waves(monkeypatch: pytest.MonkeyPatch) -> Telling:
    """Lets every wave of the shipped study say this of what was missed."""

    def say(missed: Missed) -> None:
        shipped = script_of(STUDY)
        changed = tuple(replace(wave, missed=missed) for wave in shipped.study.waves)
        script: Script = replace(shipped, study=replace(shipped.study, waves=changed))
        monkeypatch.setattr(talking, "script_of", lambda _: script)

    return say


def opened_before(wave: str, *, by: timedelta, **who: object) -> Talk:
    """Somebody whose first occasion of ``wave`` should have been sent ``by`` earlier."""
    talk = Talk(person(**who))
    talk.now = talk.occurrences[wave, 1].opens + by
    return talk


def became(turn: Turn) -> list[tuple[int, Step, str]]:
    return [(one.number, one.step, one.reason) for one in turn.occurrences]


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        (Missed.SKIP, [(1, Step.LAPSED, "missed")]),
        (Missed.LATE, [(1, Step.INVITED, "")]),
        (Missed.MERGE, [(1, Step.INVITED, "")]),
    ],
)
def test_occasion_that_could_not_be_sent_for_two_days(
    waves: Telling, missed: Missed, expected: list[tuple[int, Step, str]]
) -> None:
    waves(missed)
    talk = opened_before("arrival", by=2 * DAY)

    turn = talk.due("arrival")

    assert became(turn) == expected
    assert (turn.show is None) == (missed is Missed.SKIP)


@pytest.mark.parametrize(("by", "step"), [(MISSED_AFTER, Step.INVITED), (MISSED_AFTER + HOUR, Step.LAPSED)])
def test_restart_of_the_server_misses_nothing(waves: Telling, by: timedelta, step: Step) -> None:
    waves(Missed.SKIP)
    talk = opened_before("arrival", by=by)

    assert talk.due("arrival").occurrences[0].step is step


def test_reminder_that_comes_late_is_never_skipped(waves: Telling) -> None:
    waves(Missed.SKIP)
    talk = opened_before("arrival", by=timedelta())
    talk.due("arrival")
    talk.wait(days=5)

    assert [(one.step, one.sent) for one in talk.due("arrival").occurrences] == [(Step.INVITED, 2)]


def test_one_that_was_sent_and_opened_again_after_an_outage_is_not_skipped(waves: Telling) -> None:
    waves(Missed.SKIP)
    talk = opened_before("arrival", by=6 * DAY)
    talk.occurrences["arrival", 1] = replace(talk.occurrences["arrival", 1], sent=1, reason="outage")

    assert [(one.step, one.sent) for one in talk.due("arrival").occurrences] == [(Step.INVITED, 2)]


def test_who_enrols_after_the_opening_is_asked_at_once(waves: Telling) -> None:
    waves(Missed.SKIP)
    opens = Talk(person()).occurrences["arrival", 1].opens
    talk = opened_before("arrival", by=2 * DAY, enrolled_at=opens + 2 * DAY - HOUR)

    assert talk.due("arrival").occurrences[0].step is Step.INVITED


def test_hour_in_the_night_is_not_missed_in_the_morning(waves: Telling) -> None:
    waves(Missed.SKIP)
    talk = opened_before("arrival", by=timedelta(), hour=21)
    talk.due("arrival")
    talk.now = talk.occurrences["arrival", 1].next_at or talk.now
    waited = talk.now - talk.occurrences["arrival", 1].opens

    assert (waited, talk.due("arrival").occurrences[0].step) == (11 * HOUR, Step.INVITED)


def test_skipped_one_keeps_the_reason_it_was_held_for(waves: Telling) -> None:
    waves(Missed.SKIP)
    talk = opened_before("arrival", by=timedelta())
    talk.conversation = replace(
        talk.conversation, participant=replace(person(), paused_until=talk.now + timedelta(days=2))
    )
    talk.due("arrival")
    talk.wait(days=2)

    assert became(talk.due("arrival")) == [(1, Step.LAPSED, "paused")]


# ---- merging ---------------------------------------------------------------------------------------------------------


def weekly(talk: Talk, *numbers: int) -> None:
    """Check-ins a week apart, open for twelve days: the next opens before the last has closed."""
    first = talk.occurrences["check_in", 1]
    for number in numbers:
        moved = (number - 1) * 7 * DAY
        talk.occurrences["check_in", number] = replace(
            first,
            number=number,
            local=first.local + moved,
            opens=first.opens + moved,
            closes=first.closes + moved,
            reminders=tuple(each + moved for each in first.reminders),
            next_at=first.opens + moved,
        )
    for key in [key for key in talk.occurrences if key[0] != "check_in" or key[1] not in numbers]:
        del talk.occurrences[key]


def all_due(talk: Talk) -> list[Turn]:
    """What the due loop does with all that is due, earliest first."""
    turns = []
    while due := sorted((one for one in talk.occurrences.values() if is_due(one, talk.now)), key=when):
        turns.append(talk.due(due[0].wave, due[0].number))
    return turns


def is_due(one: Occurrence, now: datetime) -> bool:
    return one.next_at is not None and one.next_at <= now


def when(one: Occurrence) -> datetime:
    assert one.next_at is not None
    return one.next_at


def standing(talk: Talk) -> list[tuple[int, Step, str]]:
    return [(one.number, one.step, one.reason) for one in talk.occurrences.values()]


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        (
            Missed.MERGE,
            [(1, Step.LAPSED, "merged"), (2, Step.LAPSED, "merged"), (3, Step.INVITED, ""), (4, Step.PLANNED, "")],
        ),
        (
            Missed.LATE,
            [
                (1, Step.LAPSED, "late"),
                (2, Step.INVITED, ""),
                (3, Step.PLANNED, "another_open"),
                (4, Step.PLANNED, ""),
            ],
        ),
        (
            Missed.SKIP,
            [(1, Step.LAPSED, "late"), (2, Step.LAPSED, "missed"), (3, Step.LAPSED, "missed"), (4, Step.PLANNED, "")],
        ),
    ],
)
def test_three_missed_ones_lead_to_one_message_at_most(
    waves: Telling, missed: Missed, expected: list[tuple[int, Step, str]]
) -> None:
    waves(missed)
    talk = Talk(person())
    weekly(talk, 1, 2, 3, 4)
    talk.now = talk.occurrences["check_in", 3].opens + DAY

    turns = all_due(talk)

    assert standing(talk) == expected
    assert sum(turn.show is not None for turn in turns) == (0 if missed is Missed.SKIP else 1)


def test_latest_stands_for_the_others_whichever_comes_first(waves: Telling) -> None:
    """One that was put off falls due after the next: it ends with the message for the next, and not after it."""
    waves(Missed.MERGE)
    talk = Talk(person())
    weekly(talk, 1, 2)
    talk.now = talk.occurrences["check_in", 2].opens
    put_off = replace(talk.occurrences["check_in", 1], next_at=talk.now + DAY, reason="another_open")
    talk.occurrences["check_in", 1] = put_off

    turn = talk.due("check_in", 2)

    assert turn.show is not None
    assert standing(talk) == [(1, Step.LAPSED, "merged"), (2, Step.INVITED, "")]


def test_one_that_was_sent_is_not_merged(waves: Telling) -> None:
    waves(Missed.MERGE)
    talk = Talk(person())
    weekly(talk, 1, 2)
    talk.now = talk.occurrences["check_in", 1].opens
    talk.due("check_in", 1)
    talk.now = talk.occurrences["check_in", 2].opens
    talk.due("check_in", 2)

    assert standing(talk) == [(1, Step.INVITED, ""), (2, Step.PLANNED, "another_open")]


def test_nobody_who_stopped_is_merged(waves: Telling) -> None:
    waves(Missed.MERGE)
    talk = Talk(person())
    weekly(talk, 1, 2)
    talk.now = talk.occurrences["check_in", 2].opens
    talk.conversation = replace(talk.conversation, participant=person(status=Status.STOPPED))

    assert became(talk.due("check_in", 1)) == [(1, Step.CANCELLED, "stopped")]


# ---- outages ---------------------------------------------------------------------------------------------------------


def cut_off(talk: Talk, begins: str, ends: str, place: str = "AL") -> None:
    outage = Outage(place, datetime.fromisoformat(begins), datetime.fromisoformat(ends))
    talk.conversation = replace(talk.conversation, outages=(*talk.conversation.outages, outage))


def test_occasion_in_an_outage_comes_after_it_at_the_hour(waves: Telling) -> None:
    waves(Missed.SKIP)
    talk = opened_before("arrival", by=timedelta())  # 14 December, 11:00 in Tirana
    cut_off(talk, "2026-12-13", "2026-12-16T15:00")

    held = talk.due("arrival").occurrences[0]
    talk.now = held.next_at or talk.now
    turn = talk.due("arrival")

    assert (held.step, held.reason, held.next_at) == (
        Step.PLANNED,
        "outage",
        datetime(2026, 12, 17, 10, tzinfo=UTC),
    )
    assert (turn.show is not None, became(turn)) == (True, [(1, Step.INVITED, "")])


@pytest.mark.parametrize("place", ["AL", "Europe/Tirane"])
def test_reminder_in_an_outage_waits_too(place: str) -> None:
    talk = opened_before("arrival", by=timedelta())
    talk.due("arrival")
    talk.wait(days=3)
    cut_off(talk, "2026-12-16", "2026-12-19", place)

    turn = talk.due("arrival")

    assert turn.show is None
    assert turn.occurrences[0].next_at == datetime(2026, 12, 19, 10, tzinfo=UTC)


def test_outage_elsewhere_holds_nobody() -> None:
    talk = opened_before("arrival", by=timedelta())
    cut_off(talk, "2026-12-13", "2026-12-16", "AF")

    assert talk.due("arrival").show is not None


def test_wave_that_the_study_no_longer_has_is_sent_late(waves: Telling) -> None:
    waves(Missed.SKIP)
    talk = opened_before("arrival", by=2 * DAY)
    talk.occurrences["gone", 1] = replace(talk.occurrences["arrival", 1], wave="gone")
    del talk.occurrences["arrival", 1]

    assert talk.due("gone").occurrences[0].step is Step.INVITED


def test_plan_of_a_person_counts_the_outages_of_their_place() -> None:
    from cora_bot.dialogue.handlers.planning import plan_for
    from cora_bot.dialogue.scene import Scene

    talk = Talk(person())
    cut_off(talk, "2026-12-20", "2026-12-25")
    scene = Scene(talk.conversation, script_of(STUDY), talk.now, talk.chance)

    closes = {each.wave: each.closes for each in plan_for(scene) if each.number == 1}
    before = {each.wave: each.closes for each in talk.occurrences.values() if each.number == 1}
    assert {wave: closes[wave] - before[wave] for wave in closes} == {
        wave: 5 * DAY if wave == "arrival" else timedelta() for wave in before
    }
