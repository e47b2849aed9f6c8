"""Answers of selects: choice values in one text, blanks between them; and what is said of them."""

from __future__ import annotations

from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.errors import EvaluationError
from cora_bot.forms.expr.functions.function import Function, fixed
from cora_bot.forms.expr.values import to_text

JAVAS_BLANKS = "".join(map(chr, range(33)))  # what Java's trim() takes off


def selected(answer: str, value: str) -> bool:
    """As a tablet: looked for between blanks, so that a blank is selected where nothing is."""
    return f" {value.strip(JAVAS_BLANKS)} " in f" {answer} "


def selected_at(answer: str, place: float) -> str:
    chosen = answer.split()
    if place != place:
        return ""
    at = int(place)
    return chosen[at] if 0 <= at < len(chosen) else ""


def choice_name(context: Context, value: str, path: str) -> str:
    return context.choice_name(path.strip(), value)


def itext(context: Context, text_id: str) -> str:
    return context.itext(text_id)


def pulldata(context: Context, instance: str, column: str, key: str, value: str) -> str:
    """pulldata('fees', 'price', 'name_key', name): the column of the first item whose key is the value."""
    top = context.instances.get(instance)
    if top is None or not top.children:
        raise EvaluationError("pulldata() needs a file this form does not carry")
    items = top.children[0].children
    context.spend(len(items))
    for item in items:
        if any(to_text(each.value) == value for each in item.named(key)):
            return next((to_text(each.value) for each in item.named(column)), "")
    return ""


TABLE: dict[str, Function] = {
    "selected": fixed(selected, "ss", "b"),
    "is-selected": fixed(selected, "ss", "b"),
    "selected-at": fixed(selected_at, "sn", "s"),
    "count-selected": fixed(lambda answer: float(len(answer.split())), "s", "n"),
    "jr:choice-name": Function(choice_name, "ss", 2, 2, "s", context=True, volatile=True),
    "jr:itext": Function(itext, "s", 1, 1, "s", context=True, volatile=True),
    "pulldata": Function(pulldata, "ssss", 4, 4, "s", context=True),
}
