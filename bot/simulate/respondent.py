"""A synthetic person with a phone: eyes, hands, a diary, and an agenda of what they mean to do when.

Rules: one thing at a time, and then the phone is looked at again; whatever is decided is decided by the person's own
seeded chance, so that the same seed lives the same life.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.pilot.person import Person, PhoneError
from bot.simulate.cards import Asked, Card, Offer, Reader
from bot.simulate.diary import Diary, Ending, Sitting
from bot.simulate.habits import Habit
from bot.simulate.meetings import Guest
from bot.simulate.sights import Sights, Sort
from cora_bot.base.chance import Chance, SeededChance, below
from cora_bot.base.clock import Clock
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Opening
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.script import Script

HOUR: Final = timedelta(hours=1)
Doing = Iterator[None]
"""Something under way: each step is one thing done, after which the bot answers before the next."""

LOOKS: Final = frozenset({6, 18})
"""The hours, UTC, at which people take up their phones, morning or evening in most of the zones a study writes to.
They share them on purpose: a simulation takes as long as there are moments at which somebody acts."""

CODE: Final = re.compile(r"\b([A-Z0-9]{3}-[A-Z0-9]{3})\b")


@dataclass(frozen=True, slots=True)
class Persona:
    """Who somebody is. ``facts``: what they answer where it is not left to chance, by question name, per form.
    ``opening``: who may open their messages, where they are asked.
    """

    number: int
    name: str
    habit: Habit
    language: str
    zone: str
    token: str
    arrives: datetime
    travels: date
    facts: Mapping[str, Mapping[str, str]]
    opening: Opening = Opening.NEUTRAL


@dataclass
class Respondent:
    """One person. ``step`` does one thing, if they are about to do something."""

    persona: Persona
    person: Person
    script: Script
    clock: Clock
    seed: str
    language: str = ""
    acted: datetime | None = None  # when the hand last did something
    sittings: int = 0
    heard: int = 0
    picture: int = -1  # that of the knock, once chosen
    handed: datetime | None = None  # when a question came by itself that no sitting has been begun for
    doing: Doing | None = None
    guest: Guest | None = None  # where there is a trip
    diary: Diary = field(init=False)
    sights: Sights = field(init=False)
    chance: Chance = field(init=False)
    _agenda: list[tuple[datetime, int, Callable[[], Doing]]] = field(default_factory=list)
    _order: int = 0

    def __post_init__(self) -> None:
        self.diary = Diary(self.persona.name)
        self.sights = Sights(self.person)
        self.chance = SeededChance(f"{self.seed} respondent {self.persona.number}")
        self._reader = Reader(self.script.forms.values())

    # the agenda

    def plan(self, at: datetime, what: Callable[[], Doing]) -> None:
        self._order += 1
        heapq.heappush(self._agenda, (at, self._order, what))

    def next(self) -> datetime | None:
        return self._agenda[0][0] if self._agenda else None

    def step(self) -> bool:
        """Does the next thing of what is under way, or begins what is due. False: nothing to do now."""
        while True:
            if self.doing is None:
                if not self._agenda or self._agenda[0][0] > self.clock.now():
                    return False
                self.doing = heapq.heappop(self._agenda)[2]()
            try:
                next(self.doing)
            except StopIteration:
                self.doing = None
            else:
                return True

    # eyes

    def look(self) -> int:
        """Writes down what the phone shows now; how many unasked messages came."""
        rang = self.sights.look(self.clock.now(), self.language)
        card = self.card() if rang else None
        if card is not None and card.asked is not None and not self.goes_on(card.asked):
            self.close(Ending.LEFT)
            self.handed = card.rang
        return rang

    def card(self) -> Card | None:
        """The card in front of them, read. Where it is the receipt, the code is remembered."""
        card = self._reader.read(self.person, self.language)
        if card is not None and not self.diary.code and card.asked is None:
            found = CODE.search(card.text)
            if found and card.first(Verb.SEEN):
                self.diary.code = found[1]
        return card

    def reads(self, card: Card | None, *phrases: str) -> bool:
        return card is not None and any(self.script.phrases.say(one, self.language) in card.text for one in phrases)

    # hands

    @property
    def reachable(self) -> bool:
        return not (self.person.offline or self.person.chat.blocked)

    def press(self, card: Card, offer: Offer) -> None:
        self.sights.did(self.clock.now(), Sort.PRESSES, offer.label, language=self.language)
        self.acted = self.clock.now()
        self.person.press_old(card.message, offer.packed)

    def write(self, text: str) -> None:
        self.sights.did(self.clock.now(), Sort.WRITES, text, language=self.language)
        self.acted = self.clock.now()
        self.person.type(text)

    def does(self, what: str) -> None:
        self.sights.did(self.clock.now(), Sort.DOES, what)

    def act(self, what: str, hand: Callable[[], object]) -> bool:
        """Something the phone may not be able to do now; whether it could."""
        try:
            hand()
        except PhoneError:
            return False
        self.does(what)
        return True

    # time

    def in_share(self, percent: int) -> bool:
        return below(self.chance, 100) < percent

    def hours(self, least: int, most: int) -> timedelta:
        return timedelta(hours=least + below(self.chance, max(1, most - least + 1)))

    def awake_at(self, at: datetime) -> datetime:
        """When this person takes up the phone, from ``at`` on: at everybody's hours, or the first they are awake."""
        first = next_step(at, HOUR)
        awake = [hour for hour in (first + HOUR * count for count in range(24)) if self._is_awake(hour)]
        return next((each for each in awake if each.hour in LOOKS), awake[0])

    def _is_awake(self, at: datetime) -> bool:
        start, end = self.persona.habit.awake
        hour = at.astimezone(ZoneInfo(self.persona.zone)).hour
        return start <= hour < end if start < end else hour >= start or hour < end

    def today(self) -> date:
        return self.clock.now().astimezone(ZoneInfo(self.persona.zone)).date()

    # the diary

    def sitting(self, card: Card) -> Sitting | None:
        """The sitting to which the question on the card belongs; a new one where it is of another form."""
        if card.asked is None:
            return None
        current = self.diary.current
        if current is None or not current.fits(card.asked):
            self.close(Ending.LEFT)
            current = self.diary.begin(card.asked, self.handed or self.clock.now(), self.language)
            self.handed = None
        current.narrow(card.asked)
        return current

    def close(self, ending: Ending) -> None:
        """What was under way has ended, as the person sees it."""
        current = self.diary.current
        if current is not None:
            current.ending, current.ended = ending, self.acted or self.clock.now()

    def take_up(self, sitting: Sitting | None) -> None:
        """What had been closed was not: the message was about something else."""
        if sitting is not None and sitting is self.diary.sittings[-1]:
            sitting.ending, sitting.ended = Ending.UNDER_WAY, None

    def goes_on(self, asked: Asked) -> bool:
        """Whether a question that came by itself belongs to what came before: as long as that can still be open."""
        current = self.diary.current
        since = current.begun if current is not None else self.handed
        windows = [wave.window for wave in self.script.study.waves if wave.form in asked.questions]
        return since is not None and self.clock.now() - since <= max(windows, default=timedelta.max)

    def new_occasion(self, card: Card) -> bool:
        """Whether Open on this card begins something new, and does not go on with what was begun."""
        return self.reads(card, p.INVITATION, p.REMINDER)


def next_step(at: datetime, step: timedelta) -> datetime:
    """``at``, or the first whole ``step`` of the day, UTC, after it."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + -((midnight - at) // step) * step
