"""Whether there is another one: of a repeat, its instances are added, changed and taken away here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cora_bot.base.calendars import number
from cora_bot.base.text import isolate
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.buttons import Row, button, in_rows
from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.dialogue.prompt import Button
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.view import view_of
from cora_bot.forms.asking import ADD, NO_MORE
from cora_bot.forms.walk import Place, Shown

LISTED: Final = -1  # ``View.place``: all of them are shown, to choose one
WIDTH: Final = 5


def where(scene: Scene, path: Sequence[Place]) -> str:
    """In which instances a question stands: ``Household 1 · Child 2``."""
    return " · ".join(f"{isolate(each.label)} {number(each.place, scene.language)}" for each in path)


def words(scene: Scene, shown: Shown) -> list[str]:
    view = view_of(scene, shown)
    if 0 < view.place <= shown.instances:
        return [isolate(_name(scene, shown, view.place))]
    if view.place == LISTED and shown.instances:
        return [scene.say(p.WHICH_ONE)]
    there = [scene.say(p.HOW_MANY_YET, count=number(shown.instances, scene.language))]
    return there if _possible(shown, ADD) else [*there, scene.say(p.NO_ROOM)]


def rows(scene: Scene, shown: Shown) -> list[Row]:
    view, node = view_of(scene, shown), shown.question.number
    if 0 < view.place <= shown.instances:
        return [
            (button(scene, p.CHANGE_IT, Verb.INTO, node=node, choice=view.place, mark="✎"),),
            (button(scene, p.TAKE_IT_AWAY, Verb.TAKE_AWAY, node=node, choice=view.place, mark="－"),),
            (button(scene, p.LEAVE_IT, Verb.INSTANCE, node=node),),
        ]
    if view.place == LISTED and shown.instances:
        each = [_instance(scene, node, place) for place in range(1, shown.instances + 1)]
        return [*in_rows(each, WIDTH), (button(scene, p.LEAVE_IT, Verb.INSTANCE, node=node),)]
    return [row for row in _offers(scene, shown, node) if row]


def _offers(scene: Scene, shown: Shown, node: int) -> list[Row]:
    more = button(scene, p.ADD_ANOTHER if shown.instances else p.ADD_ONE, Verb.CHOOSE, node=node, choice=ADD, mark="＋")
    on = button(scene, p.CONTINUE if shown.instances else p.NONE_OF_THEM, Verb.CHOOSE, node=node, choice=NO_MORE)
    change = button(scene, p.CHANGE_ONE, Verb.INSTANCES, node=node, mark="✎")
    return [(more,) if _possible(shown, ADD) else (), (on,), (change,) if shown.instances else ()]


def _instance(scene: Scene, node: int, place: int) -> Button:
    return Button(number(place, scene.language), Press(Verb.INSTANCE, node=node, choice=place))


def _name(scene: Scene, shown: Shown, place: int) -> str:
    return f"{shown.label or shown.question.name} {number(place, scene.language)}"


def _possible(shown: Shown, choice: int) -> bool:
    return any(each.index == choice for each in shown.choices)
