"""V-08 reminders come a week, a day and two hours before in wall time, across a clock change too, and never at night;
the question comes the day after at the person's hour."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cora_bot.study.model import QuietHours
from cora_bot.study.schedule import instant, is_quiet
from cora_bot.study.visits.reminders import following, moments
from cora_bot.study.visits.trip import Slot
from cora_bot.study.visits.visit import News

QUIET = QuietHours(time(20), time(8))


def slot(local: str, zone: str) -> Slot:
    starts = instant(datetime.fromisoformat(local), ZoneInfo(zone))
    ends = starts + timedelta(hours=1)
    return Slot("ANNA", "tirana", starts, ends, 1, ("en",), starts, ends)


def at(local: str, zone: str) -> list[str]:
    there = ZoneInfo(zone)
    known = moments(slot(local, zone), QUIET, zone=zone, hour=11)
    return [f"{news} {moment.astimezone(there):%Y-%m-%d %H:%M}" for news, moment in known]


@pytest.mark.parametrize("zone", ["Europe/Tirane", "Asia/Kabul", "Asia/Baghdad", "Africa/Casablanca"])
def test_reminders_come_at_the_same_wall_time(zone: str) -> None:
    """In 2027 clocks change on 28 March in Tirana, and around Ramadan in Casablanca."""
    assert at("2027-03-30 14:30", zone) == [
        "week 2027-03-23 14:30",
        "day 2027-03-29 14:30",
        "hours 2027-03-30 12:30",
        "after 2027-03-31 11:00",
    ]


def test_day_before_lies_on_the_other_side_of_the_clock_change() -> None:
    known = dict(moments(slot("2027-03-28 12:00", "Europe/Tirane"), QUIET, zone="Europe/Tirane", hour=11))

    assert known[News.DAY] == datetime(2027, 3, 27, 11, tzinfo=UTC)
    assert known[News.HOURS] == datetime(2027, 3, 28, 8, tzinfo=UTC)


def test_what_would_come_at_night_comes_the_evening_before() -> None:
    assert at("2027-04-13 09:00", "Europe/Tirane") == [
        "week 2027-04-06 09:00",
        "day 2027-04-12 09:00",
        "hours 2027-04-12 19:55",
        "after 2027-04-14 11:00",
    ]


@pytest.mark.parametrize("hour", range(24))
def test_nothing_comes_in_quiet_hours_whatever_the_hour(hour: int) -> None:
    """Of what is said before the meeting; the hour of the question is the person's own."""
    there = ZoneInfo("Europe/Tirane")
    known = moments(slot(f"2027-03-29 {hour:02}:00", "Europe/Tirane"), QUIET, zone="Europe/Tirane", hour=11)

    assert [news for news, moment in known if is_quiet(QUIET, moment.astimezone(there).time())] == []
    assert known == tuple(sorted(known, key=lambda each: each[1]))


def test_what_is_past_is_not_planned() -> None:
    meeting = slot("2027-04-13 14:00", "Europe/Tirane")
    after = meeting.starts - timedelta(hours=10)
    found = following(meeting, QUIET, zone="Europe/Tirane", hour=11, after=after)

    assert found == (News.HOURS, meeting.starts - timedelta(hours=2))
