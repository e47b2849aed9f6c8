"""What a walk has come to: what later answerings may read, what alerts, what was sealed, what has no answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cora_bot.forms.instance import Instance
from cora_bot.forms.route import Stop, counts
from cora_bot.forms.stored import stored_text


def kept(instance: Instance) -> dict[str, str]:
    """Of single questions and calculations those that a later answering may read, by path."""
    specs, slots = instance.program.specs, instance.program.slots
    return {ref: value for ref, value in instance.results().items() if ref in slots and specs[slots[ref]].keep}


def entity(instance: Instance) -> dict[str, str]:
    """Property -> value: what the form says of the person's entity, of what may be kept."""
    specs, nodes = instance.program.specs, instance.nodes
    saved = [spec for spec in specs if spec.saveto and spec.keep and spec.repeat < 0 and nodes[spec.slot].relevant]
    return {spec.saveto: stored_text(nodes[spec.slot].value) for spec in saved}


def meta(instance: Instance) -> dict[str, str]:
    """Of the record's own block what was drawn or set once and cannot be worked out again, by path below it.

    The instance's id is the record's own, and is not in it.
    """
    specs, block = instance.program.specs, instance.program.slots.get(f"{instance.program.specs[0].path}/meta")
    if block is None:
        return {}
    top = f"{specs[block].path}/"
    drawn = [spec for spec in specs[block + 1 : specs[block].end] if spec.calculate is None]
    found = {spec.path.removeprefix(top): (spec, instance.nodes[spec.slot]) for spec in drawn}
    return {
        path: stored_text(node.value)
        for path, (spec, node) in found.items()
        if path not in ("instanceID", "audit") and stored_text(node.value) != spec.initial
    }


def alerts(instance: Instance) -> tuple[str, ...]:
    """Paths of the answers whose alert holds as things stand."""
    return tuple(
        instance.tree.path(node)
        for spec in instance.program.alerting
        for node in instance.tree.live[spec.slot]
        if node.relevant and instance.has_answer(node) and instance.holds(spec.alert, node, otherwise=False)
    )


def sealed_refs(instance: Instance) -> tuple[str, ...]:
    """Paths of the answers that apply and were sealed on arrival, in the form's order."""
    nodes = (node for found in instance.tree.live for node in found)
    return tuple(instance.tree.path(node) for node in nodes if node in instance.sealed and node.relevant)


def unanswered(instance: Instance, stops: Iterable[Stop], at: Stop | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Paths of questions that apply and have no answer: those passed by, and those not reached yet."""
    passed: list[str] = []
    ahead: list[str] = []
    found = passed
    for stop in stops:
        found = ahead if stop == at else found
        if counts(instance, stop) and stop.node.relevant and not instance.has_answer(stop.node):
            found.append(instance.tree.path(stop.node))
    return tuple(passed), tuple(ahead)


def counted(instance: Instance, stops: Iterable[Stop]) -> Iterator[Stop]:
    """The author's questions that apply, notes aside."""
    return (stop for stop in stops if counts(instance, stop) and stop.node.relevant)
