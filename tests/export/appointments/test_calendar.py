"""VI-40 Calendar files say what RFC 5545 and 5546 want, and two independent libraries read the same moments in them.
VI-41 Updates and cancellations reach the event they are about: UID, SEQUENCE, STATUS, METHOD.
VI-42 Nothing personal is in them.
"""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest

from cora_bot.base.values import replace
from cora_bot.export.appointments import Appointment, Gone, Method, Mode, Standing, calendar, calendar_files
from cora_bot.export.appointments.calendar import BOOKED_FILE, CANCELLED_FILE, OCTETS, uid
from tests.export.appointments.visits import NOW, STUDY, visit

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # dependencies of the reader use what Python is about to drop
    import vobject

# What each zone does around these moments: summer time begins, ends; Ramadan; never; an hour that comes twice.
MOMENTS = {
    "spring": ("Europe/Tirane", datetime(2027, 3, 28, 0, 30, tzinfo=UTC)),
    "after spring": ("Europe/Tirane", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
    "autumn, first pass": ("Europe/Tirane", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    "autumn, second pass": ("Europe/Tirane", datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
    "Ramadan": ("Africa/Casablanca", datetime(2027, 2, 20, 10, 0, tzinfo=UTC)),
    "after Ramadan": ("Africa/Casablanca", datetime(2027, 3, 20, 10, 0, tzinfo=UTC)),
    "Kabul": ("Asia/Kabul", datetime(2027, 3, 28, 5, 0, tzinfo=UTC)),
    "Beirut, midnight": ("Asia/Beirut", datetime(2027, 3, 27, 22, 30, tzinfo=UTC)),
}
Read = dict[str, tuple[datetime, datetime, int, str]]
"""By UID: start and end in UTC, sequence, status."""


def by_icalendar(text: str) -> Read:
    found = icalendar.Calendar.from_ical(text)
    assert not found.errors
    # The file's own VTIMEZONE is what is tested, not the library's knowledge of the zone's name.
    zones = {str(zone["TZID"]): zone.to_tz() for zone in found.walk("VTIMEZONE")}

    def utc(event: Any, name: str) -> datetime:
        at = event[name]
        zone = at.params.get("TZID")
        return (at.dt.replace(tzinfo=zones[zone]) if zone else at.dt).astimezone(UTC)

    return {
        str(event["UID"]): (utc(event, "DTSTART"), utc(event, "DTEND"), int(event["SEQUENCE"]), str(event["STATUS"]))
        for event in found.walk("VEVENT")
    }


def by_vobject(text: str) -> Read:
    vobject.icalendar.__dict__["__tzidMap"].clear()  # it keeps the first description of a zone for all files to come
    found = vobject.readOne(text, validate=True)
    return {
        event.uid.value: (
            event.dtstart.value.astimezone(UTC),
            event.dtend.value.astimezone(UTC),
            int(event.sequence.value),
            event.status.value,
        )
        for event in found.contents.get("vevent", [])
    }


READERS = {"icalendar": by_icalendar, "vobject": by_vobject}


def published(*visits: Appointment, method: Method = Method.PUBLISH) -> str:
    return calendar(visits, method, study=STUDY, now=NOW)


def read_both(text: str) -> Read:
    first, second = (read(text) for read in READERS.values())
    assert first == second
    return first


@pytest.mark.parametrize("name", MOMENTS)
@pytest.mark.parametrize("reader", READERS)
def test_event_has_its_instants_whatever_the_clocks_do(reader: str, name: str) -> None:
    zone, starts = MOMENTS[name]
    one = visit(zone=zone, starts=starts, minutes=90)
    expected = {uid(STUDY, one.id): (starts, starts + timedelta(minutes=90), 0, "CONFIRMED")}
    assert expected == READERS[reader](published(one))


def test_events_of_a_year_in_one_zone_are_all_right() -> None:
    starts = [datetime(2027, 1, 15, 9, 0, tzinfo=UTC) + timedelta(days=20 * step) for step in range(20)]
    visits = [visit(f"V-{place:04}", starts=at) for place, at in enumerate(starts)]
    read = read_both(published(*visits))
    assert starts == [read[uid(STUDY, each.id)][0] for each in visits]


def test_local_time_stands_with_its_zone_and_second_pass_in_utc() -> None:
    assert "DTSTART;TZID=Europe/Tirane:20270328T090000\r\n" in published(visit())
    again = published(visit(starts=MOMENTS["autumn, second pass"][1]))
    assert "DTSTART:20271031T013000Z\r\n" in again
    assert "VTIMEZONE" not in again


def test_update_keeps_uid_and_raises_sequence() -> None:
    before = read_both(published(visit()))
    moved = replace(visit(), sequence=1, starts=datetime(2027, 3, 29, 12, 0, tzinfo=UTC))
    after = read_both(published(moved))
    assert before.keys() == after.keys()
    assert [(moved.starts, moved.ends, 1, "CONFIRMED")] == list(after.values())


def test_cancellation_has_method_status_and_sequence() -> None:
    gone = replace(visit(), sequence=2, standing=Standing.CANCELLED)
    files = calendar_files([gone, visit("V-AAAA")], study=STUDY, now=NOW)
    assert list(files) == [BOOKED_FILE, CANCELLED_FILE]
    read = read_both(files[CANCELLED_FILE])
    assert {uid(STUDY, gone.id): (gone.starts, gone.ends, 2, "CANCELLED")} == read
    assert str(icalendar.Calendar.from_ical(files[CANCELLED_FILE])["METHOD"]) == "CANCEL"
    assert str(icalendar.Calendar.from_ical(files[BOOKED_FILE])["METHOD"]) == "PUBLISH"
    assert {uid(STUDY, "V-AAAA")} == read_both(files[BOOKED_FILE]).keys()


def test_cancellation_of_what_takes_place_is_refused() -> None:
    with pytest.raises(ValueError, match="takes place"):
        published(visit(), method=Method.CANCEL)


def test_visit_whose_time_is_not_known_any_more_is_cancelled_by_its_uid() -> None:
    files = calendar_files([visit()], study=STUDY, now=NOW, gone=[Gone("V-AAAA", 3)])
    assert list(files) == [BOOKED_FILE, CANCELLED_FILE]
    (event,) = icalendar.Calendar.from_ical(files[CANCELLED_FILE]).walk("VEVENT")
    told = (str(event["UID"]), int(event["SEQUENCE"]), str(event["STATUS"]))
    assert told == (uid(STUDY, "V-AAAA"), 3, "CANCELLED")
    assert "DTSTART" not in event
    read = vobject.readOne(files[CANCELLED_FILE])
    assert (read.vevent.uid.value, read.method.value) == (told[0], "CANCEL")


def test_visit_without_a_time_cannot_be_published() -> None:
    with pytest.raises(ValueError, match="only be cancelled"):
        calendar([visit()], Method.PUBLISH, study=STUDY, now=NOW, gone=[Gone("V-AAAA", 3)])


def test_no_visits_no_files() -> None:
    assert calendar_files([], study=STUDY, now=NOW) == {}
    with pytest.raises(ValueError, match="without visits"):
        published()


def test_every_event_has_what_publishing_wants() -> None:
    wanted = {"UID", "DTSTAMP", "SEQUENCE", "ORGANIZER", "DTSTART", "DTEND", "SUMMARY", "STATUS"}
    for event in icalendar.Calendar.from_ical(published(visit(), visit("V-BBBB", mode=Mode.PHONE))).walk("VEVENT"):
        assert wanted <= set(event)
        assert "ATTENDEE" not in event  # PUBLISH allows none


def test_nothing_personal_is_in_it() -> None:
    planted = visit(place="Villa 9", case="K7F-2QX", picture="moon", interviewer="IV-2", interpreter="IP-1")
    text = published(planted).replace("\r\n ", "")
    for told in ("Villa", "K7F", "2QX", "moon", "IV-2", "IP-1", STUDY, "return"):
        assert told not in text
    assert "LOCATION:Tiranë" in text  # the city is there: the absence above is not that of everything


def test_city_of_a_phone_call_is_not_told() -> None:
    assert "Tiranë" not in published(visit(mode=Mode.PHONE))


@pytest.mark.parametrize("city", ["a;b,c\\d", "ends\r\nEND:VEVENT\r\nX-EVIL:1", "tab\tbell\x07", "مزار شریف، ناحیهٔ ۳"])
def test_text_is_escaped_and_read_back(city: str) -> None:
    text = published(visit(city=city))
    expected = city.replace("\r\n", "\n").replace("\x07", "")
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert expected == str(event["LOCATION"])
    assert expected == vobject.readOne(text).vevent.location.value
    assert "X-EVIL" not in event


@pytest.mark.parametrize("letter", ["x", "ë", "ب", "🌙"])
def test_lines_have_75_octets_at_most_and_end_in_crlf(letter: str) -> None:
    city = letter * 200
    text = published(visit(city=city))
    lines = text.encode().split(b"\r\n")
    assert lines[-1] == b""
    assert max(len(line) for line in lines) <= OCTETS
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert [line.decode() for line in lines]  # no letter is torn apart
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert city == str(event["LOCATION"])


@pytest.mark.parametrize(
    "changes",
    [
        {"zone": "Europe/Nowhere"},
        {"zone": "../etc/passwd"},
        {"starts": datetime(2027, 3, 28, 7, 0)},
        {"minutes": 0},
        {"sequence": -1},
    ],
)
def test_impossible_visit_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="V-7Q2K"):
        visit(**changes)
