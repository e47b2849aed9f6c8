"""Answers of selects: choice values in one text, blanks between them."""

from __future__ import annotations

from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.errors import EvaluationError
from cora_bot.forms.expr.functions.function import Function, fixed, with_context


def selected(answer: str, value: str) -> bool:
    return value.strip() in answer.split()


def selected_at(answer: str, place: float) -> str:
    chosen = answer.split()
    if place != place:
        return ""
    at = int(place)
    return chosen[at] if 0 <= at < len(chosen) else ""


def choice_name(context: Context, value: str, path: str) -> str:
    return context.choice_name(path.strip(), value)


def pulldata(_context: Context, *_arguments: str) -> str:
    raise EvaluationError("pulldata() needs a file this form does not carry")


TABLE: dict[str, Function] = {
    "selected": fixed(selected, "ss", "b"),
    "is-selected": fixed(selected, "ss", "b"),
    "selected-at": fixed(selected_at, "sn", "s"),
    "count-selected": fixed(lambda answer: float(len(answer.split())), "s", "n"),
    "jr:choice-name": with_context(choice_name, "ss", "s"),
    "pulldata": Function(pulldata, "ssss", 4, 4, "s", context=True),
}
