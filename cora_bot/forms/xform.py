"""Reads an XForm's XML into plain values. Names lose their namespaces; nothing is judged or compiled here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from cora_bot.forms.expr.nodes import Node, document, local_name


@dataclass(frozen=True, slots=True)
class RawNode:
    """A node of the primary instance; ``end`` is one past its last descendant."""

    path: str
    name: str
    parent: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class RawAction:
    event: str
    ref: str
    value: str


@dataclass(frozen=True, slots=True)
class Control:
    """A body element that asks something. ``element`` keeps label, hint, items."""

    tag: str
    ref: str
    element: Element
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class XForm:
    """``translations``: language as written in the form -> text id -> form ('' or guidance, audio …) -> element."""

    title: str
    id: str
    version: str
    nodes: tuple[RawNode, ...]
    binds: Mapping[str, Mapping[str, str]]
    actions: tuple[RawAction, ...]
    instances: Mapping[str, Node]
    external: tuple[str, ...]
    translations: Mapping[str, Mapping[str, Mapping[str, Element]]]
    default_language: str
    controls: tuple[Control, ...]
    repeats: tuple[str, ...]


@dataclass(slots=True)
class _Body:
    controls: list[Control] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)


CONTAINERS = {"group", "repeat", "body", "html"}
TEXTS = {"label", "hint", "value", "item", "itemset", "output", "setvalue"}


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
    found = _Body()
    _controls(body, found)
    title = child(head, "title")
    return XForm(
        title=(title.text or "") if title is not None else "",
        id=primary.get("id") or local_name(primary.tag),
        version=attributes(primary).get("version", ""),
        nodes=tuple(_nodes(primary)),
        binds={bind.get("nodeset", ""): attributes(bind) for bind in children(model, "bind")},
        actions=tuple(_actions(model, body)),
        instances={each.get("id", ""): document(each[0]) for each in instances[1:] if len(each)},
        external=tuple(each.get("src", "") for each in instances[1:] if each.get("src")),
        translations=translations,
        default_language=default,
        controls=tuple(found.controls),
        repeats=tuple(found.repeats),
    )


def _nodes(primary: Element) -> list[RawNode]:
    found: list[RawNode | None] = []

    def visit(element: Element, parent: int, path: str) -> None:
        at = len(found)
        found.append(None)
        name = local_name(element.tag)
        here = f"{path}/{name}"
        kids = [each for each in element if isinstance(each.tag, str) and "template" not in attributes(each)]
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


def _actions(model: Element, body: Element) -> Iterator[RawAction]:
    for place in (model, body):
        for element in place.iter():
            name = local_name(element.tag) if isinstance(element.tag, str) else ""
            if name in ("setvalue", "setgeopoint", "recordaudio"):
                held = attributes(element)
                value = held.get("value") or _quoted(element.text or "")
                yield RawAction(held.get("event", ""), held.get("ref", ""), value if name == "setvalue" else "")


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text else f"'{text}'"


def _controls(element: Element, found: _Body) -> None:
    for each in element:
        if not isinstance(each.tag, str):
            continue
        name = local_name(each.tag)
        if name == "repeat":
            found.repeats.append(each.get("nodeset", ""))
        if name in CONTAINERS:
            _controls(each, found)
        elif name not in TEXTS:
            found.controls.append(Control(name, each.get("ref", ""), each, attributes(each)))
