"""S-20 whom nothing was promised is never asked: purposes and return decide; S-21 the hour is the person's own, on
clock-change days too; S-22 nothing falls in quiet hours; S-23 windows and reminders go by local time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cora_bot.base.values import replace
from cora_bot.study.model import Anchor, Anchors, Planned, QuietHours, Return, Study, Wave
from cora_bot.study.schedule import allowed_at, instant, is_quiet, later, plan, remaining_reminders

ZONES = [
    "Asia/Kabul",  # + 4:30
    "Africa/Casablanca",  # clocks back for Ramadan
    "Europe/Tirane",
    "Asia/Tehran",
    "Asia/Beirut",  # changes at midnight
    "Australia/Lord_Howe",  # changes by half an hour
    "America/Phoenix",
]
ALL = frozenset({"check_ins", "visits", "after"})
HOME = Anchors(
    enrolled=date(2026, 11, 20),
    return_date=date(2026, 12, 3),
    return_state=Return.DONE,
    zone="Asia/Kabul",
    hour=17,
    purposes=ALL,
)


def of(planned: tuple[Planned, ...], wave: str) -> list[Planned]:
    return [each for each in planned if each.wave == wave]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_plan_of_a_return_that_is_done(study: Study) -> None:
    planned = plan(study, HOME)
    assert [(each.wave, each.number) for each in planned] == [
        ("arrival", 1),
        *(("check_in", number) for number in range(1, 6)),
        ("half_year", 1),
        *(("check_in_later", number) for number in range(1, 7)),
    ]
    months = [each.local.date() for each in planned if each.wave != "arrival"]
    assert [day.isoformat()[:7] for day in months] == [
        *(f"2027-{month:02}" for month in range(1, 13)),
    ]
    assert planned[0] == Planned(
        wave="arrival",
        number=1,
        local=datetime(2026, 12, 17, 17),
        opens=utc("2026-12-17T12:30"),
        closes=utc("2026-12-31T12:30"),
        reminders=(utc("2026-12-20T12:30"), utc("2026-12-24T12:30")),
    )
    assert [each.local.date().isoformat() for each in of(planned, "check_in")][:3] == [
        "2027-01-03",
        "2027-02-03",
        "2027-03-03",
    ]


def test_plan_of_a_planned_return_begins_with_its_check(study: Study) -> None:
    planned = plan(study, replace(HOME, return_state=Return.PLANNED))
    assert (planned[0].wave, planned[0].local) == ("return_check", datetime(2026, 11, 30, 17))
    assert planned[1:] == plan(study, HOME)


@pytest.mark.parametrize(
    "changes",
    [
        {"return_state": Return.NOT_GOING},
        {"return_state": None},
        {"return_date": None},
        {"purposes": frozenset()},
        {"purposes": frozenset({"visits", "after"})},
    ],
)
def test_plan_without_promise_or_return_is_empty(study: Study, changes: dict[str, object]) -> None:
    assert plan(study, replace(HOME, **changes)) == ()  # type: ignore[arg-type]


def test_plan_counts_from_enrolment_whatever_the_return(study: Study) -> None:
    welcome = wave(anchor=Anchor.ENROLMENT, offset="P1D")
    planned = plan(replace(study, waves=(welcome,)), replace(HOME, return_state=Return.NOT_GOING))
    assert [each.local for each in planned] == [datetime(2026, 11, 21, 17)]


def wave(**changes: object) -> Wave:
    plain = Wave(
        id="one",
        form="f",
        anchor=Anchor.RETURN_DATE,
        offset="P0D",
        recurrence="",
        window=timedelta(days=7),
        reminders=(timedelta(days=2),),
        purpose="check_ins",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zone", "day", "hour", "local", "opens"),
    [
        # 02:00-03:00 does not exist on 28 March 2027: the first minute that does.
        ("Europe/Tirane", date(2027, 3, 28), 2, "2027-03-28T03:00", "2027-03-28T01:00"),
        # 02:00 comes twice on 31 October 2027: the first time.
        ("Europe/Tirane", date(2027, 10, 31), 2, "2027-10-31T02:00", "2027-10-31T00:00"),
        # Midnight itself is skipped.
        ("Asia/Beirut", date(2027, 3, 28), 0, "2027-03-28T01:00", "2027-03-27T22:00"),
        # A whole day is skipped: Apia crossed the date line.
        ("Pacific/Apia", date(2011, 12, 30), 10, "2011-12-31T00:00", "2011-12-30T10:00"),
        # Ramadan 2027 begins on 8 February: from the 7th on the clock is an hour back.
        ("Africa/Casablanca", date(2027, 2, 6), 10, "2027-02-06T10:00", "2027-02-06T09:00"),
        ("Africa/Casablanca", date(2027, 2, 8), 10, "2027-02-08T10:00", "2027-02-08T10:00"),
        ("Asia/Tehran", date(2027, 6, 1), 10, "2027-06-01T10:00", "2027-06-01T06:30"),
    ],
)
def test_plan_on_days_of_clock_changes(study: Study, zone: str, day: date, hour: int, local: str, opens: str) -> None:
    anchors = replace(HOME, zone=zone, hour=hour, return_date=day)
    (planned,) = plan(replace(study, waves=(wave(),)), anchors)
    assert (planned.local, planned.opens) == (datetime.fromisoformat(local), utc(opens))


def test_plan_keeps_the_hour_across_a_clock_change(study: Study) -> None:
    anchors = replace(HOME, zone="Europe/Tirane", hour=10, return_date=date(2027, 3, 26))
    (planned,) = plan(replace(study, waves=(wave(),)), anchors)
    assert (planned.opens, planned.closes) == (utc("2027-03-26T09:00"), utc("2027-04-02T08:00"))
    assert planned.reminders == (utc("2027-03-28T08:00"),)


RETURNS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@given(RETURNS, st.sampled_from(ZONES), st.integers(0, 23), st.sampled_from([Return.PLANNED, Return.DONE]))
def test_plan_always_holds(study: Study, day: date, zone: str, hour: int, state: Return) -> None:
    planned = plan(study, replace(HOME, return_date=day, zone=zone, hour=hour, return_state=state))
    place = ZoneInfo(zone)
    assert [each.opens for each in planned] == sorted(each.opens for each in planned)
    for name in ("return_check", "arrival", "check_in"):
        mine = of(planned, name)
        assert [each.number for each in mine] == list(range(1, len(mine) + 1))
    for each in planned:
        assert each.opens.tzinfo is UTC
        assert each.opens.astimezone(place).replace(tzinfo=None) == each.local
        assert each.opens < min(each.reminders) <= max(each.reminders) < each.closes
        if not is_quiet(study.quiet, time(hour)):
            assert not is_quiet(study.quiet, each.local.time())
    monthly = of(planned, "check_in")
    assert all(one.closes < following.opens for one, following in pairwise(monthly))
    assert of(planned, "arrival")[0].closes <= monthly[0].opens


INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))
CLOCK = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(INSTANTS, st.sampled_from(ZONES), CLOCK, CLOCK)
def test_allowed_at_is_never_quiet(study: Study, at: datetime, zone: str, start: time, end: time) -> None:
    asked = replace(study, quiet=QuietHours(start, end))
    found = allowed_at(asked, zone, at)
    assert not is_quiet(asked.quiet, found.astimezone(ZoneInfo(zone)).time())
    assert at <= found <= at + timedelta(hours=50)
    if not is_quiet(asked.quiet, at.astimezone(ZoneInfo(zone)).time()):
        assert found == at


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("Asia/Kabul", "2027-01-01T15:29", "2027-01-01T15:29"),  # 19:59
        ("Asia/Kabul", "2027-01-01T15:30", "2027-01-02T03:30"),  # 20:00 → 08:00
        ("Asia/Kabul", "2027-01-01T22:00", "2027-01-02T03:30"),  # 02:30 → 08:00 the same day
        ("Asia/Kabul", "2027-01-02T03:30", "2027-01-02T03:30"),  # 08:00
        ("Europe/Tirane", "2027-03-27T22:00", "2027-03-28T06:00"),  # clocks go forward in the night
        ("Europe/Tirane", "2027-10-30T22:00", "2027-10-31T07:00"),  # and back
    ],
)
def test_allowed_at_waits_for_the_morning(study: Study, zone: str, at: str, expected: str) -> None:
    assert allowed_at(study, zone, utc(at)) == utc(expected)


def test_allowed_at_in_the_second_pass_of_an_hour(study: Study) -> None:
    """Quiet until 02:30 and clocks back from 03:00 to 02:00: the second 02:10 waits for the second 02:30."""
    asked = replace(study, quiet=QuietHours(time(20), time(2, 30)))
    assert allowed_at(asked, "Europe/Tirane", utc("2027-10-31T01:10")) == utc("2027-10-31T01:30")


def test_allowed_at_where_quiet_hours_end_in_a_gap(study: Study) -> None:
    asked = replace(study, quiet=QuietHours(time(20), time(2, 30)))
    assert allowed_at(asked, "Europe/Tirane", utc("2027-03-28T00:30")) == utc("2027-03-28T01:00")


def test_allowed_at_where_the_only_loud_minutes_are_skipped(study: Study) -> None:
    """Loud from 02:15 to 02:45 alone, and 02:00-03:00 is skipped: the next day's 02:15."""
    asked = replace(study, quiet=QuietHours(time(2, 45), time(2, 15)))
    assert allowed_at(asked, "Europe/Tirane", utc("2027-03-28T00:30")) == utc("2027-03-29T00:15")


def test_allowed_at_within_one_day(study: Study) -> None:
    asked = replace(study, quiet=QuietHours(time(12), time(14)))
    assert allowed_at(asked, "Asia/Kabul", utc("2027-01-01T08:30")) == utc("2027-01-01T09:30")


def test_later_moves_out_of_quiet_hours(study: Study) -> None:
    assert later(study, "Asia/Kabul", utc("2027-01-01T10:00"), 3) == utc("2027-01-01T13:00")
    assert later(study, "Asia/Kabul", utc("2027-01-01T14:00"), 3) == utc("2027-01-02T03:30")


def test_remaining_reminders_ahead_and_inside() -> None:
    moments = [utc(f"2027-01-0{day}T10:00") for day in (5, 3, 7)]
    assert remaining_reminders(moments, after=utc("2027-01-03T10:00"), closes=utc("2027-01-07T10:00")) == (
        utc("2027-01-05T10:00"),
    )


def test_instant_of_a_skipped_minute_is_the_next_that_exists() -> None:
    assert instant(datetime(2027, 3, 28, 2, 59), ZoneInfo("Europe/Tirane")) == utc("2027-03-28T01:00")
