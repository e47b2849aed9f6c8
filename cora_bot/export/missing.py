"""Why a question has no answer. These reasons are kept apart from each other and from answers such as "don't know".

A finished record names what was passed by and what was not reached. Every other question of its form without an answer
did not apply. Records sealed before records said so name neither: for them the reason stays unknown, never guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from cora_bot.export import repeats
from cora_bot.forms.model import Column, Form, Kind, bare_ref


class Missing(StrEnum):
    """The vocabulary of the column ``missing``."""

    SKIPPED = "skipped"
    NOT_ASKED = "not_asked"
    NOT_REACHED = "not_reached"
    WAITING = "waiting"
    LOST = "lost"


MEANINGS = {
    Missing.SKIPPED: "the question was shown, or stood before the point reached, and was passed by without an answer",
    Missing.NOT_ASKED: "the question did not apply: its condition (`relevant`) did not hold when the record was made",
    Missing.NOT_REACHED: "the question applied, and the person had not come to it when the form was left",
    Missing.WAITING: "a file was sent, and was not fetched yet when the bundle was made: the next bundle brings it",
    Missing.LOST: "a file was sent, and could not be fetched from Telegram, or is not whole in the bundle",
}


def asks(column: Column) -> bool:
    """Whether the column is a question a person can answer, not a calculation or a text that is only read."""
    return column.question is not None and column.question.kind is not Kind.NOTE


def well_formed(body: Mapping[str, Any]) -> bool:
    """Both lists, or neither."""
    named = [body.get(key) for key in ("skipped", "not_reached")]
    return named == [None, None] or all(_texts(one) for one in named)


def _texts(raw: object) -> bool:
    return isinstance(raw, list) and all(isinstance(one, str) for one in raw)


def contradicts(body: Mapping[str, Any], form: Form, answered: Collection[str]) -> bool:
    """Whether the body says something impossible: of another form's question, of one answered, or both at once."""
    skipped, not_reached = body.get("skipped", ()), body.get("not_reached", ())
    named = {*skipped, *not_reached}
    questions = {column.ref for column in form.columns if asks(column)}
    return (
        len(named) < len(skipped) + len(not_reached)
        or bool(named & set(answered))
        or not {bare_ref(ref) for ref in named} <= questions
    )


def reasons(body: Mapping[str, Any], form: Form, answered: Collection[str]) -> dict[str, Missing] | None:
    """By ref, why each question of ``form`` that is not in ``answered`` has no answer; None: the body does not say.

    An answer that was sealed on arrival and is empty was passed by.
    """
    if "skipped" not in body:
        return None
    not_reached = frozenset(body["not_reached"])
    skipped = frozenset(body["skipped"]).union(body.get("sealed", {}))
    places = repeats.by_column({*answered, *skipped, *not_reached})
    return {
        ref: _reason(ref, skipped, not_reached)
        for column in form.columns
        if asks(column)
        for ref in repeats.of(column, places)
        if ref not in answered
    }


def _reason(ref: str, skipped: Collection[str], not_reached: Collection[str]) -> Missing:
    if ref in skipped:
        return Missing.SKIPPED
    return Missing.NOT_REACHED if ref in not_reached else Missing.NOT_ASKED
