"""HTML pages to be printed or kept: built as a tree, so that no text of a study can become markup.

A page stands alone: its style is inside, it loads nothing and runs nothing, and says so to the browser. Every text
carries its language and direction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element, tostring

from cora_bot.base.text import direction

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

Child = Element | str | None


def e(tag: str, *children: Child | Iterable[Child], **attributes: str) -> Element:
    """An element. Attributes in Python's spelling: ``class_``, ``stroke_width``; "" and None leave nothing."""
    made = Element(tag, {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items() if value})
    for child in children:
        _append(made, child)
    return made


def _append(parent: Element, child: Child | Iterable[Child]) -> None:
    match child:
        case None | "":
            return
        case str():
            if len(parent):
                parent[-1].tail = (parent[-1].tail or "") + child
            else:
                parent.text = (parent.text or "") + child
        case Element():
            parent.append(child)
        case _:
            for each in child:
                _append(parent, each)


def said(text: str, language: str, *, tag: str = "div", class_: str = "") -> Element:
    """``text`` in its own language and direction; each line of it on a line of its own."""
    made = e(tag, lang=language, dir=direction(language), class_=class_)
    for number, line in enumerate(text.split("\n")):
        if number:
            made.append(Element("br"))
        _append(made, line)
    return made


def code(text: str, *, class_: str = "") -> Element:
    """Something that is read letter by letter, left to right in any surroundings."""
    return e("bdi", e("code", text, class_=class_, dir="ltr"))


def page(title: str, *body: Child | Iterable[Child], language: str, style: str, policy: str = POLICY) -> str:
    """The whole document."""
    head = e(
        "head",
        e("meta", charset="utf-8"),
        Element("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        e("meta", name="viewport", content="width=device-width, initial-scale=1"),
        e("meta", name="referrer", content="no-referrer"),
        e("title", title),
        e("style", style),
    )
    document = e("html", head, e("body", *body), lang=language, dir=direction(language))
    return "<!doctype html>\n" + tostring(document, encoding="unicode", method="html") + "\n"
