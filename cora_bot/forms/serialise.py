"""The finished instance as XML, as a tablet would submit it: what applies, no templates, blank leaves as empty
elements.

``instance_xml`` makes it from a finished record's values. What applies is judged anew from them, at the time and in
the zone of the record; calculations keep the values they had. An instance of a repeat in which nothing was answered
leaves no value, and is not there unless the form's count asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.values import to_boolean
from cora_bot.forms.instance import Instance
from cora_bot.forms.model import Form
from cora_bot.forms.moment import Moment
from cora_bot.forms.program import Loop, Program
from cora_bot.forms.rendering import Renderer
from cora_bot.forms.stored import stored_text, typed

JAVAROSA: Final = "http://openrosa.org/javarosa"
OPENROSA: Final = "http://openrosa.org/xforms"
STEP: Final = re.compile(r"(.*)\[(\d+)\]\Z")


def instance_xml(
    form: Form,
    values: Mapping[str, str],
    moment: Moment,
    *,
    instance_id: str,
    meta: Mapping[str, str] | None = None,
    deprecated_id: str = "",
) -> str:
    """``values`` by path, sealed answers among them; ``instance_id`` as in ``uuid:…``.

    ``meta`` are values of the record's own block by their path below it (``entity/@id``), ``deprecated_id`` names the
    instance that this one replaces. Raises ValueError for a value the form has no place for.
    """
    if not isinstance(form.program, Program):
        raise TypeError("the form was not made by compile_form or load_xform")
    instance = Instance(form.program, moment)
    Renderer(form.program, instance)
    _grown(instance, values)
    _filled(instance, values)
    root = form.program.specs[0].path
    for path, value in {"instanceID": instance_id, **(meta or {})}.items():
        node = instance.tree.find(f"{root}/meta/{path}")
        if node is not None:
            node.value = value
    _judged(instance, keep={f"{root}/meta/{path}" for path in ("instanceID", *(meta or {}))})
    return xml_of(instance, deprecated_id=deprecated_id)


def xml_of(instance: Instance, *, deprecated_id: str = "") -> str:
    """The instance as it stands."""
    top = instance.tree.top.children[0]
    held = [f"{_unqualified(name)}={quoteattr(value)}" for name, value in instance.program.root.items()]
    spaces = [f'xmlns:jr="{JAVAROSA}"', f'xmlns:orx="{OPENROSA}"']
    inside = "".join([_written(child, deprecated_id) for child in _elements(top)])
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<{' '.join([top.name, *held, *spaces])}>{inside}</{top.name}>"


def _unqualified(name: str) -> str:
    return f"orx:{name.rpartition('}')[2]}" if name.startswith("{") else name


def _written(node: Node, deprecated_id: str) -> str:
    held = "".join([f" {each.name[1:]}={quoteattr(stored_text(each.value))}" for each in _attributes(node)])
    inside = "".join([_written(child, deprecated_id) for child in _elements(node)])
    inside = inside or escape(stored_text(node.value))
    if node.name == "meta" and deprecated_id:
        inside += f"<deprecatedID>{escape(deprecated_id)}</deprecatedID>"
    return f"<{node.name}{held}>{inside}</{node.name}>" if inside else f"<{node.name}{held}/>"


def _elements(node: Node) -> list[Node]:
    return [child for child in node.children if child.relevant and not child.name.startswith("@")]


def _attributes(node: Node) -> list[Node]:
    return [child for child in node.children if child.relevant and child.name.startswith("@")]


def _grown(instance: Instance, values: Mapping[str, str]) -> None:
    """The instances that the paths of the values name, in the order of their numbers."""
    told: dict[str, set[int]] = {}
    for path in values:
        steps = path.split("/")
        for at, step in enumerate(steps):
            if found := STEP.match(step):
                told.setdefault("/".join([*steps[:at], found[1]]), set()).add(int(found[2]))
    instance.tree.restore(sorted((path, sorted(numbers)) for path, numbers in told.items()))


def _filled(instance: Instance, values: Mapping[str, str]) -> None:
    for found in instance.tree.live:
        for node in found:
            # Attributes (an entity's dataset) are the form's own; they are no answers.
            node.value = instance.program.specs[node.slot].initial if node.name.startswith("@") else ""
    for path, value in values.items():
        place = instance.tree.find(path)
        if place is None:
            raise ValueError("a value lies at a path the form does not have")
        place.value = typed(value, instance.program.specs[place.slot].type, instance.context.zone)


def _judged(instance: Instance, *, keep: set[str]) -> None:
    """Relevance, and the calculations of the record's own block, in their order; then the counts of repeats."""
    _entries(instance, keep)
    for loop in instance.program.loops.values():
        for parent in instance.tree.live[instance.program.specs[loop.slot].parent]:
            _counted(instance, loop, parent)
    _entries(instance, keep)


def _entries(instance: Instance, keep: set[str]) -> None:
    meta = f"{instance.program.specs[0].path}/meta/"
    for entry in instance.program.entries:
        path = instance.program.specs[entry.slot].path
        if entry.calculates:
            if path.startswith(meta) and path not in keep:
                instance.enter(entry)
            continue
        for node in instance.tree.live[entry.slot]:
            value = instance.evaluate(entry.expression, node)
            node.own = value is None or to_boolean(value)
            instance.spread(node)


def _counted(instance: Instance, loop: Loop, parent: Node) -> None:
    """Instances the count asks for in which nothing was answered; the values there are stay as they are."""
    if loop.count is None or not parent.relevant:
        return
    before = [(node, node.value) for found in instance.tree.live for node in found]
    instance.count(loop, parent)
    for found in instance.tree.live:
        for node in found:
            node.value = ""
    for node, value in before:
        node.value = value
