"""Visits as iCalendar files (RFC 5545), with updates and cancellations as RFC 5546 has them.

Own code, not a library's: it is a page, the server gets no further dependency, and two independent libraries stay free
to read it in the tests. What calendars get is copied to other machines and shown on lock screens, so an event says only
the visit's number, its time, how the two meet and in which city: no case, no exact place, no word of what it is about.
The number leads to everything else on the day sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from cora_bot.export.appointments.appointment import Appointment, Gone, Mode, Standing
from cora_bot.export.appointments.time_zones import time_zone

PRODUCT: Final = "-//cora//appointments 1//EN"
# Both methods want an organizer. The address leads nowhere, so that no answer ever leaves anybody's calendar.
ORGANIZER: Final = "mailto:nobody@cora.invalid"
OCTETS: Final = 75
BOOKED_FILE, CANCELLED_FILE = "appointments.ics", "cancelled.ics"
_NAMESPACE: Final = UUID("7a0c6b52-7d3e-4c1b-9a55-1f0d1b0f2c11")
_UNWANTED: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SPECIAL: Final = re.compile(r"([\\;,])")
_MODES: Final = {Mode.IN_PERSON: "", Mode.PHONE: "phone", Mode.VIDEO: "video"}


class Method(StrEnum):
    """What a file asks of the calendar that reads it."""

    PUBLISH = "PUBLISH"  # new visits and changed ones
    CANCEL = "CANCEL"  # take these out


def calendar_files(
    appointments: Sequence[Appointment], *, study: str, now: datetime, gone: Sequence[Gone] = ()
) -> dict[str, str]:
    """By file name: what takes place, and what was cancelled; of nothing there is no file. A file has one method."""
    booked = [each for each in appointments if each.standing is Standing.BOOKED]
    cancelled = [each for each in appointments if each.standing is Standing.CANCELLED]
    files = {BOOKED_FILE: calendar(booked, Method.PUBLISH, study=study, now=now)} if booked else {}
    if cancelled or gone:
        files[CANCELLED_FILE] = calendar(cancelled, Method.CANCEL, study=study, now=now, gone=gone)
    return files


def calendar(
    appointments: Sequence[Appointment], method: Method, *, study: str, now: datetime, gone: Sequence[Gone] = ()
) -> str:
    """One iCalendar object, by time. ``ValueError`` for none at all, and where visits and method do not fit."""
    if not appointments and not gone:
        raise ValueError("a calendar without visits: the standard knows none")
    if method is Method.CANCEL and any(each.standing is not Standing.CANCELLED for each in appointments):
        raise ValueError("a cancellation of a visit that takes place")
    if method is not Method.CANCEL and gone:
        raise ValueError("a visit without a time can only be cancelled")
    ordered = sorted(appointments, key=lambda each: (each.starts, each.id))
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", f"METHOD:{method}", "CALSCALE:GREGORIAN"]
    for zone, several in _by_zone(ordered).items():
        lines += time_zone(zone, min(each.starts for each in several), max(each.ends for each in several))
    for each in ordered:
        lines += _event(each, study, now)
    for one in sorted(gone, key=lambda one: one.id):
        lines += _gone(one, study, now)
    lines.append("END:VCALENDAR")
    return "".join(folded(line) for line in lines)


def uid(study: str, visit: str) -> str:
    """The same for one visit for ever, and telling nothing: neither study nor visit can be read off it."""
    return str(uuid5(_NAMESPACE, f"{study}/{visit}"))


def _by_zone(ordered: Iterable[Appointment]) -> Mapping[str, list[Appointment]]:
    found: dict[str, list[Appointment]] = {}
    for each in ordered:
        if not _twice(each):
            found.setdefault(each.zone, []).append(each)
    return found


def _named(each: Appointment | Gone, study: str, now: datetime) -> Iterator[str]:
    yield f"UID:{uid(study, each.id)}"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"SEQUENCE:{each.sequence}"
    yield f"ORGANIZER:{ORGANIZER}"


def _gone(each: Gone, study: str, now: datetime) -> Iterator[str]:
    """A cancellation names the event by its UID alone (RFC 5546, 3.2.5): it needs no time."""
    yield "BEGIN:VEVENT"
    yield from _named(each, study, now)
    yield f"SUMMARY:{escaped(each.id)}"
    yield "STATUS:CANCELLED"
    yield "END:VEVENT"


def _event(each: Appointment, study: str, now: datetime) -> Iterator[str]:
    how = _MODES[each.mode]
    yield "BEGIN:VEVENT"
    yield from _named(each, study, now)
    yield _moment("DTSTART", each, each.starts)
    yield _moment("DTEND", each, each.ends)
    yield f"SUMMARY:{escaped(f'{each.id} ({how})' if how else each.id)}"
    if each.mode is Mode.IN_PERSON and each.city:
        yield f"LOCATION:{escaped(each.city)}"
    yield f"STATUS:{'CANCELLED' if each.standing is Standing.CANCELLED else 'CONFIRMED'}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:OPAQUE"
    yield "END:VEVENT"


def _twice(each: Appointment) -> bool:
    """Whether it begins or ends in the second pass of an hour: local time always means the first (3.3.5)."""
    return any(each.local(moment).fold for moment in (each.starts, each.ends))


def _moment(name: str, each: Appointment, at: datetime) -> str:
    return f"{name}:{_utc(at)}" if _twice(each) else f"{name};TZID={each.zone}:{each.local(at):%Y%m%dT%H%M%S}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """A TEXT value (3.3.11): nothing in it can end the line or begin another property."""
    lines = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _SPECIAL.sub(r"\\\1", lines).replace("\n", "\\n")


def folded(line: str) -> str:
    """``line`` with CRLF, in pieces of at most 75 octets (3.1); no letter is torn apart."""
    pieces, room = [""], OCTETS
    for letter in line:
        size = len(letter.encode())
        if size > room:
            pieces.append("")
            room = OCTETS - 1  # for the space that continues it
        pieces[-1] += letter
        room -= size
    return "\r\n ".join(pieces) + "\r\n"
