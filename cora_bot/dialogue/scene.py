"""What a handler works with, and the two ways it changes the card: draw something else, or the same thing anew."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cora_bot.base.chance import Chance
from cora_bot.base.values import Value, replace
from cora_bot.dialogue.conversation import Conversation, Participant, Session, Showing
from cora_bot.dialogue.prompt import Prompt
from cora_bot.dialogue.script import Script
from cora_bot.dialogue.turn import Chore, Show, Turn
from cora_bot.study.model import Study
from cora_bot.study.stretch import Span, spans
from cora_bot.study.visits.trip import Trip
from cora_bot.study.visits.visit import Visit

EMPTIED_AFTER = timedelta(minutes=10)
"""How long a receipt or a thank-you stands before the card is emptied."""


class Scene(Value):
    """One turn's circumstances. ``hint`` is the language the phone reports, for people we do not know."""

    conversation: Conversation
    script: Script
    now: datetime
    chance: Chance
    hint: str = ""

    @property
    def study(self) -> Study:
        return self.script.study

    @property
    def participant(self) -> Participant:
        """The person; handlers that ask for it stand in states that have one."""
        person = self.conversation.participant
        if person is None:
            raise LookupError("this state has no participant")
        return person

    @property
    def session(self) -> Session:
        session = self.conversation.session
        if session is None:
            raise LookupError("this state has no open session")
        return session

    @property
    def language(self) -> str:
        person = self.conversation.participant
        return person.language if person else pick_language(self.study, self.hint)

    def say(self, phrase: str, **values: str) -> str:
        return self.script.phrases.say(phrase, self.language, **values)

    def zone(self) -> ZoneInfo:
        """Where the person is."""
        return ZoneInfo(self.conversation.participant.zone if self.conversation.participant else "UTC")

    def local(self) -> datetime:
        """The wall time at the person's place, naive."""
        return self.now.astimezone(self.zone()).replace(tzinfo=None)

    def cut_off(self) -> tuple[Span, ...]:
        """The outages of the person's place."""
        person = self.participant
        return spans(self.conversation.outages, country=person.country, zone=person.zone)

    def today(self) -> date:
        return self.local().date()

    def local_day(self, instant: datetime) -> date:
        """The day of ``instant`` at the person's place."""
        return instant.astimezone(ZoneInfo(self.participant.zone)).date()

    def with_person(self, **changes: object) -> Scene:
        return replace(self, conversation=replace(self.conversation, participant=replace(self.participant, **changes)))  # type: ignore[arg-type]

    def with_chat(self, **changes: object) -> Scene:
        return replace(self, conversation=replace(self.conversation, chat=replace(self.conversation.chat, **changes)))  # type: ignore[arg-type]

    @property
    def visit(self) -> Visit:
        if self.conversation.visit is None:
            raise LookupError("this conversation has no visit")
        return self.conversation.visit

    @property
    def trip(self) -> Trip:
        if self.conversation.trip is None:
            raise LookupError("this conversation has no trip")
        return self.conversation.trip

    def with_visit(self, **changes: object) -> Scene:
        return replace(self, conversation=replace(self.conversation, visit=replace(self.visit, **changes)))  # type: ignore[arg-type]

    def with_session(self, session: Session | None) -> Scene:
        return replace(self, conversation=replace(self.conversation, session=session))


def pick_language(study: Study, hint: str) -> str:
    """The study's language that fits what the phone reports (``fa`` finds ``fa-AF``), else its default."""
    codes = [language.code for language in study.languages]
    for wanted in (hint, hint.split("-")[0]):
        for code in codes:
            if wanted and (code.lower() == wanted.lower() or code.split("-")[0].lower() == wanted.lower()):
                return code
    return study.default_language


def draw(scene: Scene, prompt: Prompt, showing: Showing, *, anew: bool = False) -> Turn:
    """The card shows ``prompt``. ``anew``: the same thing again (a tick, an error line), so old buttons stay good."""
    card = scene.conversation.chat.card
    if anew and card.showing is showing:
        card = replace(card, revision=card.revision + 1)
    else:
        card = replace(card, generation=card.generation + 1, revision=0, showing=showing, shown_at=scene.now)
    stamped = Prompt(
        prompt.text,
        tuple(
            tuple(replace(button, press=replace(button.press, card=card.generation)) for button in row)
            for row in prompt.rows
        ),
    )
    conversation = replace(scene.conversation, chat=replace(scene.conversation.chat, card=card))
    return Turn(conversation, show=Show(stamped))


def fading(scene: Scene, turn: Turn) -> Turn:
    """The card of ``turn`` is emptied after a while, unless it shows something else by then."""
    chore = Chore("empty_card", turn.conversation.chat.card.generation, scene.now + EMPTIED_AFTER)
    return replace(turn, chores=(*turn.chores, chore))


def nothing(scene: Scene, *notes: str) -> Turn:
    """A turn that changes nothing."""
    return Turn(scene.conversation, notes=notes)
