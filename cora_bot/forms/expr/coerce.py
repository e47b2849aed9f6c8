"""Closures that turn a compiled value into the kind a function or operator takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.scope import Compiled
from cora_bot.forms.expr.values import to_boolean, to_date, to_number, to_text


def number(compiled: Compiled) -> Callable[[Context], float]:
    run = compiled.run
    if compiled.gives == "n":
        return run  # type: ignore[return-value]
    return lambda context: to_number(run(context))


def text(compiled: Compiled) -> Callable[[Context], str]:
    run = compiled.run
    if compiled.gives == "s":
        return run  # type: ignore[return-value]
    return lambda context: to_text(run(context))


def boolean(compiled: Compiled) -> Callable[[Context], bool]:
    run = compiled.run
    if compiled.gives == "b":
        return run  # type: ignore[return-value]
    return lambda context: to_boolean(run(context))


def day(compiled: Compiled) -> Callable[[Context], date | None]:
    run = compiled.run
    return lambda context: to_date(run(context), context.zone)
