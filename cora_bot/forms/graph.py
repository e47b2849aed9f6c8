"""In which order a form is recomputed, what a change can reach, and where definitions go round in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cora_bot.base.values import replace
from cora_bot.forms.expr.scope import Expression
from cora_bot.forms.program import Asked, Entry, Spec


def entries(specs: Sequence[Spec]) -> list[Entry]:
    """Everything that is recomputed, in document order."""
    found: list[Entry] = []
    for spec in specs:
        if spec.relevant is not None:
            found.append(Entry(spec.slot, False, spec.relevant, spec.relevant.reads))
        if spec.calculate is not None:
            found.append(Entry(spec.slot, True, spec.calculate, spec.calculate.reads))
    return found


def with_named(specs: Sequence[Spec], asked: Iterable[Asked]) -> list[Spec]:
    """What names a choice reads what its label puts out, too."""
    labels = {each.slot: frozenset(_outputs(each)) for each in asked}
    return [_named(spec, labels) if _names(spec) else spec for spec in specs]


def _names(spec: Spec) -> bool:
    return any(each is not None and each.names for each in (spec.relevant, spec.calculate))


def _named(spec: Spec, labels: Mapping[int, frozenset[int]]) -> Spec:
    return replace(spec, relevant=_naming(spec.relevant, labels), calculate=_naming(spec.calculate, labels))


def _outputs(asked: Asked) -> Iterator[int]:
    for choice in asked.choices:
        for parts in choice.texts.values():
            yield from (slot for part in parts if not isinstance(part, str) for slot in part.reads)


def _naming(expression: Expression | None, labels: Mapping[int, frozenset[int]]) -> Expression | None:
    if expression is None or not expression.names:
        return expression
    return replace(expression, reads=expression.reads.union(*(labels.get(slot, ()) for slot in expression.names)))


class Graph:
    """Who writes what whom reads. A slot is written by its calculation and by its own and inherited relevance."""

    def __init__(self, specs: Sequence[Spec], found: Sequence[Entry]) -> None:
        self.specs = specs
        self.found = found
        self.writers: dict[int, list[int]] = {}
        for at, entry in enumerate(found):
            written = range(entry.slot, entry.slot + 1 if entry.calculates else specs[entry.slot].end)
            for slot in written:
                self.writers.setdefault(slot, []).append(at)

    def needs(self, at: int) -> Iterator[int]:
        """The entries that must be computed before entry ``at``."""
        for slot in self.found[at].reads:
            yield from self.writers.get(slot, ())

    def sorted(self) -> tuple[list[int], list[list[int]]]:
        """A topological order (stable by document order), and the circles met, each as a chain of entries."""
        order: list[int] = []
        state: dict[int, int] = {}
        circles: list[list[int]] = []
        for first in range(len(self.found)):
            if first in state:
                continue
            trail = [(first, self.needs(first))]
            state[first] = 1
            while trail:
                at, needs = trail[-1]
                following = next(needs, None)
                if following is None:
                    state[at] = 2
                    order.append(at)
                    trail.pop()
                elif state.get(following) == 1:
                    chain = [each for each, _ in trail]
                    circles.append(chain[chain.index(following) :])
                elif following not in state:
                    state[following] = 1
                    trail.append((following, self.needs(following)))
        return order, circles


def chain(specs: Sequence[Spec], circle: Sequence[Entry]) -> list[str]:
    """Names all the way round; where a group decides about what it holds, what it holds stands between."""
    names = [specs[circle[0].slot].name]
    for entry, following in zip(circle, [*circle[1:], circle[0]], strict=True):
        met = sorted(slot for slot in entry.reads if slot in _written(specs, following))
        names += [specs[slot].name for slot in met[:1] if slot != following.slot] + [specs[following.slot].name]
    return names


def dependents(specs: Sequence[Spec], ordered: Sequence[Entry]) -> tuple[tuple[int, ...], ...]:
    """For each slot: the entries (in order) that a change of its value or relevance can reach, directly or not."""
    readers: dict[int, list[int]] = {}
    for at, entry in enumerate(ordered):
        for slot in entry.reads:
            readers.setdefault(slot, []).append(at)
    reach: list[set[int]] = [set() for _ in ordered]
    for at in range(len(ordered) - 1, -1, -1):
        for slot in _written(specs, ordered[at]):
            for reader in readers.get(slot, ()):
                reach[at] |= {reader} | reach[reader]
    result = []
    for slot in range(len(specs)):
        touched: set[int] = set()
        for reader in readers.get(slot, ()):
            touched |= {reader} | reach[reader]
        result.append(tuple(sorted(touched)))
    return tuple(result)


def _written(specs: Sequence[Spec], entry: Entry) -> range:
    return range(entry.slot, entry.slot + 1 if entry.calculates else specs[entry.slot].end)
