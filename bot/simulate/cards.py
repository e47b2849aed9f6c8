"""What a person makes of a card: which question of which forms it asks, and which buttons it offers.

Rules: only what a phone shows is used, and what a button carries (verb, question number, choice); never the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.callbacks import unpack
from bot.pilot.markup import Button
from bot.pilot.person import Bubble, Person
from cora_bot.dialogue.cards import PICKED
from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.forms.model import Form, Question

WARNING = "⚠"
_OUTPUT = re.compile(r"\$\{[^}]*\}")
_OF_A_QUESTION = frozenset({Verb.CHOOSE, Verb.TOGGLE, Verb.DONE, Verb.SKIP, Verb.KEEP})


@dataclass(frozen=True, slots=True)
class Offer:
    """A button as a person sees it, and what it carries."""

    label: str
    packed: str
    press: Press

    @property
    def picked(self) -> bool:
        return self.label.startswith(PICKED)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a card: the question by the id of each form it may belong to."""

    questions: Mapping[str, Question]

    @property
    def question(self) -> Question:
        """One of them; the forms that are possible agree about what is asked."""
        return next(iter(self.questions.values()))


@dataclass(frozen=True, slots=True)
class Card:
    """The lowest message of the bot, read. ``rang``: when it came, where it came unasked and nothing has changed it."""

    message: int
    text: str
    offers: tuple[Offer, ...]
    asked: Asked | None
    rang: datetime | None = None

    @property
    def warns(self) -> bool:
        return WARNING in self.text

    def first(self, *verbs: Verb) -> Offer | None:
        return next((offer for verb in verbs for offer in self.offers if offer.press.verb is verb), None)

    def every(self, verb: Verb) -> list[Offer]:
        return [offer for offer in self.offers if offer.press.verb is verb]

    def choices(self) -> list[Offer]:
        return [offer for offer in self.offers if offer.press.verb in (Verb.CHOOSE, Verb.TOGGLE)]


class Reader:
    """Knows the study's forms, as the people who wrote them do, so that a diary can name questions."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._forms = tuple(forms)

    def read(self, person: Person, language: str) -> Card | None:
        """The lowest message of the bot; None when there is none."""
        bubble = next((one for one in reversed(person.screen) if not one.mine), None)
        if bubble is None:
            return None
        offers = tuple(_offers(bubble))
        rang = None if bubble.silent or bubble.edited else datetime.fromtimestamp(bubble.date, UTC)
        return Card(bubble.message_id, bubble.text, offers, self._asked(bubble.text, offers, language), rang)

    def _asked(self, text: str, offers: tuple[Offer, ...], language: str) -> Asked | None:
        numbers = {offer.press.node for offer in offers if offer.press.verb in _OF_A_QUESTION}
        if not numbers and not any(offer.press.verb in (Verb.BACK, Verb.LEAVE, Verb.MENU) for offer in offers):
            return None
        plain = _plain(text)
        found = {
            form.id: question
            for form in self._forms
            for question in form.questions
            if (not numbers or question.number in numbers)
            and _choices_fit(question, offers)
            and _stands_in(_label(question, form, language), plain)
        }
        return Asked(found) if found else None


def _offers(bubble: Bubble) -> Iterator[Offer]:
    buttons: Iterable[Button] = (button for row in bubble.buttons for button in row)
    for button in buttons:
        press = unpack(button.callback_data or "")
        if press is not None:
            yield Offer(button.text, button.callback_data or "", press)


def _choices_fit(question: Question, offers: tuple[Offer, ...]) -> bool:
    """A question with options shows buttons, one without shows none; the options exist."""
    shown = [offer.press.choice for offer in offers if offer.press.verb in (Verb.CHOOSE, Verb.TOGGLE)]
    if question.options:
        return bool(shown) and max(shown) < len(question.options)
    return question.kind.value == "range" or not shown


def _label(question: Question, form: Form, language: str) -> str:
    return question.labels.get(language) or question.labels.get(form.default_language, "")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _stands_in(label: str, plain: str) -> bool:
    """Whether every fixed part of a label stands in the card's text, in its order."""
    at = 0
    for part in _OUTPUT.split(label):
        wanted = _plain(part)
        at = plain.find(wanted, at)
        if at < 0:
            return False
        at += len(wanted)
    return True
