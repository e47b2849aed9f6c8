"""Which times fit a person: language, wishes, country, city, and early enough before they begin."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cora_bot.dialogue.scene import Scene
from cora_bot.study.visits.trip import Bookable, Gender, Slot, Way
from cora_bot.study.visits.visit import Visit, Wish


def own_slot(scene: Scene) -> Slot | None:
    """The slot the visit holds, as long as it is still to come or not long over."""
    visit = scene.conversation.visit
    if visit is None or visit.slot is None:
        return None
    return next((each.slot for each in scene.conversation.bookable if each.slot.id == visit.slot), None)


def fitting(scene: Scene, *, everywhere: bool = True) -> list[Bookable]:
    """What this person can book now, earliest first; with ``everywhere`` also outside the chosen city."""
    visit = scene.visit
    return [
        each
        for each in around(scene)
        if each.free
        and each.slot.id != visit.slot
        and _suits(scene, visit, each.slot)
        and (everywhere or visit.way is not Way.IN_PERSON or visit.city in ("", each.slot.place))
    ]


def around(scene: Scene) -> list[Bookable]:
    """What is early enough and, for meeting in person, in the person's country; free or not."""
    earliest = scene.now + timedelta(hours=scene.trip.rules.notice)
    countries = ("", scene.participant.country)
    return [
        each
        for each in scene.conversation.bookable
        if each.slot.starts >= earliest
        and (scene.visit.way is not Way.IN_PERSON or scene.trip.place(each.slot.place).country in countries)
    ]


def _suits(scene: Scene, visit: Visit, slot: Slot) -> bool:
    if (visit.language or scene.participant.language) not in slot.languages:
        return False
    wished = {gender for wish, gender in GENDERS.items() if wish in visit.wishes}
    return len(wished) != 1 or scene.trip.interviewer(slot.interviewer).gender in wished


GENDERS = {Wish.WOMAN: Gender.WOMAN, Wish.MAN: Gender.MAN}


def local(scene: Scene, slot: Slot) -> datetime:
    """When it begins, naive: at the place of a meeting, else where the person is."""
    in_person = scene.visit.way is Way.IN_PERSON
    zone = ZoneInfo(scene.trip.place(slot.place).zone) if in_person else scene.zone()
    return slot.starts.astimezone(zone).replace(tzinfo=None)


def days(scene: Scene, found: Iterable[Bookable]) -> list[date]:
    return list(dict.fromkeys(local(scene, each.slot).date() for each in found))


def times(scene: Scene, found: Iterable[Bookable], on: date) -> list[Bookable]:
    """Of several that begin at the same minute the first one stands for all."""
    by_minute: dict[datetime, Bookable] = {}
    for each in found:
        begins = local(scene, each.slot)
        if begins.date() == on:
            by_minute.setdefault(begins, each)
    return list(by_minute.values())


def genders(scene: Scene) -> set[Gender]:
    """Between which of them somebody can choose."""
    there = {scene.trip.interviewer(each.slot.interviewer).gender for each in around(scene)}
    return there if {Gender.WOMAN, Gender.MAN} <= there else set()
