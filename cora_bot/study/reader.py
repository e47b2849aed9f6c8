"""study.toml → Study, or everything that is wrong with it, in one run.

A place is written as in ``waves[2].offset``: the second wave, counted from 1 as people count. Each key of the file
is validated by itself and the rules between keys run on whatever could be read, so one slip hides no other.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from cora_bot.base.problems import Problem, errors
from cora_bot.base.values import replace
from cora_bot.study.assembly import assembled
from cora_bot.study.model import Study
from cora_bot.study.rules import PART_NAMES, Parts, broken_rules
from cora_bot.study.shape import LanguageTable, StudyTable, WaveTable

_ADAPTERS: Final[Mapping[str, TypeAdapter[Any]]] = {
    name: TypeAdapter(hint)
    for name, hint in get_type_hints(StudyTable, include_extras=True).items()
    if name != "model_config"
}
_ROWS: Final[Mapping[str, TypeAdapter[Any]]] = {
    "languages": TypeAdapter(LanguageTable),
    "waves": TypeAdapter(WaveTable),
}
_MENDS: Final[Mapping[str, str]] = {
    "string_type": "Write it in double quotes.",
    "int_type": "Write a whole number without quotes.",
    "date_type": "Write the day without quotes: 2026-11-22.",
    "bool_type": "Write true or false without quotes.",
    "list_type": "Write a list in square brackets.",
    "dict_type": "Write a table: [name] on its own line, then key = value lines.",
    "model_type": "Write a table: [name] on its own line, then key = value lines.",
    "literal_error": "Use one of the values named.",
    "too_short": "Give at least one.",
    "greater_than_equal": "An hour is a number from 0 to 23; smallest one from 2 to 1000.",
    "less_than_equal": "An hour is a number from 0 to 23; smallest one from 2 to 1000.",
}


def read_study(text: str, *, file: str) -> tuple[Study | None, tuple[Problem, ...]]:
    """The study and its problems. No study when one of them is an error; ``file`` is how problems name the file."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, (_not_toml(str(error), file),)
    problems = [*_shape_problems(raw), *broken_rules(_readable_parts(raw))]
    placed = tuple(replace(problem, file=file) for problem in problems)
    if errors(placed):
        return None, placed
    return assembled(StudyTable.model_validate(raw), hashlib.sha256(text.encode()).hexdigest()), placed


def _not_toml(message: str, file: str) -> Problem:
    row = re.search(r"line (\d+)", message)
    return Problem(
        code="study.toml",
        message=f"this is not TOML: {message}",
        hint="Texts stand in double quotes, lists in square brackets, and a key appears once.",
        file=file,
        row=int(row.group(1)) if row else None,
    )


def _shape_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        StudyTable.model_validate(raw)
    except ValidationError as error:
        for detail in error.errors():
            yield _problem(detail)


def _readable_parts(raw: Mapping[str, Any]) -> Parts:
    """Every part that is right in itself, whatever else is wrong in the file."""
    found: dict[str, Any] = {}
    for name in PART_NAMES:
        value = raw.get(name)
        if name in _ROWS and isinstance(value, list):
            found[name] = [_readable(_ROWS[name], row) for row in value]
        elif value is not None:
            found[name] = _readable(_ADAPTERS[name], value)
    return Parts(**found)


def _readable(adapter: TypeAdapter[Any], value: object) -> Any:
    try:
        return adapter.validate_python(value, strict=True)
    except ValidationError:
        return None


def _problem(detail: ErrorDetails) -> Problem:
    place = _place(detail["loc"])
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return Problem("study.missing", f"{place}: this is missing", f"Add {place.rpartition('.')[2]} = …")
        case "extra_forbidden":
            return Problem("study.unknown", f"{place}: there is no such key", _nearest(detail["loc"]))
        case kind if "hint" in context:
            return Problem(kind, f"{place}: {context['message']}", str(context["hint"]))
        case kind:
            return Problem("study.value", f"{place}: {detail['msg']}", _MENDS.get(kind, ""))


def _place(loc: tuple[int | str, ...]) -> str:
    text = ""
    for step in loc:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        elif step != "[key]":
            text += f".{step}" if text else step
    return text


def _nearest(loc: tuple[int | str, ...]) -> str:
    """Which key was probably meant."""
    table: type[Any] = StudyTable
    for step in loc[:-1]:
        if isinstance(step, str):
            table = next((kind for kind in _tables(table.model_fields[step].annotation)), table)
    near = get_close_matches(str(loc[-1]), list(table.model_fields), n=1)
    return f"Did you mean {near[0]}?" if near else f"The keys here are {', '.join(table.model_fields)}."


def _tables(annotation: Any) -> Iterator[type[Any]]:
    for kind in (annotation, *getattr(annotation, "__args__", ())):
        if hasattr(kind, "model_fields"):
            yield kind
