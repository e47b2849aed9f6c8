"""What an expression may look at while it runs, and how much work it may do.

A *step* is about the work of one operator, well under a microsecond. Each evaluation has a budget, and so has a pass:
whatever one press or one message sets off. So no form can hold up the chats of others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo

from cora_bot.forms.expr.errors import BudgetError
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.values import Value

MAX_STEPS = 1_000_000  # of one evaluation; a filter over 5,000 choices takes some 20,000
MAX_WORK = 10_000_000  # steps of one pass; a whole form of 500 questions takes some 10,000
MAX_MATCHING = 2.0  # seconds that the patterns of one pass may take
MAX_TEXT = 100_000  # characters of one value
_NOWHERE = Node("")


def no_text(text_id: str) -> str:
    """What a tablet gives for a text that the form does not have."""
    return f"[itext:{text_id}]"


def no_label(_path: str, value: str) -> str:
    """A choice's value stands for its label."""
    return value


class Context:
    """``node``: where relative paths start. ``current``: the node that bears the expression.

    ``slots``: the nodes of the primary instance by number. ``now``: the frozen instant, in the person's zone.
    ``seed`` orders what ``randomize()`` shuffles without a seed of its own. ``choice_name(path, value)`` gives a
    choice's label in the language asked in, ``itext(id)`` a text of the form; ``draw(n)`` gives random bytes.
    ``properties`` answers ``property()``, ``version`` is the form's.
    """

    __slots__ = (
        "choice_name",
        "current",
        "draw",
        "instances",
        "itext",
        "matching",
        "node",
        "now",
        "position",
        "properties",
        "root",
        "seed",
        "size",
        "slots",
        "steps",
        "today",
        "version",
        "work",
        "zone",
    )

    def __init__(
        self,
        root: Node = _NOWHERE,
        *,
        now: datetime | None = None,
        slots: list[Node] | None = None,
        instances: Mapping[str, Node] | None = None,
        choice_name: Callable[[str, str], str] = no_label,
        itext: Callable[[str], str] = no_text,
        draw: Callable[[int], bytes] | None = None,
        properties: Mapping[str, str] | None = None,
        version: str = "",
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
        self.work = 0
        self.matching = MAX_MATCHING
        self.choice_name = choice_name
        self.itext = itext
        self.draw = draw or bytes
        self.properties: Mapping[str, str] = properties or {}
        self.version = version

    def at(self, node: Node) -> Context:
        """The same context, standing on ``node``, for another evaluation of the same pass."""
        self.node = self.current = node
        self.work += self.steps
        self.steps = 0
        return self

    def new_pass(self) -> None:
        """Gives the whole budget anew."""
        self.steps = self.work = 0
        self.matching = MAX_MATCHING

    def spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise BudgetError(f"an expression took more than {MAX_STEPS:,} steps")
        if self.work + self.steps > MAX_WORK:
            raise BudgetError(f"the expressions of one pass took more than {MAX_WORK:,} steps")


def bounded(text: str) -> str:
    """The text, unless it grew beyond any honest value."""
    if len(text) > MAX_TEXT:
        raise BudgetError(f"an expression made more than {MAX_TEXT} characters")
    return text


def joined(separator: str, parts: list[str]) -> str:
    """Like ``bounded``, judged before the long text is made."""
    if sum(map(len, parts)) + len(separator) * max(0, len(parts) - 1) > MAX_TEXT:
        raise BudgetError(f"an expression made more than {MAX_TEXT} characters")
    return separator.join(parts)


Run = Callable[[Context], Value]
NodesRun = Callable[[Context], list[Node]]
