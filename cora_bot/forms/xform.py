"""Reads an XForm's XML into plain values. Names lose their namespaces; nothing is judged or compiled here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from cora_bot.base.values import Value
from cora_bot.forms.expr.nodes import Node, document, local_name


class RawNode(Value):
    """A node of the primary instance; ``end`` is one past its last descendant.

    Of several instances of a repeat this is the template. Attributes below ``meta`` are nodes named ``@name``.
    """

    path: str
    name: str
    parent: int
    end: int
    text: str


class RawAction(Value):
    """``trigger``: the path of the question or repeat that holds the action; '' in the model. ``kind``: its element."""

    event: str
    ref: str
    value: str
    trigger: str
    kind: str


class Control(Value):
    """A body element that asks something. ``element`` keeps label, hint, items."""

    tag: str
    ref: str
    element: Element
    attributes: Mapping[str, str]


class RawRepeat(Value):
    """``items`` in their order; ``label`` is that of the group around; ``count`` the expression of ``jr:count``."""

    ref: str
    label: Element | None
    count: str
    fixed: bool
    items: tuple[RawItem, ...]


class RawGroup(Value):
    """Questions under one heading; the group around a repeat is not one, it is part of the repeat."""

    ref: str
    items: tuple[RawItem, ...]


RawItem = Control | RawRepeat | RawGroup


class XForm(Value):
    """``translations``: language as written in the form -> text id -> form ('' or guidance, audio …) -> element.

    ``external`` are (id, address) of instances that are not written in the form. ``start`` and ``templates`` (by path
    of the repeat) say what a new record and a new instance hold.
    """

    title: str
    id: str
    version: str
    root: Mapping[str, str]
    nodes: tuple[RawNode, ...]
    binds: Mapping[str, Mapping[str, str]]
    actions: tuple[RawAction, ...]
    instances: Mapping[str, Node]
    external: tuple[tuple[str, str], ...]
    translations: Mapping[str, Mapping[str, Mapping[str, Element]]]
    default_language: str
    items: tuple[RawItem, ...]
    start: Element
    templates: Mapping[str, Element]

    @property
    def controls(self) -> tuple[Control, ...]:
        return tuple(each for each in _flat(self.items) if isinstance(each, Control))

    @property
    def repeats(self) -> tuple[RawRepeat, ...]:
        return tuple(each for each in _flat(self.items) if isinstance(each, RawRepeat))


def _flat(items: tuple[RawItem, ...]) -> Iterator[RawItem]:
    for each in items:
        yield each
        if not isinstance(each, Control):
            yield from _flat(each.items)


CONTAINERS = {"group", "body", "html"}
TEXTS = {"label", "hint", "value", "item", "itemset", "output"}
ACTIONS = {"setvalue", "setgeopoint", "recordaudio"}


def attributes(element: Element) -> dict[str, str]:
    return {local_name(key): text for key, text in element.attrib.items()}


def children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if isinstance(child.tag, str) and local_name(child.tag) == name)


def child(element: Element, name: str) -> Element | None:
    return next(children(element, name), None)


def read_xform(xml: str) -> XForm:
    """Raises ValueError when the XML is no XForm, defusedxml's errors when it is no harmless XML."""
    root: Element = fromstring(xml)
    head, body = child(root, "head"), child(root, "body")
    model = child(head, "model") if head is not None else None
    if head is None or body is None or model is None:
        raise ValueError("the XML is no XForm: head, model or body is missing")
    instances = list(children(model, "instance"))
    primary = next(iter(instances[0]), None) if instances else None
    if primary is None:
        raise ValueError("the XForm has no primary instance")
    translations, default = _translations(child(model, "itext"))
    title = child(head, "title")
    outside = [each for each in instances[1:] if each.get("src") and not len(each)]
    return XForm(
        title=(title.text or "") if title is not None else "",
        id=primary.get("id") or local_name(primary.tag),
        version=attributes(primary).get("version", ""),
        root=dict(primary.attrib),
        nodes=tuple(_nodes(primary)),
        binds={bind.get("nodeset", ""): attributes(bind) for bind in children(model, "bind")},
        actions=(*_model_actions(model), *_actions(body, "")),
        instances={each.get("id", ""): document(each[0]) for each in instances[1:] if len(each)},
        external=tuple((each.get("id", ""), each.get("src", "")) for each in outside),
        translations=translations,
        default_language=default,
        items=tuple(_items(body, None)),
        start=primary,
        templates=dict(_templates(primary, "")),
    )


