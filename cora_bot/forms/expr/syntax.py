"""The syntax tree of an expression. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Literal:
    text: str


@dataclass(frozen=True, slots=True)
class Negate:
    operand: Ast


@dataclass(frozen=True, slots=True)
class Binary:
    """``operator`` is one of or and = != < <= > >= + - * div mod |."""

    operator: str
    left: Ast
    right: Ast


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Ast, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """``axis``: child, parent, self, attribute, or descendant-or-self (what ``//`` abbreviates). ``name`` may be *."""

    axis: str
    name: str
    predicates: tuple[Ast, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """``start`` is "root", "context", or an expression that yields nodes (``instance('x')``, ``current()``)."""

    start: str | Ast
    steps: tuple[Step, ...]


Ast = Number | Literal | Negate | Binary | Call | Path
