"""What is held about a person, readable, on a card that is emptied by itself. Never an answer: those are locked.

It stands behind the knock like everything inside, and says nothing that ``/privacy`` does not explain.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from cora_bot.base.calendars import clock_time, day, day_long, number
from cora_bot.base.text import isolate
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Showing, Status
from cora_bot.dialogue.handlers import copying
from cora_bot.dialogue.handlers.consenting import agreed_to, text_in
from cora_bot.dialogue.handlers.visits import showing as visits
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.turn import Turn
from cora_bot.dialogue.visits.cards import when, where
from cora_bot.dialogue.visits.fitting import own_slot
from cora_bot.study.durations import calendar_offset
from cora_bot.study.model import Step
from cora_bot.study.visits.visit import Standing

NEXT: Final = 3
"""So many of the next messages are named."""

NOTHING: Final = "–"


def show(scene: Scene, _event: object) -> Turn:
    """Everything that can be read of a person here, and the way to change what they agreed to."""
    change = cards.button(scene, p.CHANGE_CONSENT, Verb.CONSENTS)
    rows = ((change,),) if scene.participant.status is Status.ACTIVE else ()
    if copying.offered(scene):
        rows = (*rows, (cards.button(scene, p.OWN_COPY, Verb.OWN_COPY),))
    text = "\n\n".join([*parts(scene), until(scene, p.HELD_UNTIL)])
    return fading(scene, draw(scene, cards.aside(scene, text, *rows), Showing.ASIDE))


def parts(scene: Scene) -> list[str]:
    """What can be read of a person, paragraph by paragraph."""
    person = scene.participant
    return [
        scene.say(p.HELD, code=isolate(person.code)),
        "\n".join(_facts(scene)),
        scene.say(p.HELD_PURPOSES, purposes="\n".join(f"• {line}" for line in agreed_to(scene))),
        scene.say(p.HELD_NEXT, days="\n".join(_next(scene)) or NOTHING),
        *_meeting(scene),
        scene.say(p.HELD_ANSWERS, count=isolate(number(scene.conversation.records_held, scene.language))),
        *_kept(scene),
    ]


def until(scene: Scene, phrase: str) -> str:
    """How long what is kept, in the words of ``phrase``."""
    keeps = scene.study.retention
    return scene.say(phrase, records=_span(scene, keeps.records), contacts=_span(scene, keeps.contacts))


def _kept(scene: Scene) -> Iterator[str]:
    """What forms mark to be kept is the only answer that stays readable here."""
    person = scene.participant
    count = sum(map(len, person.kept.values())) + len(person.known)
    if count:
        yield scene.say(p.HELD_KEPT, count=isolate(number(count, scene.language)))


def _facts(scene: Scene) -> Iterator[str]:
    person = scene.participant
    yield scene.say(p.HELD_LANGUAGE, value=isolate(scene.study.language(person.language).name))
    yield scene.say(p.HELD_COUNTRY, value=_country(scene))
    yield scene.say(p.HELD_ZONE, value=isolate(person.zone))
    yield scene.say(p.HELD_HOUR, value=isolate(number(person.hour, scene.language)))
    yield scene.say(p.HELD_TRAVEL, value=_day(scene, person.return_date))


def _day(scene: Scene, value: date | None) -> str:
    return day(value, scene.language) if value else NOTHING


def _country(scene: Scene) -> str:
    """As the consent form names it, in the person's language."""
    form = scene.script.forms[scene.study.enrolment.form]
    asked = next((each for each in form.questions if each.name == scene.study.enrolment.country), None)
    options = {option.value: option.labels for option in asked.options} if asked else {}
    code = scene.participant.country
    return text_in(options[code], scene.language, form) if code in options else code or NOTHING


def _next(scene: Scene) -> list[str]:
    """The next planned messages; none during a stop."""
    if scene.participant.status is not Status.ACTIVE:
        return []
    zone = ZoneInfo(scene.participant.zone)
    coming = [each.opens.astimezone(zone) for each in scene.conversation.planned if each.step is Step.PLANNED]
    ahead = sorted(at.replace(tzinfo=None) for at in coming if at >= scene.now)[:NEXT]
    return [f"• {day_long(at.date(), scene.language)} – {isolate(clock_time(at, scene.language))}" for at in ahead]


def _meeting(scene: Scene) -> Iterator[str]:
    """A meeting that is booked; of any other visit nothing is held but that there is one."""
    if not visits.concerns(scene):
        return
    slot = own_slot(scene) if scene.visit.standing is Standing.BOOKED else None
    value = f"{when(scene, slot)} · {where(scene, slot)}".replace("\n", ", ") if slot else NOTHING
    yield scene.say(p.HELD_MEETING, value=value)


def _span(scene: Scene, duration: str) -> str:
    """``P10Y`` in words."""
    offset = calendar_offset(duration)
    units = ((p.YEARS, offset.years), (p.MONTHS, offset.months), (p.DAYS, offset.days))
    return " ".join(scene.say(phrase, count=number(count, scene.language)) for phrase, count in units if count)
