"""What somebody answers to a question: chosen by chance, typed as people type, with what the export must say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from bot.simulate.cards import Card
from cora_bot.base.chance import Chance, below
from cora_bot.dialogue.inputs import Verb
from cora_bot.forms.model import Kind, Question

# What people write: several scripts, what spreadsheets would run, what breaks lines and columns.
WORDS: Final = {
    "": (
        "All is well here.",
        "=1+1, he said",
        'I need "papers"; and time',
        "Thanks 🙏🏽",
        "two\nlines",
        "-",
        "'quoted'",
    ),
    "ar": ("كل شيء بخير", "أبحث عن عمل، شكرًا", "مرحبا team"),
    "fa": ("همه‌چیز خوب است", "دنبال کار می‌گردم، تشکر", "۱۲ روز"),
    "de": ("Alles in Ordnung.", "Straße, Größe; Übung", "+49 ist vorbei"),
    "sq": ("Gjithçka në rregull.", "Kërkoj punë, faleminderit"),
}  # fmt: skip
_DIGITS: Final = {"ar": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹", "ps": "۰۱۲۳۴۵۶۷۸۹"}
_WHOLE: Final = ("3", "1", "12", "30", "0", "2", "2000", "100")
_ATTEMPTS_AT_MANY: Final = 1


@dataclass(frozen=True, slots=True)
class Said:
    """One way to answer: choices to press, text to type, Done alone, or else passing by. ``value`` is canonical."""

    value: str
    choices: frozenset[int] = frozenset()
    text: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an answer depends on besides chance. ``known``: values by question name that are not left to chance."""

    language: str
    today: date
    known: Mapping[str, str]
    skips: int


def answer(question: Question, card: Card, given: Circumstances, chance: Chance, *, attempt: int) -> Said:
    """The next thing to try: ``attempt`` counts what has been tried and was not taken."""
    wanted = given.known.get(question.name) if attempt == 0 else None
    if card.choices():
        return _pressed(question, card, chance, wanted=wanted, attempt=attempt)
    if question.kind in (Kind.NOTE, Kind.ACKNOWLEDGE):
        return Said("OK" if question.kind is Kind.ACKNOWLEDGE else "", done=True)
    if wanted is None and card.first(Verb.SKIP) and (attempt > 3 or below(chance, 100) < given.skips):
        return Said("")
    return _typed(question, given, chance, wanted=wanted, attempt=attempt)


def _pressed(question: Question, card: Card, chance: Chance, *, wanted: str | None, attempt: int) -> Said:
    offered = [offer.press.choice for offer in card.choices()]
    named = [choice for choice in offered if _value(question, choice) in (wanted or "").split()]
    if named:
        picked = named
    elif question.kind is Kind.SELECT_MANY and attempt < _ATTEMPTS_AT_MANY:
        count = 1 + below(chance, min(3, len(offered)))
        picked = [offered[(below(chance, len(offered)) + step) % len(offered)] for step in range(count)]
    else:
        picked = [offered[below(chance, len(offered))]]
    ordered = sorted(set(picked))
    return Said(" ".join(_value(question, choice) for choice in ordered), frozenset(ordered))


def _value(question: Question, choice: int) -> str:
    if question.options:
        return question.options[choice].value
    return _plain(Decimal(question.start) + choice * Decimal(question.step))


def _typed(question: Question, given: Circumstances, chance: Chance, *, wanted: str | None, attempt: int) -> Said:
    match question.kind:
        case Kind.DATE:
            day = date.fromisoformat(wanted) if wanted else _day(given.today, attempt)
            return Said(day.isoformat(), text=_in_digits(day.strftime("%d.%m.%Y"), given.language))
        case Kind.INTEGER | Kind.DECIMAL:
            value = wanted or _WHOLE[attempt % len(_WHOLE)]
            return Said(value, text=_in_digits(value, given.language))
        case Kind.RANGE:
            value = _plain(Decimal(question.start) + attempt * Decimal(question.step))
            return Said(value, text=_in_digits(value, given.language))
        case _:
            known = WORDS.get(given.language.split("-")[0], ()) + WORDS[""]
            text = wanted or known[below(chance, len(known))]
            return Said(text.strip(), text=text)


def _day(today: date, attempt: int) -> date:
    return today + timedelta(days=(-3, 3, 30, -400, -8000, 0)[attempt % 6])


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"


def _in_digits(text: str, language: str) -> str:
    digits = _DIGITS.get(language.split("-")[0])
    return text.translate(str.maketrans("0123456789", digits)) if digits else text
