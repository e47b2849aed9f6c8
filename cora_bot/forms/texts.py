"""Labels, hints and messages of a form: by language, with ``<output>`` as compiled expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from cora_bot.forms.expr.nodes import local_name
from cora_bot.forms.expr.scope import Expression
from cora_bot.forms.program import Template
from cora_bot.forms.xform import XForm

CODE = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)\s*\Z")
ITEXT = re.compile(r"\s*jr:itext\(\s*(?:'([^']*)'|\"([^\"]*)\"|([\w.\-]+))\s*\)\s*\Z")
UNKNOWN_LANGUAGE = "und"  # BCP 47 for a language nobody named
MISSING = "-"  # what pyxform writes where a cell is empty

Compile = Callable[[str], Expression | None]


def language_code(name: str) -> str:
    """``fa-AF`` of ``Dari (fa-AF)``, or '' where no code stands in brackets."""
    found = CODE.search(name)
    return found[1] if found else ""


def language_codes(form: XForm) -> dict[str, str]:
    """Language as the form writes it -> code; the default first. Languages without a code keep a stand-in."""
    names = sorted(form.translations, key=lambda name: name != form.default_language)
    codes = {name: language_code(name) or UNKNOWN_LANGUAGE for name in names}
    return codes or {"": UNKNOWN_LANGUAGE}


def itext_id(reference: str) -> str:
    """The id (or, in an itemset, the name of the child that holds it) of ``jr:itext(...)``; '' if it is none."""
    found = ITEXT.match(reference)
    return next((part for part in found.groups() if part), "") if found else ""


def shown_elements(form: XForm, text_id: str, *, sort: str = "") -> dict[str, Element]:
    """By language name: the elements of a text. What is missing ("-") is absent."""
    found: dict[str, Element] = {}
    for language, texts in form.translations.items():
        element = texts.get(text_id, {}).get(sort)
        if element is not None and not missing(element):
            found[language] = element
    return found


def missing(element: Element) -> bool:
    return len(element) == 0 and (element.text or "").strip() in ("", MISSING)


def template(element: Element, compile_: Compile) -> Template:
    """The text with its outputs compiled; the blanks pyxform puts around a text with outputs are cut."""
    parts: list[str | Expression] = [element.text or ""]
    for each in element:
        if isinstance(each.tag, str) and local_name(each.tag) == "output":
            made = compile_(each.get("value") or each.get("ref") or "")
            if made is not None:
                parts.append(made)
        parts.append(each.tail or "")
    if isinstance(parts[0], str):
        parts[0] = parts[0].lstrip()
    if isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return tuple(part for part in parts if part != "")


def raw(parts: Template) -> str:
    """The text as its author wrote it: outputs as ``${name}``."""
    return "".join(part if isinstance(part, str) else f"${{{_short(part.source)}}}" for part in parts)


def _short(source: str) -> str:
    return source.strip().rpartition("/")[2] if re.fullmatch(r"\s*[\w./\-]+\s*", source) else source.strip()


def raws(texts: Mapping[str, Template]) -> dict[str, str]:
    return {language: raw(parts) for language, parts in texts.items()}
