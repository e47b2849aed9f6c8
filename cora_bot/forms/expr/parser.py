"""A Pratt parser for XPath 1.0 as ODK XForms use it. Names such as ``div`` are operators only where one can stand."""

from __future__ import annotations

import re

from cora_bot.forms.expr.errors import ExpressionError
from cora_bot.forms.expr.syntax import Ast, Binary, Call, Literal, Negate, Number, Path, Step
from cora_bot.forms.expr.tokens import Token, tokens

MAX_DEPTH = 100  # brackets in brackets
MAX_CHAIN = 200  # operators in a row

BINDING = {
    "or": 1,
    "and": 2,
    "=": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "div": 6,
    "mod": 6,
    "|": 8,
}
NEGATION = 7
GLUED = re.compile(r"(and|or|div|mod)([0-9]+(?:\.[0-9]*)?)\Z")  # "1 div2" is an operator and a number
AXES = {"child", "parent", "self", "attribute", "descendant-or-self"}


def parse(source: str) -> Ast:
    """The syntax tree. Raises ExpressionError."""
    return _Parser(tokens(source)).whole()


class _Parser:
    def __init__(self, stream: list[Token]) -> None:
        self.stream = stream
        self.at = 0
        self.depth = 0

    def whole(self) -> Ast:
        tree = self.expression(0)
        if self.peek.kind != "end":
            self.fail()
        return tree

    @property
    def peek(self) -> Token:
        return self.stream[self.at]

    def next(self) -> Token:
        token = self.stream[self.at]
        self.at += 1
        return token

    def accept(self, symbol: str) -> bool:
        if self.peek.kind == "symbol" and self.peek.text == symbol:
            self.at += 1
            return True
        return False

    def expect(self, symbol: str) -> None:
        if not self.accept(symbol):
            self.fail(f"expected “{symbol}”")

    def fail(self, why: str = "") -> None:
        token = self.peek
        place = "at its end" if token.kind == "end" else f"at “{token.text[:20]}” (character {token.at + 1})"
        raise ExpressionError("syntax", f"the expression cannot be read {place}" + (f": {why}" if why else ""))

    def operator(self) -> str:
        """The binary operator that stands here, or ''."""
        token = self.peek
        if token.kind == "name" and (glued := GLUED.match(token.text)):
            rest = Token("number", glued[2], token.at + glued.end(1))
            self.stream[self.at : self.at + 1] = [Token("name", glued[1], token.at), rest]
            return glued[1]
        return token.text if token.kind in ("symbol", "name") and token.text in BINDING else ""

    def expression(self, least: int) -> Ast:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("syntax", f"the expression is nested more than {MAX_DEPTH} deep")
        left = self.unary()
        chain = 0
        while (symbol := self.operator()) and BINDING[symbol] > least:
            self.at += 1
            chain += 1
            if chain > MAX_CHAIN:
                raise ExpressionError("syntax", f"the expression has more than {MAX_CHAIN} operators in a row")
            left = Binary(symbol, left, self.expression(BINDING[symbol]))
        self.depth -= 1
        return left

    def unary(self) -> Ast:
        if self.accept("-"):
            return Negate(self.expression(NEGATION))
        return self.path()

    def path(self) -> Ast:
        token = self.peek
        if token.kind == "number":
            self.at += 1
            return Number(float(token.text))
        if token.kind == "text":
            self.at += 1
            return self.trail(Literal(token.text[1:-1]))
        if self.accept("("):
            inner = self.expression(0)
            self.expect(")")
            return self.trail(inner)
        following = self.stream[self.at + 1] if token.kind == "name" else None
        if following is not None and following.kind == "symbol" and following.text == "(" and token.text != "node":
            return self.trail(self.call())
        return self.location()

    def call(self) -> Call:
        name = self.next().text
        self.expect("(")
        arguments: list[Ast] = []
        if not self.accept(")"):
            arguments.append(self.expression(0))
            while self.accept(","):
                arguments.append(self.expression(0))
            self.expect(")")
        return Call(name, tuple(arguments))

    def trail(self, start: Ast) -> Ast:
        """Predicates and further steps after a call or a bracket."""
        predicates = self.predicates()
        steps = [Step("self", "*", predicates)] if predicates else []
        self.more(steps)
        return Path(start, tuple(steps)) if steps else start

    def location(self) -> Ast:
        steps: list[Step] = []
        if self.accept("//"):
            steps += [Step("descendant-or-self", "*"), self.step()]
            self.more(steps)
            return Path("root", tuple(steps))
        if self.accept("/"):
            if self.starts_step():
                steps.append(self.step())
                self.more(steps)
            return Path("root", tuple(steps))
        steps.append(self.step())
        self.more(steps)
        return Path("context", tuple(steps))

    def more(self, steps: list[Step]) -> None:
        while True:
            if self.accept("//"):
                steps += [Step("descendant-or-self", "*"), self.step()]
            elif self.accept("/"):
                steps.append(self.step())
            else:
                return

    def starts_step(self) -> bool:
        token = self.peek
        return token.kind in ("name", "axis") or (token.kind == "symbol" and token.text in (".", "..", "*", "@"))

    def step(self) -> Step:
        if self.accept(".."):
            return Step("parent", "*", self.predicates())
        if self.accept("."):
            return Step("self", "*", self.predicates())
        axis = "child"
        if self.accept("@"):
            axis = "attribute"
        elif self.peek.kind == "axis":
            axis = self.next().text
            if axis not in AXES:
                raise ExpressionError("axis", f"the axis “{axis}::” is not supported; child, parent and self are")
        return Step(axis, self.name_test(), self.predicates())

    def name_test(self) -> str:
        if self.accept("*"):
            return "*"
        if self.peek.kind != "name":
            self.fail("a name is missing")
        name = self.next().text
        if self.accept("("):
            self.expect(")")
            if name != "node":
                raise ExpressionError("axis", f"“{name}()” is not supported in a path")
            return "node()"
        if name.endswith(":*"):
            raise ExpressionError("axis", f"“{name}” is not supported in a path")
        return name.rpartition(":")[2]

    def predicates(self) -> tuple[Ast, ...]:
        found: list[Ast] = []
        while self.accept("["):
            found.append(self.expression(0))
            self.expect("]")
        return tuple(found)
