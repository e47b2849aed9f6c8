"""What an expression may look at while it runs, and how much work it may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo

from cora_bot.forms.expr.errors import BudgetError
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.values import Value

MAX_STEPS = 200_000  # nodes looked at in one evaluation; a form of 500 questions needs a few thousand
MAX_TEXT = 100_000  # characters of one value
_NOWHERE = Node("")


class Context:
    """``node``: where relative paths start. ``current``: the node that bears the expression.

    ``slots``: the nodes of the primary instance by number. ``now``: the frozen instant, in the person's zone.
    ``seed`` orders what ``randomize()`` shuffles without a seed of its own. ``choice_name(path, value)`` gives a
    choice's label in the language asked in; ``draw(n)`` gives random bytes.
    """

    __slots__ = (
        "choice_name",
        "current",
        "draw",
        "instances",
        "node",
        "now",
        "position",
        "root",
        "seed",
        "size",
        "slots",
        "steps",
        "today",
        "zone",
    )

    def __init__(
        self,
        root: Node = _NOWHERE,
        *,
        now: datetime | None = None,
        slots: list[Node] | None = None,
        instances: Mapping[str, Node] | None = None,
        choice_name: Callable[[str, str], str] = lambda _path, value: value,
        draw: Callable[[int], bytes] | None = None,
    ) -> None:
        self.root = root
        self.node = root
        self.current = root
        self.slots = slots if slots is not None else []
        self.instances: Mapping[str, Node] = instances or {}
        self.now = now or datetime(1970, 1, 1, tzinfo=UTC)
        self.today: date = self.now.date()
        self.zone: tzinfo = self.now.tzinfo or UTC
        self.seed = 0
        self.position = 1
        self.size = 1
        self.steps = 0
        self.choice_name = choice_name
        self.draw = draw or bytes

    def at(self, node: Node) -> Context:
        """The same context, standing on ``node``, with a fresh budget."""
        self.node = self.current = node
        self.steps = 0
        return self

    def spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise BudgetError(f"an expression looked at more than {MAX_STEPS} nodes")


def bounded(text: str) -> str:
    """The text, unless it grew beyond any honest value."""
    if len(text) > MAX_TEXT:
        raise BudgetError(f"an expression made more than {MAX_TEXT} characters")
    return text


Run = Callable[[Context], Value]
NodesRun = Callable[[Context], list[Node]]
