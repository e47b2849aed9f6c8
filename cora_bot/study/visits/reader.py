"""Rows of a trip's workbook → Trip, with everything that is wrong named by sheet and row in one run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final
from zoneinfo import available_timezones

from cora_bot.base.problems import Problem, Severity
from cora_bot.study.model import Study
from cora_bot.study.visits.trip import PURPOSE, Gender, Interviewer, Place, PlaceFile, Rules, Shift, Trip, Way, Who
from cora_bot.study.visits.workbook import Row, Rows

STEP: Final = 5  # minutes: the grain of everything
_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,30}")
_CODE: Final = re.compile(r"[\w-]{1,30}")
_KNOWN: Final = frozenset(
    {"id", "title", "length", "buffer", "exact_place", "notice", "messages", "alternatives"}
    | {"countries", "zones", "waves", "languages"}
)
_NUMBERS: Final[Mapping[str, tuple[int | None, int, int]]] = {
    # default (None: must be given), least, most
    "length": (None, 15, 480),
    "buffer": (None, 0, 240),
    "exact_place": (24, 1, 168),
    "notice": (12, 0, 168),
    "messages": (8, 3, 20),
}


@dataclass(slots=True)
class _Reading:
    rows: Rows
    file: str
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, sheet: str, row: Row | None, code: str, message: str, hint: str) -> None:
        self.problems.append(Problem(f"visit.{code}", message, hint, self.file, sheet, row.number if row else None))

    def of(self, sheet: str) -> tuple[Row, ...]:
        return self.rows.get(sheet, ())


def read_trip(rows: Rows, *, file: str = "") -> tuple[Trip | None, list[Problem]]:
    """The trip; None with any problem."""
    reading = _Reading(rows, file)
    settings = _settings(reading)
    places = _places(reading)
    interviewers = _interviewers(reading)
    trip = Trip(
        id=_id(reading, settings),
        title=_value(settings, "title"),
        rules=_rules(reading, settings),
        places=places,
        interviewers=interviewers,
        shifts=_shifts(reading, {each.code for each in places}, {each.code for each in interviewers}),
        travel=_travel(reading, {each.code for each in places}),
        who=Who(*(_words(_value(settings, name)) for name in ("countries", "zones", "waves", "languages"))),
    )
    for zone in trip.who.zones:
        if zone not in available_timezones():
            reading.wrong("trip", settings["zones"], "zone", *_no_zone(zone))
    return (None if reading.problems else trip), reading.problems


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.split(r"[\s,;]+", text.strip()))) if text.strip() else ()


def _value(settings: Mapping[str, Row], name: str) -> str:
    return settings[name].get("value") if name in settings else ""


def _settings(reading: _Reading) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in reading.of("trip"):
        name = row.get("setting").lower()
        if name not in _KNOWN:
            known = ", ".join(sorted(_KNOWN))
            reading.wrong("trip", row, "setting", f"there is no setting “{name}”", f"Settings are: {known}.")
        elif name in found:
            reading.wrong("trip", row, "twice", f"“{name}” stands here twice", "Remove one of the rows.")
        else:
            found[name] = row
    return found


def _id(reading: _Reading, settings: Mapping[str, Row]) -> str:
    text = _value(settings, "id")
    if not _ID.fullmatch(text):
        hint = "Small letters, digits and _, beginning with a letter: spring_2027."
        reading.wrong("trip", settings.get("id"), "id", f"“{text}” is no id" if text else "the id is missing", hint)
    return text


def _rules(reading: _Reading, settings: Mapping[str, Row]) -> Rules:
    numbers = {name: _number(reading, settings, name) for name in _NUMBERS}
    ways: list[Way] = []
    for word in _words(_value(settings, "alternatives")):
        if word in (Way.PHONE, Way.VIDEO, Way.HOME):
            ways.append(Way(word))
        else:
            hint = "Alternatives are phone, video and home (come to me)."
            reading.wrong("trip", settings["alternatives"], "alternative", f"“{word}” is no alternative", hint)
    return Rules(**numbers, ways=tuple(ways))


def _number(reading: _Reading, settings: Mapping[str, Row], name: str) -> int:
    default, least, most = _NUMBERS[name]
    text = _value(settings, name)
    if not text and default is not None:
        return default
    number = int(text) if text.isdecimal() else -1
    if not least <= number <= most:
        said = f"“{name}” is {text!r}" if text else f"“{name}” is missing"
        reading.wrong("trip", settings.get(name), "number", said, f"Give a whole number from {least} to {most}.")
        return least
    if name in ("length", "buffer") and number % STEP:
        reading.wrong("trip", settings.get(name), "step", f"“{name}” is {number}", f"Give minutes in steps of {STEP}.")
    return number


def _places(reading: _Reading) -> tuple[Place, ...]:
    found: dict[str, Place] = {}
    for row in reading.of("places"):
        code, zone = row.get("place"), row.get("zone")
        if not _is_code(reading, "places", row, code, found):
            continue
        if zone not in available_timezones():
            reading.wrong("places", row, "zone", *_no_zone(zone))
        cities, addresses = _texts(row, "city"), _texts(row, "exact place")
        for name, texts in (("city", cities), ("exact place", addresses)):
            if "" not in texts:
                hint = f"Fill the column “{name}”; “{name}::ar” is for one language."
                reading.wrong("places", row, "empty", f"“{name}” is empty", hint)
        found[code] = Place(
            code=code,
            zone=zone,
            country=row.get("country"),
            cities=cities,
            addresses=addresses,
            pin=_pin(reading, row),
            pictures=_files(row, "picture"),
            voices=_files(row, "voice"),
        )
    if not found:
        reading.wrong("places", None, "empty", "there is no place", "Add a row for each city.")
    return tuple(found.values())


def _no_zone(zone: str) -> tuple[str, str]:
    return f"there is no time zone “{zone}”", "Give an IANA time zone such as Europe/Tirane or Asia/Kabul."


def _is_code(reading: _Reading, sheet: str, row: Row, code: str, known: Mapping[str, object]) -> bool:
    if not _CODE.fullmatch(code):
        said = f"“{code}” is no name for this row" if code else "the first column is empty"
        reading.wrong(sheet, row, "code", said, "Give a short name without spaces.")
        return False
    if code in known:
        reading.wrong(sheet, row, "twice", f"“{code}” stands here twice", "Give every row its own name.")
        return False
    return True


def _texts(row: Row, column: str) -> dict[str, str]:
    """By language: ``city`` under "", ``city::ar`` under ar. Column names come in small letters, codes do not care."""
    found = {"": row.get(column)} if row.get(column) else {}
    for name, text in row.cells.items():
        base, mark, language = name.partition("::")
        if mark and base.strip() == column and language:
            found[_language(language)] = text
    return found


def _files(row: Row, column: str) -> dict[str, PlaceFile]:
    return {language: PlaceFile(name, row.number) for language, name in _texts(row, column).items()}


def _language(text: str) -> str:
    base, dash, region = text.strip().partition("-")
    return f"{base.lower()}-{region.upper()}" if dash else base.lower()


def _pin(reading: _Reading, row: Row) -> tuple[float, float] | None:
    text = row.get("pin")
    if not text:
        return None
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        latitude = longitude = 999.0
    if abs(latitude) > 90 or abs(longitude) > 180:
        hint = "Give latitude and longitude in degrees: 41.3275, 19.8187."
        reading.wrong("places", row, "pin", f"“{text}” is no place on the map", hint)
        return None
    return latitude, longitude


def _interviewers(reading: _Reading) -> tuple[Interviewer, ...]:
    found: dict[str, Interviewer] = {}
    for row in reading.of("interviewers"):
        code, gender = row.get("interviewer"), row.get("gender").lower()
        if not _is_code(reading, "interviewers", row, code, found):
            continue
        if gender not in (Gender.WOMAN, Gender.MAN, Gender.UNSAID):
            hint = "Write woman or man, or leave it empty."
            reading.wrong("interviewers", row, "gender", f"“{gender}” cannot be wished for", hint)
            gender = ""
        languages = tuple(_language(each) for each in _words(row.get("languages")))
        if not languages:
            hint = "Write language codes with spaces between: sq en."
            reading.wrong("interviewers", row, "languages", f"which languages does {code} speak?", hint)
        found[code] = Interviewer(code, languages, Gender(gender))
    if not found:
        reading.wrong("interviewers", None, "empty", "there is no interviewer", "Add a row for each.")
    return tuple(found.values())


def _shifts(reading: _Reading, places: set[str], interviewers: set[str]) -> tuple[Shift, ...]:
    found: list[Shift] = []
    for row in reading.of("days"):
        on, begins, ends = _day(reading, row), _time(reading, row, "from"), _time(reading, row, "to")
        known = [
            _known(reading, "days", row, "place", places),
            _known(reading, "days", row, "interviewer", interviewers),
        ]
        capacity = row.get("capacity") or "1"
        if not capacity.isdecimal() or not 1 <= int(capacity) <= 50:
            hint = "How many people come at one time: 1 to 50, or empty for 1."
            reading.wrong("days", row, "capacity", f"the capacity is {capacity!r}", hint)
        elif on and begins is not None and ends is not None and all(known):
            found.append(
                Shift(
                    place=row.get("place"),
                    interviewer=row.get("interviewer"),
                    begins=datetime.combine(on, begins),
                    ends=datetime.combine(on, ends),
                    interpreter=tuple(_language(each) for each in _words(row.get("interpreter"))),
                    capacity=int(capacity),
                    row=row.number,
                )
            )
    if not reading.of("days"):
        reading.wrong("days", None, "empty", "there is no day", "Add a row for each day and interviewer.")
    return tuple(found)


def _known(reading: _Reading, sheet: str, row: Row, column: str, known: Iterable[str]) -> bool:
    name = row.get(column)
    if name in known:
        return True
    said = f"there is no {column} “{name}”" if name else f"“{column}” is empty"
    reading.wrong(sheet, row, column, said, f"Known are: {', '.join(sorted(known)) or 'none'}.")
    return False


def _day(reading: _Reading, row: Row) -> date | None:
    try:
        return date.fromisoformat(row.get("day"))
    except ValueError:
        reading.wrong("days", row, "day", f"“{row.get('day')}” is no day", "Write it as 2027-04-12.")
        return None


def _time(reading: _Reading, row: Row, column: str) -> time | None:
    text = row.get(column)
    try:
        at = time.fromisoformat(text.zfill(5))
    except ValueError:
        reading.wrong("days", row, "time", f"“{column}” is “{text}”", "Write it as 09:00.")
        return None
    if at.minute % STEP or at.second or at.tzinfo is not None:
        reading.wrong("days", row, "step", f"“{column}” is {text}", f"Times go in steps of {STEP} minutes.")
        return None
    return at


def _travel(reading: _Reading, places: set[str]) -> tuple[tuple[str, str, int], ...]:
    found: list[tuple[str, str, int]] = []
    for row in reading.of("travel"):
        ends = [_known(reading, "travel", row, column, places) for column in ("from", "to")]
        minutes = row.get("minutes")
        if not minutes.isdecimal() or int(minutes) % STEP or int(minutes) > 24 * 60:
            hint = f"Whole minutes in steps of {STEP}, a day at most."
            reading.wrong("travel", row, "minutes", f"the way takes {minutes!r} minutes", hint)
        elif all(ends):
            found.append((row.get("from"), row.get("to"), int(minutes)))
    return tuple(found)


def check_against(trip: Trip, study: Study, *, file: str = "") -> list[Problem]:
    """What the trip says that the study does not know."""
    problems: list[Problem] = []
    languages = {each.code for each in study.languages}
    spoken = {code for each in trip.interviewers for code in each.languages}
    spoken |= {code for shift in trip.shifts for code in shift.interpreter}
    checks = (
        ("country", trip.who.countries, set(study.countries)),
        ("country", [each.country for each in trip.places if each.country], set(study.countries)),
        ("wave", trip.who.waves, {wave.id for wave in study.waves}),
        ("language", trip.who.languages, languages),
    )
    for what, named, known in checks:
        for name in named:
            if name not in known:
                hint = f"study.toml has: {', '.join(sorted(known))}."
                problems.append(Problem(f"visit.{what}", f"the study has no {what} “{name}”", hint, file, "trip"))
    if PURPOSE not in study.enrolment.purposes:
        hint = "study.toml, [enrolment.purposes], needs a question for visits."
        problems.append(Problem("visit.purpose", "nobody of this study can agree to visits", hint, file))
    for code in sorted((set(trip.who.languages) or languages) - spoken):
        said = f"nobody speaks {code}: who chose it finds no time"
        hint = "Add an interpreter, or invite other languages."
        problems.append(Problem("visit.unspoken", said, hint, file, "days", severity=Severity.WARNING))
    return problems
