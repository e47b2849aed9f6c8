"""How a function of the language is declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cora_bot.base.values import Value


class Function(Value):
    """One eager function.

    ``takes`` has a letter for each argument, the last one counting for all that follow: n number, s text, b boolean,
    v any value, d date or None, N nodes (only a path will do), f a value or every value of a path's nodes; arguments
    of kind f arrive as one flat list. ``gives`` is the kind of the result (v: not known before). ``most`` None: any
    number. ``context``: called with the Context first. ``volatile``: depends on the clock or the language.
    """

    call: Callable[..., Any]
    takes: str
    least: int
    most: int | None
    gives: str
    context: bool = False
    volatile: bool = False


def fixed(call: Callable[..., Any], takes: str, gives: str, *, least: int | None = None) -> Function:
    """A function of as many arguments as ``takes`` has letters, of which ``least`` are required."""
    return Function(call, takes, len(takes) if least is None else least, len(takes), gives)


def with_context(call: Callable[..., Any], takes: str, gives: str, *, least: int | None = None) -> Function:
    return Function(call, takes, len(takes) if least is None else least, len(takes), gives, context=True)


def clocked(call: Callable[..., Any], takes: str, gives: str, *, least: int | None = None) -> Function:
    return Function(call, takes, len(takes) if least is None else least, len(takes), gives, context=True, volatile=True)


def many(call: Callable[..., Any], takes: str, gives: str, least: int = 0) -> Function:
    return Function(call, takes, least, None, gives)
