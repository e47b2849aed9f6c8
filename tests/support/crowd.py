"""Simulated people who follow the card: press what it offers, write what it asks for, press again when nothing happens.

They see only what a phone shows, plus what a button carries (node and choice), so that a test can compare what each
one saw accepted with what the researchers open in the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from bot.callbacks import unpack
from bot.pilot.markup import Button
from bot.pilot.person import Bubble, Person, PhoneError
from cora_bot.base.chance import Chance, SeededChance, below
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.cards import PICKED
from cora_bot.dialogue.inputs import Press, Verb

PATIENCE = 1.5  # seconds after which a person tries again what seems not to have been noticed
RETURNED = "Yes, I am already there"
GO_ON = (Verb.OPEN, Verb.SET_LANGUAGE, Verb.DONE, Verb.KEEP, Verb.RESUME, Verb.SEEN)
FIRST = (RETURNED, "Yes", "Albania")


@dataclass(frozen=True, slots=True)
class Offer:
    """A button as a person sees it, and what it carries."""

    label: str
    button: Button
    press: Press


Shape = tuple[tuple[Verb, int], ...]
"""What a card is about, whatever is ticked on it: its buttons' verbs and nodes."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was answered to the question ``node``: the chosen options, or the written text."""

    node: int
    choices: frozenset[int] = frozenset()
    text: str = ""


@dataclass(slots=True)
class Respondent:
    """One of the crowd. ``accepted`` holds each answer after which the card went on; the tick had been seen.

    ``pending`` tells whether anything waits for the bot at Telegram: a person whose press has not been taken yet
    is patient, and does not press a box twice.
    """

    person: Person
    words: str
    returned: date
    pending: Callable[[], int]
    think: float = 0.15
    accepted: dict[int, Said] = field(default_factory=dict)
    _awaited: tuple[Shape, Said] | None = None
    _picks: dict[int, Offer] = field(default_factory=dict)
    _chance: Chance = field(default_factory=lambda: SeededChance(0))

    def __post_init__(self) -> None:
        self._chance = SeededChance(f"respondent {self.person.id}")

    def forget(self) -> None:
        """Another questionnaire begins: its questions have numbers of their own."""
        self.accepted.clear()
        self._picks.clear()

    async def follow(self, until: Callable[[Bubble], bool]) -> None:
        """Goes along with the card until it is such that ``until`` holds."""
        while True:
            card = self.card()
            self._notice(card)
            if card is None:
                await self._wait(lambda _: self.card() is not None)
            elif until(card):
                return
            else:
                await asyncio.sleep(self.think * below(self._chance, 100) / 50)
                now = self.card() or card
                self._notice(now)
                if not until(now):  # what was waited for may have come while the person thought
                    await self._go_on(now)

    def finished(self, card: Bubble) -> bool:
        """The thanks are on the card, or were; or something said since stands in their place.

        Who writes the last answer again, as no reply comes, may be told something else before the thanks were sent.
        """
        offers = offered(card)
        over = self._answer(card, offers) is None and not any(offer.press.verb in GO_ON for offer in offers)
        return p.THANK_YOU in card.text or (bool(self.accepted) and over)

    def card(self) -> Bubble | None:
        """The lowest message of the bot."""
        try:
            return self.person.last
        except PhoneError:
            return None

    async def _go_on(self, card: Bubble) -> None:
        offers = offered(card)
        said = self._answer(card, offers)
        if said is not None:
            await self._say(card, offers, said)
            return
        for verb in GO_ON:
            offer = _first(offers, verb)
            if offer is not None:
                await self._press(card, offer)
                return
        await self._wait(lambda _: self.card() != card)

    def _answer(self, card: Bubble, offers: list[Offer]) -> Said | None:
        """What this person answers to the question on the card; None when it is no question to be answered."""
        chosen = [offer for offer in offers if offer.press.verb in (Verb.CHOOSE, Verb.TOGGLE)]
        if chosen:
            node = chosen[0].press.node
            pick = self._picks.setdefault(node, self._pick(chosen))  # who presses again presses the same
            if any(offer.press.verb is Verb.TOGGLE for offer in chosen):
                picked = {offer.press.choice for offer in chosen if offer.label.startswith(PICKED)}
                return Said(node, frozenset(picked or {pick.press.choice}))
            return Said(node, frozenset({pick.press.choice}))
        if p.WRITE_DAY.split("{")[0] in card.text:
            return Said(_node(offers), text=self.returned.isoformat())
        return Said(_node(offers), text=self.words) if p.WRITE_ANSWER in card.text else None

    def _pick(self, chosen: list[Offer]) -> Offer:
        preferred = [offer for offer in chosen if offer.label in FIRST]
        return preferred[0] if preferred else chosen[below(self._chance, len(chosen))]

    async def _say(self, card: Bubble, offers: list[Offer], said: Said) -> None:
        box = _find(offers, Verb.TOGGLE, said)
        if box is not None and not box.label.startswith(PICKED):
            self._hit(card, box)  # Done comes when the box is seen to be ticked
            await self._wait(lambda _: self.card() != card)
            return
        self._awaited = (shape(card), said)
        if said.text:
            self.person.type(said.text)
            await self._wait(lambda _: self._moved(card))
            return
        verb = Verb.CHOOSE if box is None else Verb.DONE
        pressed = _find(offers, verb, said) if box is None else _first(offers, verb)
        if pressed is not None:
            await self._press(card, pressed)

    def _notice(self, card: Bubble | None) -> None:
        """The card shows something else than what was answered: the answer has been taken."""
        if self._awaited is not None and card is not None and shape(card) != self._awaited[0]:
            self.accepted[self._awaited[1].node] = self._awaited[1]
            self._awaited = None

    async def _press(self, card: Bubble, offer: Offer) -> None:
        self._hit(card, offer)
        await self._wait(lambda _: self._moved(card))

    def _hit(self, card: Bubble, offer: Offer) -> None:
        self.person.press_old(card.message_id, offer.button.callback_data or "")

    def _moved(self, card: Bubble) -> bool:
        now = self.card()
        return now is not None and shape(now) != shape(card)

    async def _wait(self, seen: Callable[[Person], bool]) -> None:
        """Until it is seen, or patience ends; while the bot has not even taken the press, it does not."""
        while True:
            try:
                await self.person.until(seen, seconds=PATIENCE)
            except PhoneError:
                if not self.pending():
                    return
            else:
                return


def offered(card: Bubble) -> list[Offer]:
    buttons = [button for row in card.buttons for button in row if button.callback_data]
    pairs = [(button, unpack(button.callback_data or "")) for button in buttons]
    return [Offer(button.text, button, press) for button, press in pairs if press is not None]


def _find(offers: Iterable[Offer], verb: Verb, said: Said) -> Offer | None:
    found = (offer for offer in offers if offer.press.verb is verb and offer.press.node == said.node)
    return next((offer for offer in found if offer.press.choice in said.choices), None)


def _node(offers: Iterable[Offer]) -> int:
    return next((offer.press.node for offer in offers if offer.press.node), 0)


def _first(offers: Iterable[Offer], verb: Verb) -> Offer | None:
    return next((offer for offer in offers if offer.press.verb is verb), None)


def shape(card: Bubble) -> Shape:
    return tuple((offer.press.verb, offer.press.node) for offer in offered(card))
