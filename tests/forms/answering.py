"""A walk answered to its end at random, for the tests of large forms and for measuring."""

from __future__ import annotations

import random

from cora_bot.forms.model import Form, Kind
from cora_bot.forms.shown import Shown
from cora_bot.forms.walk import Violation, Walk
from tests.forms.support import moment

MOST = 3_000  # questions that one walk may ask


def answered(form: Form, seed: int) -> Walk:
    """A walk at its end. Raises where it does not come there."""
    chance, walk = random.Random(seed), Walk.begin(form, moment())
    for _ in range(MOST):
        shown = walk.shown("en")
        if shown is None:
            return walk
        answer(walk, shown, chance)
    raise AssertionError(f"the walk did not come to its end within {MOST} questions")


def answer(walk: Walk, shown: Shown, chance: random.Random) -> None:
    """One answer that is taken, or on to the next question."""
    number = shown.question.number
    if shown.question.kind is Kind.REPEAT:
        walk.choose(number, 0 if shown.instances < 3 and chance.random() < 0.5 else 1)
        return
    if shown.question.kind is Kind.NOTE:
        walk.done(number)
        return
    for value in (*_tries(shown, chance), ""):
        if not isinstance(walk.enter(number, value, "en"), Violation):
            return
    walk.pass_by()


def _tries(shown: Shown, chance: random.Random) -> list[str]:
    values = [choice.value for choice in shown.choices]
    match shown.question.kind:
        case Kind.SELECT_ONE | Kind.RANGE if values:
            return [chance.choice(values)]
        case Kind.SELECT_MANY if values:
            return [" ".join(value for value in values if chance.random() < 0.5)]
        case Kind.INTEGER:
            return [str(chance.randrange(6)), "30", "1"]
        case Kind.DECIMAL:
            return [f"{chance.randrange(900)}.5", "1.5"]
        case Kind.DATE:
            return [f"{chance.choice((1950, 1990, 2019, 2025))}-05-06", "2026-11-01"]
        case Kind.TEXT:
            return ["some words"]
        case Kind.ACKNOWLEDGE:
            return ["OK"]
        case _:
            return []
