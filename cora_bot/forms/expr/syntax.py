"""The syntax tree of an expression. Values only."""

from __future__ import annotations

from cora_bot.base.values import Value


class Number(Value):
    value: float


class Literal(Value):
    text: str


class Negate(Value):
    operand: Ast


class Binary(Value):
    """``operator`` is one of or and = != < <= > >= + - * div mod |."""

    operator: str
    left: Ast
    right: Ast


class Call(Value):
    name: str
    arguments: tuple[Ast, ...]


class Step(Value):
    """``axis``: child, parent, self, attribute, or descendant-or-self (what ``//`` abbreviates). ``name`` may be *."""

    axis: str
    name: str
    predicates: tuple[Ast, ...] = ()


class Path(Value):
    """``start`` is "root", "context", or an expression that yields nodes (``instance('x')``, ``current()``)."""

    start: str | Ast
    steps: tuple[Step, ...]


Ast = Number | Literal | Negate | Binary | Call | Path
