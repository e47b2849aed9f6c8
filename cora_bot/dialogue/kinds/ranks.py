"""A rank: what comes first is pressed first. The one that is left goes last by itself."""

from __future__ import annotations

from cora_bot.base.calendars import number
from cora_bot.base.text import isolate
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.buttons import Row, button
from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.dialogue.kinds import lists
from cora_bot.dialogue.prompt import Button
from cora_bot.dialogue.scene import Scene
from cora_bot.forms.walk import Shown, ShownChoice


def words(scene: Scene, shown: Shown) -> list[str]:
    order, left = _order(shown)
    named = _named(scene, shown)
    places = [f"{number(at, scene.language)}. {isolate(named[each.index])}" for at, each in enumerate(order, start=1)]
    asked = [] if not left and order else [scene.say(p.RANK_NEXT if order else p.RANK_FIRST)]
    return [*(["\n".join(places)] if places else []), *asked]


def rows(scene: Scene, shown: Shown) -> list[Row]:
    node, named = shown.question.number, _named(scene, shown)
    order, left = _order(shown)
    made: list[Row] = [(Button(named[each.index], Press(Verb.TOGGLE, node=node, choice=each.index)),) for each in left]
    if order:
        made.append((button(scene, p.UNDO, Verb.UNDO, node=node, mark="↶"),))
    if order and not left:
        made.append((button(scene, p.DONE, Verb.DONE, node=node, mark="✓"),))
    return made


def last(shown: Shown) -> ShownChoice | None:
    """What was ranked last by the person."""
    ranked = [each for each in shown.choices if each.place]
    return max(ranked, key=lambda each: each.place) if ranked else None


def _named(scene: Scene, shown: Shown) -> dict[int, str]:
    """Labels by index; with the number that a sound or picture of it has."""
    if not lists.numbered(shown):
        return {each.index: each.label for each in shown.choices}
    numbers = lists.numbers_of(shown)
    return {each.index: f"{number(numbers[each.index], scene.language)} · {each.label}" for each in shown.choices}


def _order(shown: Shown) -> tuple[list[ShownChoice], list[ShownChoice]]:
    """The order so far, and what is left; the only one left stands last already."""
    order = sorted((each for each in shown.choices if each.place), key=lambda each: each.place)
    left = [each for each in shown.choices if not each.place]
    return ([*order, *left], []) if order and len(left) == 1 else (order, left)
