"""Visits the tests of calendars and day sheets share; every field can be changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cora_bot.export.appointments import Appointment, Standing

STUDY = "returnee_follow_up"
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def visit(number: str = "V-7Q2K", **changes: Any) -> Appointment:
    """Sunday 28 March 2027, 9:00 in Tirana: some hours after the clocks went forward."""
    fields: dict[str, Any] = {
        "id": number,
        "sequence": 0,
        "standing": Standing.BOOKED,
        "starts": datetime(2027, 3, 28, 7, 0, tzinfo=UTC),
        "zone": "Europe/Tirane",
        "minutes": 60,
        "city": "Tiranë",
        "place": "Kafe Flora, lart",
        "interviewer": "IV-2",
        "interpreter": "IP-1",
        "languages": ("sq", "ar"),
        "case": "K7F-2QX",
        "picture": "🌙 moon",
    }
    return Appointment(**(fields | changes))