def is_template(element: Element) -> bool:
    return "template" in attributes(element)


def instances_of(element: Element) -> list[Element]:
    """The children that are there from the start: no templates, no comments."""
    return [each for each in element if isinstance(each.tag, str) and not is_template(each)]


def described(element: Element) -> list[Element]:
    """Each child once: of several of a name the template, else the first."""
    found: dict[str, Element] = {}
    for each in element:
        if isinstance(each.tag, str) and (local_name(each.tag) not in found or is_template(each)):
            found[local_name(each.tag)] = each
    return list(found.values())


def _templates(element: Element, path: str) -> Iterator[tuple[str, Element]]:
    here = f"{path}/{local_name(element.tag)}"
    yield here, element
    for each in described(element):
        yield from _templates(each, here)


def meta_attributes(element: Element, path: str) -> dict[str, str]:
    """Attributes that are values of the record: those of what lies in its meta block (the entity's)."""
    return attributes(element) if path.split("/")[2:3] == ["meta"] else {}


def _nodes(primary: Element) -> list[RawNode]:
    found: list[RawNode | None] = []

    def visit(element: Element, parent: int, path: str) -> None:
        at = len(found)
        found.append(None)
        name = local_name(element.tag)
        here = f"{path}/{name}"
        for key, text in meta_attributes(element, here).items():
            found.append(RawNode(f"{here}/@{key}", f"@{key}", at, len(found) + 1, text))
        kids = described(element)
        for kid in kids:
            visit(kid, at, here)
        text = "" if kids else (element.text or "").strip()
        found[at] = RawNode(here, name, parent, len(found), text)

    visit(primary, -1, "")
    return [node for node in found if node is not None]


def _translations(itext: Element | None) -> tuple[dict[str, dict[str, dict[str, Element]]], str]:
    found: dict[str, dict[str, dict[str, Element]]] = {}
    default = ""
    for translation in children(itext, "translation") if itext is not None else ():
        language = translation.get("lang", "")
        if "default" in translation.attrib or not default:
            default = language
        found[language] = {
            text.get("id", ""): {value.get("form", ""): value for value in children(text, "value")}
            for text in children(translation, "text")
        }
    return found, default


def _model_actions(model: Element) -> Iterator[RawAction]:
    for element in model:
        if isinstance(element.tag, str) and local_name(element.tag) in ACTIONS:
            yield _action(element, "")


def _actions(element: Element, holder: str) -> Iterator[RawAction]:
    """Those of the body, each with the question or repeat that holds it."""
    for each in element:
        if not isinstance(each.tag, str):
            continue
        name = local_name(each.tag)
        if name in ACTIONS:
            yield _action(each, holder)
        elif name not in TEXTS:
            place = each.get("nodeset", "") if name == "repeat" else holder if name in CONTAINERS else each.get("ref")
            yield from _actions(each, place or holder)


def _action(element: Element, holder: str) -> RawAction:
    held = attributes(element)
    value = held.get("value") or _quoted(element.text or "")
    return RawAction(held.get("event", ""), held.get("ref", ""), value, holder, local_name(element.tag))


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text else f"'{text}'"


def _items(element: Element, label: Element | None) -> Iterator[RawItem]:
    """Controls, groups and repeats in their order; ``label`` is that of the group around."""
    for each in element:
        if not isinstance(each.tag, str):
            continue
        name, held = local_name(each.tag), attributes(each)
        if name == "repeat":
            fixed = held.get("noAddRemove", "").strip() in ("true()", "true", "1")
            own = child(each, "label")
            inside = tuple(_items(each, None))
            around = own if own is not None else label
            yield RawRepeat(held.get("nodeset", ""), around, held.get("count", "").strip(), fixed, inside)
        elif name in CONTAINERS:
            yield from _group(held.get("ref", ""), tuple(_items(each, child(each, "label"))))
        elif name not in TEXTS and name not in ACTIONS:
            yield Control(name, held.get("ref", ""), each, held)


def _group(ref: str, items: tuple[RawItem, ...]) -> Iterator[RawItem]:
    if not ref or (len(items) == 1 and isinstance(items[0], RawRepeat)):
        yield from items
    else:
        yield RawGroup(ref, items)
