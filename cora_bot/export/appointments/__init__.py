"""Field visits on paper and in calendars: day sheets to print, .ics files to import. Values in, text or bytes out.

Rules: case codes only, never a name, an address of a person or a number to call. What goes into a calendar is less
still (``calendar.py``), because calendars are copied to other people's machines.
"""

from __future__ import annotations

from cora_bot.export.appointments.appointment import Appointment, Gone, Mode, Standing
from cora_bot.export.appointments.calendar import Method, calendar, calendar_files
from cora_bot.export.appointments.day_sheet import DaySheet, day_sheets

__all__ = ["Appointment", "DaySheet", "Gone", "Method", "Mode", "Standing", "calendar", "calendar_files", "day_sheets"]
