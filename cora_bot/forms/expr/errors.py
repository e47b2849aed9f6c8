"""What can go wrong with an expression: when it is compiled (the author's), and when it runs."""

from __future__ import annotations


class ExpressionError(Exception):
    """The text is no expression we can compile. ``code`` is stable; ``str(error)`` is for the author."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class EvaluationError(Exception):
    """An expression has no value for what it was given, where JavaRosa throws too. The text carries no answers."""


class BudgetError(EvaluationError):
    """An expression took more steps or made longer text than any honest form needs."""
