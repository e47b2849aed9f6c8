"""An expression cut into tokens."""

from __future__ import annotations

import re

from cora_bot.base.values import Value
from cora_bot.forms.expr.errors import ExpressionError

MAX_EXPRESSION = 20_000

NAME = r"[^\W\d][\w.\-]*"
TOKEN = re.compile(
    rf"""\s*(?:
    (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<axis>{NAME})\s*::
    | (?P<name>{NAME}(?::(?:{NAME}|\*))?)
    | (?P<symbol>//|\.\.|!=|<=|>=|[.()\[\],/@*|=<>+\-])
    )""",
    re.VERBOSE,
)


class Token(Value):
    """``kind``: number, text, axis, name, symbol or end."""

    kind: str
    text: str
    at: int


def tokens(source: str) -> list[Token]:
    """Raises ExpressionError for a character that begins nothing, and for an expression that is too long."""
    if len(source) > MAX_EXPRESSION:
        raise ExpressionError("too-long", f"the expression has more than {MAX_EXPRESSION} characters")
    found: list[Token] = []
    at, end = 0, len(source.rstrip())
    while at < end:
        match = TOKEN.match(source, at)
        if match is None or match.lastgroup is None:
            rest = source[at:].lstrip()[:12]
            raise ExpressionError("syntax", f"cannot read the expression at “{rest}”")
        found.append(Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        at = match.end()
    found.append(Token("end", "", end))
    return found
