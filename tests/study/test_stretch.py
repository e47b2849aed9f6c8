"""S-30 the clock of a window stands still in an outage: as much time stays outside outages as the study gives
S-31 reminders inside an outage come after it, at the person's hour · S-32 an outage is wall time at its place, on
clock-change days too · S-33 what does not overlap stays as it was · S-34 a country is not its zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cora_bot.base.values import replace
from cora_bot.study.model import Planned, Study
from cora_bot.study.schedule import placed
from cora_bot.study.stretch import Outage, Span, back_at, out_until, overlap, span, spans, stretched

KABUL = ZoneInfo("Asia/Kabul")
TIRANE = ZoneInfo("Europe/Tirane")
DAY = timedelta(days=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def kabul(text: str) -> datetime:
    return local(text).replace(tzinfo=KABUL).astimezone(UTC)


def out(begins: str, ends: str, place: str = "AF") -> Outage:
    return Outage(place, local(begins), local(ends))


def cut(*outages: Outage) -> tuple[Span, ...]:
    return spans(outages, country="AF", zone="Asia/Kabul")


def window(study: Study, opens: str = "2027-01-05T11:00") -> Planned:
    """A check-in of the shipped study: open for twelve days, reminders after three and seven."""
    return placed(study.wave("check_in"), 1, local(opens), KABUL)


def stretch(planned: Planned, *outages: Outage) -> Planned:
    return stretched(planned, cut(*outages), "Asia/Kabul")


def test_window_is_longer_by_an_outage_inside_it(study: Study) -> None:
    found = stretch(window(study), out("2027-01-10", "2027-01-15"))

    assert found.closes == kabul("2027-01-22T11:00")
    assert found.reminders == (kabul("2027-01-08T11:00"), kabul("2027-01-17T11:00"))
    assert (found.opens, found.local) == (kabul("2027-01-05T11:00"), local("2027-01-05T11:00"))


def test_outage_beyond_the_end_leaves_what_it_took(study: Study) -> None:
    """Seven of twelve days had passed; the other five come after it, not only the overlap of the old window."""
    found = stretch(window(study), out("2027-01-12T11:00", "2027-02-01T11:00"))

    assert found.closes == kabul("2027-02-06T11:00")


def test_opening_in_an_outage_keeps_the_whole_window_after_it(study: Study) -> None:
    found = stretch(window(study), out("2027-01-01", "2027-01-10T11:00"))

    assert found.closes - kabul("2027-01-10T11:00") == 12 * DAY
    assert found.reminders == (kabul("2027-01-13T11:00"), kabul("2027-01-17T11:00"))


def test_two_outages_add_up_and_one_entered_twice_does_not(study: Study) -> None:
    first, second = out("2027-01-06", "2027-01-08"), out("2027-01-18", "2027-01-21")

    assert stretch(window(study), first, second).closes == kabul("2027-01-22T11:00")
    assert stretch(window(study), second, first, first) == stretch(window(study), first, second)
    assert stretch(window(study), out("2027-01-06", "2027-01-07"), out("2027-01-07", "2027-01-08")) == stretch(
        window(study), first
    )


@pytest.mark.parametrize(
    "outage",
    [
        out("2027-01-01", "2027-01-05T11:00"),  # ends as it opens
        out("2027-01-17T11:00", "2027-01-20"),  # begins as it closes
        out("2027-01-06", "2027-01-10", place="AL"),
        out("2027-01-06", "2027-01-10", place="Europe/Tirane"),
    ],
)
def test_outage_elsewhere_or_outside_the_window_changes_nothing(study: Study, outage: Outage) -> None:
    assert stretch(window(study), outage) == window(study)


def test_outage_of_hours_keeps_the_hour_of_reminders(study: Study) -> None:
    found = stretch(window(study), out("2027-01-08T10:00", "2027-01-08T14:00"))

    assert found.reminders == (kabul("2027-01-09T11:00"), kabul("2027-01-13T11:00"))
    assert found.closes == kabul("2027-01-17T15:00")


def test_reminder_at_the_first_minute_of_an_outage_moves(study: Study) -> None:
    found = stretch(window(study), out("2027-01-08T11:00", "2027-01-09T11:00"))

    assert found.reminders[0] == kabul("2027-01-09T11:00")


def test_reminder_moved_to_its_hour_does_not_fall_into_the_next_outage(study: Study) -> None:
    """Eight and a half days pass between the two; the hour after that lies in the second."""
    first, second = out("2027-01-01T12:00", "2027-01-13T12:00"), out("2027-01-20T13:00", "2027-01-21T12:00")
    found = stretch(window(study), first, second)

    assert found.reminders == (kabul("2027-01-17T11:00"), kabul("2027-01-22T11:00"))


def test_reminder_that_would_lose_its_window_for_its_hour_gives_up_the_hour() -> None:
    short = Planned("w", 1, local("2027-01-05T11:00"), kabul("2027-01-05T11:00"), kabul("2027-01-05T17:00"),
                    (kabul("2027-01-05T14:00"),))  # fmt: skip

    found = stretch(short, out("2027-01-05T13:00", "2027-01-06T07:00"))

    assert (found.reminders, found.closes) == ((kabul("2027-01-06T08:00"),), kabul("2027-01-06T11:00"))


def test_country_and_zone_both_name_a_person_and_neither_stands_for_the_other() -> None:
    """Kosovo and Serbia share a zone; one can be cut off without the other."""
    kosovo, zone = out("2027-01-10", "2027-01-11", "XK"), out("2027-01-20", "2027-01-21", "Europe/Belgrade")

    assert len(spans([kosovo, zone], country="XK", zone="Europe/Belgrade")) == 2
    assert len(spans([kosovo, zone], country="RS", zone="Europe/Belgrade")) == 1


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        ("2027-03-28", "2027-03-29", 23),  # clocks go forward
        ("2027-10-31", "2027-11-01", 25),  # and back
        ("2027-10-31T02:30", "2027-10-31T02:40", 1 + 1 / 6),  # the first 02:30 to the second 02:40
        ("2027-03-28T02:10", "2027-03-28T02:50", 0),  # an hour that was not there
        ("2027-03-28T02:30", "2027-03-28T03:30", 0.5),
    ],
)
def test_span_on_days_of_a_clock_change(begins: str, ends: str, hours: float) -> None:
    first, last = span(out(begins, ends, "AL"), TIRANE)

    assert (last - first).total_seconds() / 3600 == pytest.approx(hours)


def test_nothing_is_left_of_an_outage_in_an_hour_that_was_not_there() -> None:
    assert spans([out("2027-03-28T02:10", "2027-03-28T02:50", "AL")], country="AL", zone="Europe/Tirane") == ()


def test_same_wall_time_is_another_instant_in_another_zone() -> None:
    other = out("2027-01-10", "2027-01-11", "other")

    moscow, dakar = (spans([other], country="other", zone=zone)[0][0] for zone in ("Europe/Moscow", "Africa/Dakar"))
    assert dakar - moscow == timedelta(hours=3)


def test_back_at_waits_for_the_hour_after_the_outage_and_through_the_next() -> None:
    late = kabul("2027-02-01T00:00")
    two = cut(out("2027-01-10", "2027-01-15T12:00"), out("2027-01-16T08:00", "2027-01-17"))

    assert back_at(two, kabul("2027-01-09T23:59"), time(11), KABUL, before=late) == kabul("2027-01-09T23:59")
    assert back_at(two, kabul("2027-01-10T00:00"), time(7), KABUL, before=late) == kabul("2027-01-16T07:00")
    assert back_at(two, kabul("2027-01-10T00:00"), time(11), KABUL, before=late) == kabul("2027-01-17T11:00")
    assert back_at(two, kabul("2027-01-10T00:00"), time(7), KABUL, before=kabul("2027-01-16T06:00")) == kabul(
        "2027-01-15T12:00"
    )


def test_out_until_has_its_first_instant_and_not_its_last() -> None:
    found = cut(out("2027-01-10", "2027-01-15"))
    begins, ends = found[0]

    assert [out_until(found, at) for at in (begins - DAY, begins, ends - timedelta(seconds=1), ends)] == [
        None, ends, ends, None,
    ]  # fmt: skip


MOMENT = st.integers(0, 60 * 24).map(lambda hours: local("2026-12-20") + timedelta(hours=hours))
OUTAGES = st.lists(
    st.tuples(MOMENT, st.integers(1, 24 * 12)).map(
        lambda pair: Outage("AF", pair[0], pair[0] + timedelta(hours=pair[1]))
    ),
    max_size=5,
)


@given(OUTAGES, st.randoms())
def test_time_outside_outages_is_what_the_study_gives_in_whatever_order(
    study: Study, outages: list[Outage], chance: object
) -> None:
    planned = window(study)
    shuffled = list(outages)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    found = stretch(planned, *outages)

    taken = overlap(cut(*outages), found.opens, found.closes)
    assert found.closes - found.opens - taken == planned.closes - planned.opens
    assert found == stretch(planned, *shuffled, *outages)
    assert all(out_until(cut(*outages), each) is None for each in found.reminders)
    assert all(planned.opens < each < found.closes for each in found.reminders)
    assert replace(found, closes=planned.closes, reminders=planned.reminders) == planned
