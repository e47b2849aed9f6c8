"""What a person typed -> the canonical value of a question's kind, or why it is none.

Digits of every script count. ``.``, ``,`` and ٫ mark decimals; ٬, ’, blanks, and ``.`` or ``,`` before each three
digits group thousands. Dates are
read day first; years 1300 to 1499 are Solar Hijri. What could mean two things is refused, not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

import jdatetime

from cora_bot.base.values import Value

MAX_TEXT = 4_000
_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
MAX_DIGITS = 15  # more than that a spreadsheet would round
MAX_WHOLE = 2_147_483_647  # what a tablet's integer holds
YEARS = range(1850, 2151)
SOLAR_HIJRI = range(1300, 1500)

NUMBER = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?\Z", re.ASCII)
BLANKS = re.compile(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}(?!\d))")
GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*\Z", re.ASCII)
MIXED = re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3})+\.|(?:\.\d{3})+,)\d+\Z", re.ASCII)
DATE = re.compile(r"(\d{1,4})\s*[./\-\s]\s*(\d{1,2})\s*[./\-\s]\s*(\d{1,4})\Z", re.ASCII)
CLOCK = re.compile(r"(\d{1,2})\s*[:.]\s*(\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*(?:([ap])\.?m\.?)?\Z", re.ASCII)
MOMENT = re.compile(r"(.*\d)\s*(?:[T,]|\s)\s*(\d{1,2}\s*[:.]\s*\d{2}\D*(?:\d{2}(?:\.\d+)?)?.{0,8})\Z", re.ASCII)
MARKS = {ord(sign): None for sign in "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff\u200b"}
SIGNS = str.maketrans({"٬": "", "’": "", "'": "", "−": "-", "–": "-", "‐": "-", "‑": "-", "٪": "%", "⁄": "/", "،": ","})


class ViolationCode(StrEnum):
    """Why an answer was not taken."""

    REQUIRED = "required"
    CONSTRAINT = "constraint"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    NOT_A_DATE = "not_a_date"
    OUT_OF_RANGE = "out_of_range"
    TOO_LONG = "too_long"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_TIME = "not_a_time"


class Violation(Value):
    """``message`` is the author's text in the language asked in, or '' where the author wrote none."""

    code: ViolationCode
    message: str = ""


def western(text: str) -> str:
    """Digits of any script as 0-9, direction marks gone, outer blanks gone."""
    text = text.translate(MARKS).strip()
    return "".join([str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text])


def whole(text: str) -> str | Violation:
    """``3``, ``٣``, ``1 200``, ``1.200``, ``3.0``. A fraction is not whole; what no tablet holds is out of range."""
    made = _canonical(_ungrouped(text, whole=True))
    if isinstance(made, Violation):
        return made
    if "." in made:
        return Violation(ViolationCode.NOT_WHOLE)
    if abs(int(made)) > MAX_WHOLE:
        return Violation(ViolationCode.OUT_OF_RANGE)
    return made


def number(text: str) -> str | Violation:
    """Plain decimal notation without needless zeros. ``1.200`` may be a thousand or one: it is refused."""
    return _canonical(_ungrouped(text, whole=False))


def _ungrouped(text: str, *, whole: bool) -> str:
    """The number with ``.`` for its decimal mark and without marks between thousands."""
    plain = BLANKS.sub("", western(text).translate(SIGNS))
    if groups := GROUPS.match(plain):
        twice = plain.count(groups[1]) > 1
        return plain.replace(groups[1], "") if whole or twice else ""
    if MIXED.match(plain):
        decimal = "," if plain.rindex(",") > plain.rindex(".") else "."
        plain = plain.replace("." if decimal == "," else ",", "").replace(decimal, ".")
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    return plain.replace("٫", ".")


def _canonical(plain: str) -> str | Violation:
    found = NUMBER.match(plain)
    if found is None or not (found[2] or found[3]):
        return Violation(ViolationCode.NOT_A_NUMBER)
    if len((found[2] or "").lstrip("0") + (found[3] or "")) > MAX_DIGITS:
        return Violation(ViolationCode.OUT_OF_RANGE)
    value = Decimal(plain)
    return "0" if not value else format(value.normalize(), "f")


def day(text: str) -> str | Violation:
    """An ISO day. Reads ``2026-12-03``, ``3.12.2026``, ``3/12/2026``, ``۱۴۰۵/۹/۱۲``, ``12/9/1405``."""
    found = DATE.match(western(text).translate(SIGNS))
    if found is None:
        return Violation(ViolationCode.NOT_A_DATE)
    parts = [found[1], found[2], found[3]]
    if len(parts[0]) == 4 and len(parts[2]) <= 2:
        year, month, of_month = (int(part) for part in parts)
    elif len(parts[2]) == 4 and len(parts[0]) <= 2:
        of_month, month, year = (int(part) for part in parts)
    else:
        return Violation(ViolationCode.NOT_A_DATE)
    try:
        if year in SOLAR_HIJRI:
            return str(jdatetime.date(year, month, of_month).togregorian().isoformat())
        made = date(year, month, of_month)
    except ValueError:
        return Violation(ViolationCode.NOT_A_DATE)
    return made.isoformat() if made.year in YEARS else Violation(ViolationCode.OUT_OF_RANGE)


def clock(text: str) -> str | Violation:
    """``17:05``, ``۱۷:۰۵``, ``17.05``, ``5:05 pm`` -> ``17:05:00.000``, wall time without a zone."""
    found = CLOCK.match(western(text).translate(SIGNS).lower())
    if found is None:
        return Violation(ViolationCode.NOT_A_TIME)
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            return Violation(ViolationCode.NOT_A_TIME)
        hour = hour % 12 + (12 if found[4] == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return Violation(ViolationCode.NOT_A_TIME)
    return f"{hour:02}:{minute:02}:{second:02}.000"


def moment(text: str, zone: tzinfo) -> str | Violation:
    """A day and a time, blanks, a comma or T between -> ``2026-11-22T17:05:00.000+04:30`` in the person's zone."""
    found = MOMENT.match(western(text).translate(SIGNS))
    if found is None:
        return Violation(ViolationCode.NOT_A_TIME)
    on, at = day(found[1]), clock(found[2])
    if isinstance(on, Violation) or isinstance(at, Violation):
        return on if isinstance(on, Violation) else Violation(ViolationCode.NOT_A_TIME)
    made = datetime.fromisoformat(f"{on}T{at}").replace(tzinfo=zone)
    return made.isoformat(timespec="milliseconds")


def words(text: str) -> str | Violation:
    """A text as typed, without the blanks around it and without what cannot be stored as XML."""
    kept = _NOT_XML.sub("", text).strip()
    return kept if len(kept) <= MAX_TEXT else Violation(ViolationCode.TOO_LONG)


def stepped(text: str, start: str, end: str, step: str) -> str | Violation:
    """A number of a range: within its ends and on a step."""
    made = number(text)
    if isinstance(made, Violation):
        return made
    value, low, high = Decimal(made), Decimal(start), Decimal(end)
    low, high = min(low, high), max(low, high)
    if not low <= value <= high or (value - Decimal(start)) % abs(Decimal(step)):
        return Violation(ViolationCode.OUT_OF_RANGE)
    return made
