"""Texts that expressions take by their id: ``jr:itext('/data/town:label')``, ``jr:itext(instance('town')/…/itextId)``.

Most forms take none; then nothing is compiled here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from cora_bot.forms import texts
from cora_bot.forms.expr.compiler import compile_expression
from cora_bot.forms.expr.errors import ExpressionError
from cora_bot.forms.expr.nodes import local_name
from cora_bot.forms.expr.scope import Scope
from cora_bot.forms.program import Texts
from cora_bot.forms.xform import XForm

CALL: Final = "jr:itext"
MESSAGES: Final = frozenset({"constraintMsg", "requiredMsg"})


def taken(form: XForm) -> bool:
    """Whether an expression takes a text; what labels, messages and lists of choices refer to is no expression."""
    return any(CALL in source for source in _expressions(form))


def ids(form: XForm) -> list[str]:
    """In the order of the form, those of the default language first."""
    names = sorted(form.translations, key=lambda name: name != form.default_language)
    return list(dict.fromkeys(text_id for name in names for text_id in form.translations[name]))


def owner(slots: Mapping[str, int], text_id: str) -> str:
    """The path of the node a text belongs to: where paths in its outputs start. The top for choices."""
    path = text_id.partition(":")[0]
    return path if path in slots else next(iter(slots))


def reads(form: XForm, slots: Mapping[str, int], scope: Callable[[str], Scope]) -> dict[str, frozenset[int]]:
    """By id: the slots that the outputs of a text may read, in any language."""
    return {text_id: frozenset(_reads(form, text_id, scope(owner(slots, text_id)))) for text_id in ids(form)}


def compiled(form: XForm, text: Callable[[str, str], Texts], slots: Mapping[str, int]) -> dict[str, tuple[int, Texts]]:
    """By id: the slot of the node a text belongs to, and the text, made by ``text(path, id)``."""
    found: dict[str, tuple[int, Texts]] = {}
    for text_id in ids(form):
        path = owner(slots, text_id)
        found[text_id] = slots[path], text(path, text_id)
    return found


def _expressions(form: XForm) -> Iterator[str]:
    for bind in form.binds.values():
        yield from (source for name, source in bind.items() if name not in MESSAGES)
    yield from (action.value for action in form.actions)
    yield from (repeat.count for repeat in form.repeats)
    yield from (node.get("nodeset", "") for control in form.controls for node in control.element.iter())
    elements = (each for held in form.translations.values() for forms in held.values() for each in forms.values())
    yield from (output.get("value", "") for element in elements for output in element)


def _reads(form: XForm, text_id: str, scope: Scope) -> Iterator[int]:
    for element in texts.shown_elements(form, text_id).values():
        for each in element:
            if isinstance(each.tag, str) and local_name(each.tag) == "output":
                try:
                    yield from compile_expression(each.get("value") or each.get("ref") or "", scope).reads
                except ExpressionError:
                    continue  # it is told where the text is compiled to be shown
