"""Days and instants in the person's zone. Month and day names are English, as a form's author writes patterns."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta

from cora_bot.forms.expr.context import Context, bounded
from cora_bot.forms.expr.errors import EvaluationError
from cora_bot.forms.expr.functions.function import Function, clocked, with_context
from cora_bot.forms.expr.values import EPOCH, NAN, Value, parse_moment, to_date, to_text

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?\Z", re.ASCII)
SECONDS = 86_400


def as_date(context: Context, value: Value) -> Value:
    """Blank stays blank; a number is a local day, as is an instant; a text with a time keeps it."""
    if isinstance(value, datetime):
        return value.date()
    found = to_date(value, context.zone)
    return "" if found is None else found


def as_moment(context: Context, value: Value) -> Value:
    """A number of days counts from 1970-01-01T00:00Z, fractions included; anything else is as ``date``."""
    if type(value) is float:
        if not math.isfinite(value):
            return ""
        try:
            return (EPOCH + timedelta(days=value)).astimezone(context.zone)
        except OverflowError as error:
            raise EvaluationError("the number is too large for a date") from error
    return value if isinstance(value, datetime) else as_date(context, value)


def decimal_days(context: Context, value: Value) -> float:
    """Days since 1970-01-01T00:00Z; a day without a time is its local midnight."""
    found = to_date(value, context.zone)
    if found is None:
        return NAN
    return (instant(context, found) - EPOCH) / timedelta(days=1)


def instant(context: Context, day: date) -> datetime:
    if isinstance(day, datetime):
        return day
    return datetime(day.year, day.month, day.day, tzinfo=context.zone)


def decimal_time(context: Context, value: Value) -> float:
    """The part of a day a time of day is: on its own clock, for an instant on the person's."""
    moment = value if isinstance(value, date) else parse_moment(to_text(value), context.zone)
    if isinstance(moment, datetime):
        return (moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6) / SECONDS
    if moment is not None:
        return 0.0
    found = CLOCK.match(to_text(value).strip())
    if found is None:
        return NAN
    hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        return NAN
    return (hours * 3600 + minutes * 60 + seconds + float("0." + (found[4] or "0"))) / SECONDS


def format_date(context: Context, value: Value, pattern: str) -> str:
    """``%Y %y %m %n %B %b %d %e %A %a %w %W %j %H %h %M %S %3 %Z %%``; any other sign is an error."""
    found = to_date(value, context.zone)
    if found is None:
        return ""
    made = re.sub(r"%(.?)", lambda sign: _sign(sign[1], found, instant(context, found)), pattern, flags=re.DOTALL)
    return bounded(made)


def _sign(sign: str, day: date, moment: datetime) -> str:
    match sign:
        case "Y":
            return f"{day.year:04d}"
        case "y":
            return f"{day.year % 100:02d}"
        case "m":
            return f"{day.month:02d}"
        case "n":
            return str(day.month)
        case "B":
            return LONG_MONTHS[day.month - 1]
        case "b":
            return MONTHS[day.month - 1]
        case "d":
            return f"{day.day:02d}"
        case "e":
            return str(day.day)
        case "%":
            return "%"
        case _:
            return _week_sign(sign, day) or _time_sign(sign, moment)


def _week_sign(sign: str, day: date) -> str:
    match sign:
        case "A":
            return LONG_DAYS[day.weekday()]
        case "a":
            return DAYS[day.weekday()]
        case "w":
            return str(day.isoweekday() % 7)
        case "W":
            return str(day.isocalendar().week)
        case "j":
            return f"{day.timetuple().tm_yday:03d}"
        case _:
            return ""


def _time_sign(sign: str, moment: datetime) -> str:
    match sign:
        case "H":
            return f"{moment.hour:02d}"
        case "h":
            return str(moment.hour)
        case "M":
            return f"{moment.minute:02d}"
        case "S":
            return f"{moment.second:02d}"
        case "3":
            return f"{moment.microsecond // 1000:03d}"
        case "Z":
            return zone_text(moment)
        case _:
            raise EvaluationError(f"the date pattern holds an unknown sign %{sign}")


def zone_text(moment: datetime) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds() // 60)
    if not minutes:
        return "Z"
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def iso(moment: datetime) -> str:
    """An instant as ODK writes it: milliseconds and offset."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}" + zone_text(moment)


TABLE: dict[str, Function] = {
    "today": clocked(lambda context: context.today, "", "v"),
    "now": clocked(lambda context: context.now, "", "v"),
    "date": with_context(as_date, "v", "v"),
    "date-time": with_context(as_moment, "v", "v"),
    "decimal-date-time": with_context(decimal_days, "v", "n"),
    "decimal-time": with_context(decimal_time, "v", "n"),
    "format-date": with_context(format_date, "vs", "s"),
    "format-date-time": with_context(format_date, "vs", "s"),
}
