"""What somebody typed, by the kind of the question -> its canonical value."""

from __future__ import annotations

import math
from datetime import tzinfo

from cora_bot.forms import values
from cora_bot.forms.model import Kind, Question
from cora_bot.forms.values import Violation, ViolationCode


def canonical(question: Question, text: str, zone: tzinfo) -> str | Violation:
    match question.kind:
        case Kind.INTEGER:
            return values.whole(text)
        case Kind.DECIMAL:
            return values.number(text)
        case Kind.DATE:
            return values.day(text)
        case Kind.TIME:
            return values.clock(text)
        case Kind.DATETIME:
            return values.moment(text, zone)
        case Kind.TEXT:
            return values.words(text)
        case Kind.RANGE:
            return values.stepped(text, question.start, question.end, question.step)
        case _:
            return Violation(ViolationCode.NOT_A_CHOICE)


def geopoint(place: tuple[float, float, float, float]) -> str | Violation:
    latitude, longitude, _altitude, accuracy = place
    if not all(math.isfinite(each) for each in place) or abs(latitude) > 90 or abs(longitude) > 180 or accuracy < 0:
        return Violation(ViolationCode.OUT_OF_RANGE)
    return " ".join(f"{each:.7f}".rstrip("0").rstrip(".") for each in place)
