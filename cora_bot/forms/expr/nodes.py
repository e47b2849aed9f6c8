"""The tree expressions look at: elements of the primary instance, items of secondary instances."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from cora_bot.forms.expr.values import Value


class Node:
    """One element. ``value`` is typed by its bind ('' is blank); ``relevant`` is the inherited one.

    What is not relevant keeps its value, evaluates as blank and is left out of node-sets. ``index`` is the place among
    the children of its parent when it was made. Attributes are nodes named ``@name`` in ``attributes``.

    ``own`` is relevance by the node's own rule. Of the instances of a repeat, ``number`` tells one from another for
    good, and ``excess`` marks those beyond the count the form asks for.
    """

    __slots__ = (
        "_by_name",
        "attributes",
        "children",
        "excess",
        "index",
        "name",
        "number",
        "own",
        "parent",
        "relevant",
        "slot",
        "value",
    )

    def __init__(self, name: str, parent: Node | None = None, value: Value = "", slot: int = -1) -> None:
        self.name = name
        self.parent = parent
        self.value: Value = value
        self.slot = slot
        self.relevant = True
        self.own = True
        self.excess = False
        self.number = 0
        self.children: list[Node] = []
        self.attributes: tuple[Node, ...] = ()
        self._by_name: dict[str, list[Node]] | None = None
        self.index = 0
        if parent is not None:
            self.index = len(parent.children)
            parent.children.append(self)
            parent._by_name = None

    def named(self, name: str) -> list[Node]:
        """The children of that name; the list is shared, do not change it."""
        by_name = self._by_name
        if by_name is None:
            by_name = {}
            for child in self.children:
                by_name.setdefault(child.name, []).append(child)
            self._by_name = by_name
        return by_name.get(name, [])

    def insert(self, place: int, child: Node) -> None:
        child.parent = self
        self.children.insert(place, child)
        self._by_name = None

    def remove(self, child: Node) -> None:
        self.children.remove(child)
        self._by_name = None

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
    node = Node(local_name(element.tag), parent)
    kids = [child for child in element if isinstance(child.tag, str)]
    if not kids:
        node.value = element.text or ""
    if element.attrib:
        node.attributes = tuple(_attribute(node, key, text) for key, text in element.attrib.items())
    for child in kids:
        _copy(child, node)


def _attribute(owner: Node, key: str, text: str) -> Node:
    node = Node("@" + local_name(key), None, text)
    node.parent = owner
    return node
