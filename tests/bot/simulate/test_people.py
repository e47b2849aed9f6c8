"""Who takes part in a simulation, and that what they do is really done.

SIM-06 50 people live in several zones and languages; every habit and every way to open messages is somebody's
SIM-07 the same seed draws the same people, another seed others
SIM-08 a person takes up the phone at everybody's hours, or, asleep at those, at an hour of their own
SIM-09 who is asked chooses who may open messages, and presses the picture they chose; who is not asked does nothing
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.callbacks import pack, unpack
from bot.pilot.markup import Button as Key
from bot.pilot.markup import Inline
from bot.pilot.messages import Message
from bot.pilot.world import World
from bot.simulate.habits import HABITS
from bot.simulate.knock import asks_for_picture, choose_opening, knocks
from bot.simulate.people import personas
from bot.simulate.respondent import LOOKS, Persona, Respondent, next_step
from cora_bot.base.clock import SetClock
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import OPENINGS, PICTURES, Opening
from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.dialogue.script import Script
from cora_bot.usecases.load_study import load_script

STUDY = Path(__file__).parents[3] / "surveys" / "returnee_follow_up"
BEGIN = datetime(2027, 3, 1, 9, tzinfo=UTC)
TOKENS = [f"token{number}" for number in range(52)]


@cache
def script() -> Script:
    return load_script(STUDY)


def drawn(seed: str) -> list[Persona]:
    return personas(script(), TOKENS, seed=seed, begin=BEGIN)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_people_live_in_several_zones_and_languages_with_every_habit(seed: str) -> None:
    people = drawn(seed)
    assert {habit.name for habit in HABITS} == {one.habit.name for one in people}
    assert {language.code for language in script().study.languages} == {one.language for one in people}
    assert set(OPENINGS) == {one.opening for one in people}
    assert len({one.zone for one in people}) >= 8
    assert len({ZoneInfo(one.zone).utcoffset(BEGIN) for one in people}) >= 5
    assert [one.name for one in people if one.opening is Opening.AT_ONCE and not one.habit.takes_what_comes] == []


def test_same_seed_draws_the_same_people_and_another_others() -> None:
    assert drawn("1") == drawn("1")
    assert [one.zone for one in drawn("1")] != [one.zone for one in drawn("2")]


def test_habits_have_names_of_their_own() -> None:
    assert len(HABITS) == len({habit.name for habit in HABITS}) == len({habit.describes for habit in HABITS})


@pytest.mark.parametrize(
    ("at", "expected"), [("09:00", "09:00"), ("09:00:01", "09:30"), ("09:29", "09:30"), ("23:31", "00:00")]
)
def test_moments_are_those_of_the_next_step(at: str, expected: str) -> None:
    moment = datetime.fromisoformat(f"2027-03-01T{at}+00:00")
    assert expected == f"{next_step(moment, timedelta(minutes=30)):%H:%M}"


def test_everybody_looks_at_the_phone_when_awake() -> None:
    for persona in drawn("1"):
        one = a_respondent(persona)
        for hour in range(24):
            wanted = BEGIN + timedelta(hours=hour, minutes=7)
            looks = one.awake_at(wanted)
            start, end = persona.habit.awake
            local = looks.astimezone(ZoneInfo(persona.zone)).hour
            assert wanted <= looks <= wanted + timedelta(hours=25)
            assert start <= local < end if start < end else (local >= start or local < end)
            assert looks.hour in LOOKS or start > end, persona.habit.name


# ---- who may open messages -------------------------------------------------------------------------------------------


def a_respondent(persona: Persona, world: World | None = None) -> Respondent:
    world = world or World(clock=SetClock(BEGIN))
    one = Respondent(persona, world.person(persona.name), script(), world.clock, "1")
    one.language = persona.language
    return one


@dataclass
class Bot:
    """What a bot would show this person, without one."""

    world: World
    one: Respondent

    def shows(self, text: str, *keys: tuple[str, Verb, int]) -> None:
        rows = tuple((Key(label, callback_data=pack(Press(verb, choice=choice))),) for label, verb, choice in keys)
        message = Message(0, self.world.bot, self.world.now(), text, markup=Inline(rows))
        self.world.post(self.one.person.chat, message)

    def pressed(self) -> list[Press]:
        taken: list[dict[str, Any]] = self.world.queue.take(0, 100)
        found = [unpack(each["callback_query"]["data"]) for each in taken]
        self.world.queue.clear()
        return [press for press in found if press is not None]


def asks_opening(bot: Bot) -> None:
    bot.shows("Who may open messages?", *(("way", Verb.SET_OPENING, number) for number in range(len(OPENINGS))))


def shows_pictures(bot: Bot, verb: Verb) -> None:
    bot.shows("Choose your picture.", *((label, verb, number) for number, label in enumerate(PICTURES)))


def somebody(opening: Opening) -> Bot:
    world = World(clock=SetClock(BEGIN))
    bot = Bot(world, a_respondent(replace(drawn("1")[0], opening=opening), world))
    bot.one.person.chat.started = True
    return bot


def steps(doing: Iterator[None]) -> int:
    return sum(1 for _ in doing)


@pytest.mark.parametrize("opening", [Opening.AT_ONCE, Opening.NEUTRAL])
def test_who_is_asked_chooses_how_messages_open(opening: Opening) -> None:
    bot = somebody(opening)
    asks_opening(bot)
    assert steps(choose_opening(bot.one)) == 1
    assert [Press(Verb.SET_OPENING, choice=OPENINGS.index(opening))] == bot.pressed()
    assert bot.one.picture == -1


def test_who_wants_a_picture_chooses_one_and_presses_it_ever_after() -> None:
    bot = somebody(Opening.KNOCK)
    asks_opening(bot)
    choosing = choose_opening(bot.one)
    next(choosing)
    assert [Press(Verb.SET_OPENING, choice=OPENINGS.index(Opening.KNOCK))] == bot.pressed()
    shows_pictures(bot, Verb.SET_PICTURE)
    next(choosing)
    assert [Press(Verb.SET_PICTURE, choice=bot.one.picture)] == bot.pressed()
    assert 0 <= bot.one.picture < len(PICTURES)
    shows_pictures(bot, Verb.PICTURE)
    assert steps(knocks(bot.one)) == 1
    assert [Press(Verb.PICTURE, choice=bot.one.picture)] == bot.pressed()


def test_who_has_no_picture_leaves_pictures_alone() -> None:
    bot = somebody(Opening.NEUTRAL)
    shows_pictures(bot, Verb.PICTURE)
    card = bot.one.card()
    assert card is not None and asks_for_picture(card)
    assert steps(knocks(bot.one)) == 0
    assert bot.pressed() == []


def test_who_is_not_asked_does_nothing() -> None:
    bot = somebody(Opening.KNOCK)
    bot.shows("A message.", ("Open", Verb.OPEN, 0))
    assert (steps(choose_opening(bot.one)), steps(knocks(bot.one))) == (0, 0)
    assert bot.pressed() == []
