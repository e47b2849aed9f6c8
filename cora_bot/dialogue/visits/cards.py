"""The cards of a meeting. All of them stand behind Open, and behind the knock where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from cora_bot.base.calendars import clock_time, day_as_typed, day_long, number
from cora_bot.base.text import isolate
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.buttons import Row, button, in_rows
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.kinds.times import HOURS, PARTS
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.visits.acts import Act, act, labelled
from cora_bot.dialogue.visits.fitting import around, days, genders, local, times
from cora_bot.study.visits.trip import Bookable, Slot, Way
from cora_bot.study.visits.visit import Wish

DAYS_AT_ONCE: Final = 8
LATE: Final = (15, 30, 60)
LATE_FROM: Final = timedelta(hours=4)
"""So long before a meeting somebody can say that they will be late."""

ASKED_FROM: Final = timedelta(hours=24)
"""From then on the person is asked whether time and place still hold."""

WAYS: Final = (Way.IN_PERSON, Way.PHONE, Way.VIDEO, Way.HOME)
NAMES: Final = {Way.PHONE: p.BY_PHONE, Way.VIDEO: p.BY_VIDEO, Way.HOME: p.AT_MY_PLACE}
WISHES: Final = (
    (Wish.WOMAN, p.WISH_WOMAN),
    (Wish.MAN, p.WISH_MAN),
    (Wish.COMPANY, p.WISH_COMPANY),
    (Wish.NO_STAIRS, p.WISH_NO_STAIRS),
    (Wish.CHILDREN, p.WISH_CHILDREN),
)


def on_day(scene: Scene, value: date) -> str:
    """With weekday and month in the person's calendar, and the day in numbers beside it."""
    text = day_long(value, scene.language)
    return text if value.isoformat() in text else f"{text} ({day_as_typed(value, scene.language)})"


def when(scene: Scene, slot: Slot) -> str:
    """Day, time and part of the day."""
    begins = local(scene, slot)
    return f"{on_day(scene, begins.date())}\n{at_time(scene, slot)}"


def at_time(scene: Scene, slot: Slot) -> str:
    begins = local(scene, slot)
    return f"{clock_time(begins, scene.language)} · {scene.say(PARTS[begins.hour // HOURS])}"


def where(scene: Scene, slot: Slot) -> str:
    """The city, or how else they talk."""
    if scene.visit.way is Way.IN_PERSON:
        return isolate(scene.trip.place(slot.place).city(scene.language))
    return scene.say(NAMES[scene.visit.way])


def _with_close(scene: Scene, text: str, *rows: Row) -> Prompt:
    return Prompt(text, (*(row for row in rows if row), (button(scene, p.CLOSE, Verb.SEEN),)))


def _with_back(scene: Scene, text: str, *rows: Row) -> Prompt:
    return Prompt(text, (*(row for row in rows if row), (act(scene, p.BACK, Act.SHOW),)))


