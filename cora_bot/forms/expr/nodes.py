"""The tree expressions look at: elements of the primary instance, items of secondary instances."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import msgspec

from cora_bot.forms.expr.values import Value


class Node(msgspec.Struct, eq=False):
    """One element. ``value`` is typed by its bind ('' is blank); ``relevant`` is the inherited one.

    What is not relevant keeps its value, evaluates as blank and is left out of node-sets. ``index`` is the place among
    the children of its parent when it was made. Attributes are nodes named ``@name`` in ``attributes``. Two nodes are
    never equal. ``by_name`` is kept of the children from when it is first asked for.

    ``own`` is relevance by the node's own rule. Of the instances of a repeat, ``number`` tells one from another for
    good, and ``excess`` marks those beyond the count the form asks for.
    """

    name: str
    parent: Node | None = None
    value: Value = ""
    slot: int = -1
    relevant: bool = True
    number: int = 0
    index: int = 0
    own: bool = True
    excess: bool = False
    children: list[Node] = []
    attributes: tuple[Node, ...] = ()
    by_name: dict[str, list[Node]] | None = None

    def child(self, name: str, value: Value = "", slot: int = -1) -> Node:
        """A new node behind its other children."""
        made = Node(name, None, value, slot)
        self.take(made)
        return made

    def take(self, child: Node) -> None:
        """As its last child."""
        child.parent, child.index = self, len(self.children)
        self.children.append(child)
        self.by_name = None

    def named(self, name: str) -> list[Node]:
        """The children of that name; the list is shared, do not change it."""
        by_name = self.by_name
        if by_name is None:
            by_name = {}
            for child in self.children:
                by_name.setdefault(child.name, []).append(child)
            self.by_name = by_name
        return by_name.get(name, [])

    def insert(self, place: int, child: Node) -> None:
        child.parent = self
        self.children.insert(place, child)
        self.by_name = None

    def remove(self, child: Node) -> None:
        self.children.remove(child)
        self.by_name = None

    def let_go(self) -> None:
        """Of its children."""
        self.children.clear()
        self.by_name = None

    def read(self) -> Value:
        return self.value if self.relevant else ""

    def descendants(self) -> Iterator[Node]:
        """Itself and everything below, in document order."""
        yield self
        for child in self.children:
            yield from child.descendants()


def local_name(tag: str) -> str:
    return tag.rpartition("}")[2]


def document(element: Element) -> Node:
    """A document node over a copy of ``element``; names lose their namespaces."""
    top = Node("")
    _copy(element, top)
    return top


def _copy(element: Element, parent: Node) -> None:
    node = parent.child(local_name(element.tag))
    kids = [child for child in element if isinstance(child.tag, str)]
    if not kids:
        node.value = element.text or ""
    if element.attrib:
        node.attributes = tuple(_attribute(node, key, text) for key, text in element.attrib.items())
    for child in kids:
        _copy(child, node)


def _attribute(owner: Node, key: str, text: str) -> Node:
    return Node("@" + local_name(key), owner, text)
