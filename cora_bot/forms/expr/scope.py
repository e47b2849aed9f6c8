"""What a compiler knows of the form around an expression, and what it found out about the expression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cora_bot.base.values import Value
from cora_bot.forms.expr.context import Context, Run
from cora_bot.forms.expr.nodes import Node


@dataclass(frozen=True, slots=True)
class Scope:
    """``context``: the path of the node that bears the expression. ``slots``: number of every path of the primary
    instance; none where the tree is not known before (paths are then walked). ``instances``: ids of the secondary
    ones; None: any. ``repeats``: paths of what may occur several times. ``texts``: by id, where expressions take any,
    what each text of the form reads."""

    context: str = ""
    slots: Mapping[str, int] = field(default_factory=dict)
    instances: frozenset[str] | None = None
    repeats: frozenset[str] = frozenset()
    texts: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def repeat_of(self, path: str) -> str:
        """The nearest repeat that holds ``path`` or is it; '' where there is none."""
        return max((each for each in self.repeats if _holds(each, path)), key=len, default="")

    def shared(self, path: str) -> str:
        """The nearest repeat that holds both ``path`` and the node that bears the expression."""
        found = (each for each in self.repeats if _holds(each, path) and _holds(each, self.context))
        return max(found, key=len, default="")


def _holds(top: str, path: str) -> bool:
    return path == top or path.startswith(top + "/")


class Fault(Value):
    """What can be parsed but not run: a function that does not exist, a wrong number of arguments."""

    code: str
    message: str


@dataclass(slots=True)
class Findings:
    """``reads``: slots the value may depend on. ``unknown``: references that lead nowhere. ``lints``: codes.

    ``size``: nodes of the syntax tree. ``names``: slots of the questions whose choices it names.
    """

    reads: set[int] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    lints: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    volatile: bool = False
    size: int = 0
    names: set[int] = field(default_factory=set)


class Compiled(Value):
    """``gives``: n number, s text, b boolean, v not known before it runs."""

    run: Run
    gives: str = "v"


class Expression(Value):
    """A compiled expression. ``volatile``: it reads the clock or the language. ``size``: its steps, loops aside.

    ``names``: slots of the questions whose choices' labels it takes; what those read is not in ``reads``.
    """

    source: str
    run: Run
    gives: str
    reads: frozenset[int]
    unknown: tuple[str, ...]
    lints: frozenset[str]
    faults: tuple[Fault, ...]
    volatile: bool
    size: int
    names: frozenset[int] = frozenset()

    def on(self, context: Context, node: Node) -> object:
        """Its value with ``node`` as context. Raises EvaluationError."""
        return self.run(context.at(node))
