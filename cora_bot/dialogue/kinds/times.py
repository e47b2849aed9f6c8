"""A time by buttons: part of the day, hour, quarter; of a moment the day first. At every step it can be written.

Buttons say the whole of what they choose (a day by its number, a time by its minutes), so that one pressed a day
later still means what it showed.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from cora_bot.base.calendars import clock_time, day_as_typed, day_long
from cora_bot.base.text import isolate
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.buttons import Row, button, in_rows
from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.dialogue.prompt import Button
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.view import view_of
from cora_bot.forms.model import Kind
from cora_bot.forms.walk import Shown

TIMES: Final = frozenset({Kind.TIME, Kind.DATETIME})
PARTS: Final = (p.NIGHT, p.MORNING, p.AFTERNOON, p.EVENING)
HOURS: Final = 6  # of each part
MINUTES: Final = (0, 15, 30, 45)
DAYS: Final = ((-1, p.YESTERDAY), (0, p.TODAY), (1, p.TOMORROW))
ANOTHER: Final = len(PARTS)  # instead of a part: choose again


def words(scene: Scene, shown: Shown) -> list[str]:
    view = view_of(scene, shown)
    if _asks_day(scene, shown):
        return [scene.say(p.PRESS_OR_WRITE, example=moment_example(scene))]
    on = [isolate(day_long(date.fromisoformat(view.day), scene.language))] if view.day else []
    return [*on, scene.say(p.PRESS_OR_WRITE, example=time_example(scene))]


def rows(scene: Scene, shown: Shown) -> list[Row]:
    view, node = view_of(scene, shown), shown.question.number
    if _asks_day(scene, shown):
        return [(_day(scene, node, away, phrase),) for away, phrase in DAYS]
    if view.hour >= 0:
        return [
            *_minutes(scene, node, view.hour),
            (button(scene, p.ANOTHER_TIME, Verb.PART, node=node, choice=ANOTHER),),
        ]
    if view.part >= 0:
        return [*_hours(scene, node, view.part), (button(scene, p.ANOTHER_TIME, Verb.PART, node=node, choice=ANOTHER),)]
    parts = [_part(scene, node, part) for part in range(len(PARTS))]
    another = [(button(scene, p.ANOTHER_DAY, Verb.DAY, node=node),)] if view.day else []
    return [*in_rows(parts, 1), *another]


def _asks_day(scene: Scene, shown: Shown) -> bool:
    return shown.question.kind is Kind.DATETIME and not view_of(scene, shown).day


def _day(scene: Scene, node: int, away: int, phrase: str) -> Button:
    on = scene.today() + timedelta(days=away)
    label = f"{scene.say(phrase)} · {day_as_typed(on, scene.language)}"
    return Button(label, Press(Verb.DAY, node=node, choice=on.toordinal()))


def _part(scene: Scene, node: int, part: int) -> Button:
    first, last = part * HOURS, part * HOURS + HOURS - 1
    span = isolate(f"{shown_time(scene, first * 60)}–{shown_time(scene, last * 60 + 59)}")
    return Button(f"{scene.say(PARTS[part])} · {span}", Press(Verb.PART, node=node, choice=part))


def _hours(scene: Scene, node: int, part: int) -> list[Row]:
    hours = range(part * HOURS, part * HOURS + HOURS)
    return in_rows([Button(shown_time(scene, at * 60), Press(Verb.HOUR, node=node, choice=at)) for at in hours], 3)


def _minutes(scene: Scene, node: int, hour: int) -> list[Row]:
    minutes = [hour * 60 + minute for minute in MINUTES]
    return in_rows([Button(shown_time(scene, at), Press(Verb.TIME, node=node, choice=at)) for at in minutes], 2)


def shown_time(scene: Scene, minutes: int) -> str:
    return clock_time(datetime.combine(date.min, time(minutes // 60, minutes % 60)), scene.language)


def readable(scene: Scene, shown: Shown) -> str:
    """A stored time or moment as the person reads clocks and days."""
    if shown.question.kind is Kind.TIME:
        at = time.fromisoformat(shown.value)
        return shown_time(scene, at.hour * 60 + at.minute)
    at_place = datetime.fromisoformat(shown.value).astimezone(scene.zone())
    return f"{day_long(at_place.date(), scene.language)}, {shown_time(scene, at_place.hour * 60 + at_place.minute)}"


def time_example(scene: Scene) -> str:
    return isolate(shown_time(scene, 17 * 60 + 30))


def moment_example(scene: Scene) -> str:
    return f"{day_as_typed(scene.today(), scene.language)} {time_example(scene)}"