def said(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


# ---- before a time is chosen -----------------------------------------------------------------------------------------


def offer(scene: Scene, lead: str = "") -> Prompt:
    """The invitation, or what is said instead of its first sentence (``lead``)."""
    deadline = scene.visit.deadline
    until = ""
    if deadline is not None and deadline > scene.now:
        until = scene.say(p.CHOOSE_UNTIL, day=isolate(day_long(scene.local_day(deadline), scene.language)))
    rows: list[Row] = [(act(scene, p.CHOOSE_A_TIME, Act.CHOOSE),)]
    if scene.trip.rules.ways:
        rows.append((act(scene, p.NOT_BY_MEETING, Act.OTHER_WAY),))
    return _with_close(scene, said(lead or scene.say(p.MEETING_OFFER), until), *rows, _decline(scene))


def _decline(scene: Scene) -> Row:
    return (act(scene, p.NOT_THIS_TIME, Act.DECLINE),)


def wishes(scene: Scene) -> Prompt:
    offered = genders(scene)
    rows: list[Row] = []
    for wish, phrase in WISHES:
        if wish in (Wish.WOMAN, Wish.MAN) and not offered:
            continue
        mark = "☑" if wish in scene.visit.wishes else "☐"
        rows.append((act(scene, phrase, Act.WISH, int(wish), mark=mark),))
    return _with_back(
        scene,
        scene.say(p.ASK_WISHES),
        *rows,
        *in_rows(_languages(scene), 2),
        (act(scene, p.CONTINUE, Act.WISHED),),
    )


def _languages(scene: Scene) -> list[Button]:
    """Those in which somebody can talk, where there is more than one."""
    spoken = {code for each in around(scene) for code in each.slot.languages}
    chosen = scene.visit.language or scene.language
    known = [
        labelled(f"{'●' if each.code == chosen else '○'} {each.name}", Act.SPEAK, index)
        for index, each in enumerate(scene.study.languages)
        if each.code in spoken
    ]
    return known if len(known) > 1 else []


def cities(scene: Scene, found: Sequence[Bookable]) -> Prompt:
    there = {each.slot.place for each in found}
    rows = [
        (labelled(place.city(scene.language), Act.CITY, index),)
        for index, place in enumerate(scene.trip.places)
        if place.code in there
    ]
    return _with_back(scene, scene.say(p.WHICH_CITY), *rows)


def choose_day(scene: Scene, found: Sequence[Bookable], page: int, notice: str = "") -> Prompt:
    known = days(scene, found)
    shown = known[page * DAYS_AT_ONCE : (page + 1) * DAYS_AT_ONCE]
    rows: list[Row] = [(labelled(day_long(each, scene.language), Act.DAY, each.toordinal()),) for each in shown]
    if len(known) > (page + 1) * DAYS_AT_ONCE:
        rows.append((act(scene, p.MORE_DAYS, Act.DAYS, page + 1),))
    return _with_back(scene, said(notice, scene.say(p.WHICH_DAY)), *rows)


def choose_time(scene: Scene, found: Sequence[Bookable], on: date, notice: str = "") -> Prompt:
    offered = [labelled(at_time(scene, each.slot), Act.PICK, each.slot.id) for each in times(scene, found, on)]
    asked = scene.say(p.WHICH_TIME, day=on_day(scene, on))
    return _with_back(scene, said(notice, asked), *in_rows(offered, 2), (act(scene, p.OTHER_DAYS, Act.DAYS),))


def ask_booking(scene: Scene, slot: Slot) -> Prompt:
    lasts = scene.say(p.MEETING_LASTS, minutes=isolate(number(scene.trip.rules.length, scene.language)))
    return _with_back(
        scene,
        said(f"{when(scene, slot)}\n{where(scene, slot)}", lasts, scene.say(p.ASK_BOOKING)),
        (act(scene, p.YES_BOOK, Act.BOOK, slot.id),),
        (act(scene, p.CHANGE_TIME, Act.DAY, local(scene, slot).date().toordinal()),),
    )


def full(scene: Scene, lead: str = "") -> Prompt:
    """Nothing fits: the waiting list."""
    ways = (act(scene, p.NOT_BY_MEETING, Act.OTHER_WAY),) if scene.trip.rules.ways else ()
    text = said(lead, scene.say(p.NO_TIME_FREE))
    return _with_close(scene, text, (act(scene, p.TELL_ME, Act.TELL_ME),), ways, _decline(scene))


def other_ways(scene: Scene) -> Prompt:
    rows = [(act(scene, NAMES[way], Act.WAY, WAYS.index(way)),) for way in scene.trip.rules.ways]
    return _with_back(scene, scene.say(p.ASK_OTHER_WAY), *rows, _decline(scene))


def note(scene: Scene, text: str, *rows: Row) -> Prompt:
    return _with_close(scene, text, *rows)


# ---- a booked meeting ------------------------------------------------------------------------------------------------


def booked(scene: Scene, slot: Slot, lead: str = "") -> Prompt:
    """Everything that can be known of it now, and everything that can be done."""
    asks = is_asked(scene, slot)
    text = said(
        lead,
        f"{when(scene, slot)}\n{where(scene, slot)}",
        *_place(scene, slot, asks=asks),
        *_word(scene),
    )
    return _with_close(scene, text, *_ways_on(scene, slot, asks=asks))


def is_asked(scene: Scene, slot: Slot) -> bool:
    """Whether the person is to say once more that it holds; who books so late has just said it."""
    asked_from = max(ASKED_FROM, timedelta(hours=scene.trip.rules.exact_place))
    return not scene.visit.confirmed and slot.starts - scene.now <= asked_from


def place_is_due(scene: Scene, slot: Slot) -> bool:
    return slot.starts - scene.now <= timedelta(hours=scene.trip.rules.exact_place)


def tells_place(scene: Scene, slot: Slot) -> bool:
    """Whether the card of this meeting says where exactly it is."""
    return scene.visit.way is Way.IN_PERSON and place_is_due(scene, slot) and not is_asked(scene, slot)


def _place(scene: Scene, slot: Slot, *, asks: bool) -> list[str]:
    if scene.visit.way is not Way.IN_PERSON:
        return [scene.say(p.STILL_GOOD)] if asks else []
    if not place_is_due(scene, slot):
        at = local(scene, slot) - timedelta(hours=scene.trip.rules.exact_place)
        later = scene.say(p.PLACE_LATER, day=on_day(scene, at.date()))
        return [later, scene.say(p.STILL_GOOD)] if asks else [later]
    if asks:
        return [scene.say(p.PLACE_AFTER_YES)]
    return [scene.say(p.EXACT_PLACE, place=_address(scene, slot))]


def _address(scene: Scene, slot: Slot) -> str:
    """The exact place, and below it where it is on the map: maps find such a pair of numbers."""
    place = scene.trip.place(slot.place)
    address = isolate(place.address(scene.language))
    if place.pin is None:
        return address
    latitude, longitude = place.pin
    return f"{address}\n{isolate(f'{latitude:.5f}, {longitude:.5f}')}"


def _word(scene: Scene) -> list[str]:
    if not 0 <= scene.visit.word < len(p.PICTURE_WORDS) or scene.visit.way is not Way.IN_PERSON:
        return []
    picture, word = p.PICTURE_WORDS[scene.visit.word]
    return [scene.say(p.PICTURE_WORD, word=f"{picture} {scene.say(word)}")]


def _ways_on(scene: Scene, slot: Slot, *, asks: bool) -> list[Row]:
    rows: list[Row] = [(act(scene, p.YES_I_COME, Act.COME, mark="✓"),)] if asks else []
    if scene.now < slot.starts:
        rows.append((act(scene, p.CHANGE_TIME, Act.CHOOSE),))
    if scene.now >= slot.starts - LATE_FROM:
        rows.append((act(scene, p.I_AM_LATE, Act.LATE),))
    if scene.now < slot.starts:
        if scene.trip.rules.ways and scene.visit.way is Way.IN_PERSON:
            rows.append((act(scene, p.CANNOT_TRAVEL, Act.OTHER_WAY),))
        rows.append((act(scene, p.CALL_ME, Act.CALL), act(scene, p.CANCEL_MEETING, Act.CANCEL)))
    return rows


def how_late(scene: Scene) -> Prompt:
    offered = [labelled(scene.say(p.MINUTES, count=number(each, scene.language)), Act.LATE, each) for each in LATE]
    return _with_back(scene, scene.say(p.ASK_HOW_LATE), *in_rows(offered, 1))


def ask_cancel(scene: Scene) -> Prompt:
    return _with_back(scene, scene.say(p.ASK_CANCEL_MEETING), (act(scene, p.YES_CANCEL_MEETING, Act.CANCEL, 1),))


def did_you_meet(scene: Scene) -> Prompt:
    offered = (p.YES_WE_MET, p.I_COULD_NOT, p.NOBODY_WAS_THERE)
    rows = [(act(scene, phrase, Act.MET, index),) for index, phrase in enumerate(offered)]
    return _with_close(scene, scene.say(p.DID_YOU_MEET), *rows)
