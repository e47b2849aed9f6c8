"""Every text a form can ever show, straight from its XForm: whatever the engine shows today, or will show one day.

More than is seen may be in it (a picture's file name, the columns of a choice), never less. What pyxform only arranges
(order of translations, blanks) is levelled out, so that another version of it does not look like another text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from cora_bot.forms.expr.nodes import local_name
from cora_bot.forms.texts import language_code

INLINE: Final = frozenset({"label", "hint", "help", "alert"})
MESSAGES: Final = frozenset({"constraintMsg", "requiredMsg", "noAppErrorString"})

Line = tuple[str, ...]


def every_text(xform: str) -> list[Line]:
    """Sorted. Each line says what it is, where, in which language (where one is named), and the text."""
    return sorted(line for element in fromstring(xform).iter() for line in _lines(element))


def _lines(element: Element) -> Iterator[Line]:
    name = local_name(element.tag)
    if name == "translation":
        yield from _translated(element)
    elif name == "bind":
        texts = ((local_name(key), text) for key, text in element.attrib.items())
        yield from (
            ("message", element.get("nodeset", ""), key, _plain(text)) for key, text in texts if key in MESSAGES
        )
    elif name == "instance" and "id" in element.attrib:
        yield from _listed(element)
    elif name in ("item", "input", "select1", "select", "range", "trigger", "upload", "group", "repeat"):
        held = ((local_name(each.tag), _content(each)) for each in element if local_name(each.tag) in INLINE)
        place = element.get("ref", "") or element.get("nodeset", "")
        yield from (("inline", place, kind, text) for kind, text in held if text)


def _translated(translation: Element) -> Iterator[Line]:
    named = translation.get("lang", "")
    for text in translation:
        for value in text:
            yield (
                "text",
                text.get("id", ""),
                value.get("form", ""),
                language_code(named) or named,
                _content(value),
            )


def _listed(instance: Element) -> Iterator[Line]:
    """The choices of a list, in their order."""
    items = (each for each in instance.iter() if local_name(each.tag) == "item")
    for place, item in enumerate(items):
        fields = (f"{local_name(each.tag)}={_content(each)}" for each in item)
        yield ("choice", instance.get("id", ""), f"{place:05}", *fields)


def _content(element: Element) -> str:
    """The text, with outputs as what they put out."""
    parts = [element.text or ""]
    for each in element:
        parts += [f" ${{{_plain(each.get('value', '') or each.get('ref', ''))}}} ", each.tail or ""]
    return _plain("".join(parts))


def _plain(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
