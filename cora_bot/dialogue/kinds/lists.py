"""Choices as buttons. A long list is shown page by page, and found by typing a part of a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cora_bot.base.calendars import number
from cora_bot.base.folding import folded, nearness
from cora_bot.base.text import isolate, latin_digits, shorten
from cora_bot.base.values import Value
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.buttons import Row, button, in_rows
from cora_bot.dialogue.conversation import View
from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.dialogue.prompt import Button
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.view import view_of
from cora_bot.forms.model import Kind
from cora_bot.forms.walk import Shown, ShownChoice

LISTS: Final = frozenset({Kind.SELECT_ONE, Kind.SELECT_MANY})
WHOLE: Final = 16
"""So many choices are shown at once."""
PAGE: Final = 10
"""Of more, so many on a page; a list that its author made ``minimal`` or ``autocomplete`` is long beyond this."""
SHORT_LABEL: Final = 14
"""Choices whose labels are all at most this long stand two in a row."""
MOST_SOUGHT: Final = 60
MOST_NAMED: Final = 600
PICKED, UNPICKED, CHOSEN = "☑", "☐", "●"
_COMPACT: Final = frozenset({"minimal", "autocomplete", "search", "quick"})


class Part(Value):
    """What is shown of a list: ``page`` (from 0) of ``pages``, of ``found`` choices."""

    choices: tuple[ShownChoice, ...]
    page: int = 0
    pages: int = 1
    found: int = 0


def is_long(shown: Shown) -> bool:
    if shown.question.kind not in LISTS:
        return False
    compact = not _COMPACT.isdisjoint(shown.question.appearance.split())
    return len(shown.choices) > (PAGE if compact else WHOLE)


def part_of(shown: Shown, view: View) -> Part:
    if not is_long(shown):
        return Part(shown.choices, found=len(shown.choices))
    fitting = matching(shown.choices, view.sought) if view.sought else shown.choices
    pages = max(1, -(-len(fitting) // PAGE))
    page = min(view.page, pages - 1)
    return Part(tuple(fitting[page * PAGE : (page + 1) * PAGE]), page, pages, len(fitting))


def matching(choices: Sequence[ShownChoice], text: str) -> tuple[ShownChoice, ...]:
    """The choices that hold every word of ``text``, the nearest first; all of them for a text without letters."""
    sought = folded(text)
    if not sought:
        return ()
    rated = ((nearness(sought, folded(each.label)), each) for each in choices)
    found = [(rate, each) for rate, each in rated if rate is not None]
    return tuple(each for _, each in sorted(found, key=lambda pair: pair[0]))


def named(choices: Sequence[ShownChoice], text: str, *, numbers: bool = False) -> ShownChoice | None:
    """The one choice that is called so, or that has this number; None where none or several are."""
    if numbers and (place := latin_digits(text.strip())).isdecimal() and 0 < int(place) <= len(choices):
        return choices[int(place) - 1]
    sought = folded(text)
    exact = [each for each in choices if each.label.strip() == text.strip()]
    found = exact or [each for each in choices if sought and folded(each.label) == sought]
    return found[0] if len(found) == 1 else None


def numbered(shown: Shown) -> bool:
    """Whether the choices can be heard or seen: then each has the number that its sound or picture has."""
    return any(each.clips for each in shown.choices)


def numbers_of(shown: Shown) -> dict[int, int]:
    """By the index of a choice: its number, from 1, the same on whatever page of a long list it stands."""
    return {each.index: place for place, each in enumerate(shown.choices, start=1)}


def words(scene: Scene, shown: Shown) -> list[str]:
    """What is chosen and what is to be seen of a long list."""
    if not is_long(shown):
        return []
    view, found = view_of(scene, shown), []
    picked = ", ".join(each.label for each in shown.choices if each.picked)
    if picked:
        found.append(scene.say(p.CHOSEN_NOW, answer=isolate(shorten(picked, MOST_NAMED))))
    part = part_of(shown, view)
    count, page, pages = (number(each, scene.language) for each in (part.found, part.page + 1, part.pages))
    if view.sought:
        found.append(scene.say(p.FOUND, text=isolate(view.sought), count=count))
    if part.pages > 1:
        found.append(scene.say(p.LIST_PAGE, page=page, pages=pages))
    return [*found, scene.say(p.SEEK)]


def rows(scene: Scene, shown: Shown) -> list[Row]:
    view = view_of(scene, shown)
    part = part_of(shown, view)
    verb = Verb.TOGGLE if shown.question.kind is Kind.SELECT_MANY else Verb.CHOOSE
    node = shown.question.number
    labels = [_marked(shown, each) for each in part.choices]
    if numbered(shown):
        places = (numbers_of(shown)[each.index] for each in part.choices)
        labels = [f"{number(place, scene.language)} · {label}" for place, label in zip(places, labels, strict=True)]
    buttons = [
        Button(label, Press(verb, node=node, choice=each.index))
        for label, each in zip(labels, part.choices, strict=True)
    ]
    short = all(len(each.label) <= SHORT_LABEL for each in part.choices)
    made = in_rows(buttons, 2 if short and len(buttons) > 3 else 1)
    return [*made, *_leafing(scene, part, node, sought=bool(view.sought) and is_long(shown))]


def _leafing(scene: Scene, part: Part, node: int, *, sought: bool) -> list[Row]:
    row: list[Button] = []
    if part.page > 0:
        row.append(button(scene, p.PREVIOUS, Verb.PAGE, node=node, choice=part.page - 1, mark="▲"))
    if part.page + 1 < part.pages:
        row.append(button(scene, p.MORE, Verb.PAGE, node=node, choice=part.page + 1, mark="▼"))
    whole = (button(scene, p.WHOLE_LIST, Verb.WHOLE, node=node),) if sought else ()
    return [each for each in (tuple(row), whole) if each]


def _marked(shown: Shown, choice: ShownChoice) -> str:
    if shown.question.kind is Kind.SELECT_MANY:
        return f"{PICKED if choice.picked else UNPICKED} {choice.label}"
    return f"{CHOSEN} {choice.label}" if choice.picked else choice.label
