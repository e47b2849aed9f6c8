"""What else a form says about a question: its messages by language, and when it is asked, as its author wrote it.

For documents and hashes. Outputs stay unresolved (``${name}``), as in ``Question.labels``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cora_bot.forms import texts
from cora_bot.forms.expr.scope import Expression
from cora_bot.forms.model import Form, Question
from cora_bot.forms.program import Program, Spec, Texts

PATH = re.compile(r" ?/data/(?:[\w.\-]+/)*([\w.\-]+) ?")


@dataclass(frozen=True, slots=True)
class Wording:
    """``constraint`` and ``required`` are messages by language; the other three are expressions, "" where none."""

    constraint: Mapping[str, str]
    required: Mapping[str, str]
    relevant: str
    allowed: str
    must: str


def wording(form: Form, question: Question) -> Wording:
    """Raises LookupError when the question is not the form's."""
    program = form.program
    if not isinstance(program, Program):
        raise TypeError("the form was not compiled")
    spec = program.specs[program.slots[question.ref]]
    return Wording(
        constraint=_raws(spec.constraint_text),
        required=_raws(spec.required_text),
        relevant=_both(tuple(_conditions(program, spec))),
        allowed=_source(spec.constraint),
        must=_source(spec.required),
    )


def _conditions(program: Program, spec: Spec) -> Iterator[str]:
    """The groups' conditions from the outermost inwards, then its own."""
    if spec.parent >= 0:
        yield from _conditions(program, program.specs[spec.parent])
    if spec.relevant:
        yield _source(spec.relevant)


def _both(conditions: tuple[str, ...]) -> str:
    return " and ".join(f"({each})" for each in conditions) if len(conditions) > 1 else "".join(conditions)


def _raws(found: Texts | None) -> Mapping[str, str]:
    return texts.raws(found) if found else {}


def _source(expression: Expression | None) -> str:
    """The condition with ``${name}`` where pyxform wrote a path."""
    return PATH.sub(lambda found: f"${{{found[1]}}}", expression.source).strip() if expression else ""
