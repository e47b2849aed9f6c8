"""A conversation in memory: feeds `advance`, keeps what it gives back. For tests of the dialogue alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from cora_bot.base.chance import SeededChance
from cora_bot.base.values import replace
from cora_bot.dialogue.advance import advance
from cora_bot.dialogue.conversation import Chat, Conversation, Occurrence, Participant, Status, TokenState
from cora_bot.dialogue.inputs import Input, OccurrenceDue, Press, Pressed, Text, Verb
from cora_bot.dialogue.prompt import Button
from cora_bot.dialogue.turn import Record, Turn
from cora_bot.study.model import FINAL_STEPS, Return, Step
from cora_bot.study.schedule import plan
from tests.support.house import STUDY, script_of

NOON = datetime(2026, 12, 14, 11, 0, tzinfo=UTC)


def person(**changes: object) -> Participant:
    """Somebody in Albania who returned on 30 November 2026 and agreed to check-ins."""
    known = Participant(
        id=b"p" * 16,
        case=b"c" * 16,
        code="K7F-2QX",
        status=Status.ACTIVE,
        language="en",
        zone="Europe/Tirane",
        hour=11,
        enrolled_at=datetime(2026, 12, 1, 9, tzinfo=UTC),
        country="AL",
        return_state=Return.DONE,
        return_date=date(2026, 11, 30),
        purposes=frozenset({"check_ins"}),
    )
    return replace(known, **changes)  # type: ignore[arg-type]


@dataclass(slots=True)
class Talk:
    """One conversation; ``now`` is moved by hand."""

    who: Participant | None = None
    now: datetime = NOON
    conversation: Conversation = field(init=False)
    occurrences: dict[tuple[str, int], Occurrence] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    chance: SeededChance = field(default_factory=lambda: SeededChance("talk"))
    messages: int = 100

    def __post_init__(self) -> None:
        self.conversation = Conversation(Chat(b"t" * 16), self.who)
        if self.who is not None and self.who.status is Status.ACTIVE:
            self._plan()

    def _plan(self) -> None:
        from cora_bot.dialogue.handlers.planning import plan_for
        from cora_bot.dialogue.scene import Scene

        scene = Scene(self.conversation, script_of(STUDY), self.now, self.chance)
        for each in plan_for(scene):
            self.occurrences[each.wave, each.number] = Occurrence(
                each.wave, each.number, each.local, each.opens, each.closes, each.reminders, next_at=each.opens
            )

    def feed(self, event: Input) -> Turn:
        """One turn."""
        open_ones = tuple(one for one in self.occurrences.values() if one.step not in FINAL_STEPS)
        done = tuple(one for one in self.occurrences.values() if one.step is Step.COMPLETE and one.closes > self.now)
        before = replace(self.conversation, planned=open_ones, answered=done, occurrence=self._current())
        turn = advance(before, event, script=script_of(STUDY), now=self.now, chance=self.chance)
        self._keep(turn)
        return turn

    def due(self, wave: str, number: int = 1) -> Turn:
        """This occurrence falls due now."""
        open_ones = tuple(one for one in self.occurrences.values() if one.step not in FINAL_STEPS)
        before = replace(self.conversation, planned=open_ones, occurrence=self.occurrences[wave, number])
        turn = advance(before, OccurrenceDue(), script=script_of(STUDY), now=self.now, chance=self.chance)
        self._keep(turn)
        return turn

    def press(self, verb: Verb, *, node: int = 0, choice: int = 0, card: int | None = None) -> Turn:
        """A button of the live card (or of an older one)."""
        live = self.conversation.chat.card
        generation = live.generation if card is None else card
        message = live.message if live.message is not None else 50
        return self.feed(Pressed(Press(verb, generation, node, choice), message))

    def tap(self, label: str) -> Turn:
        """The button of the card that reads ``label``, whatever mark stands before it."""
        wanted = next(one for one in self.buttons() if one.label.lstrip("☐☑●✓☰▶🌐 ") == label)
        return self.feed(Pressed(wanted.press, self.conversation.chat.card.message or 50))

    def write(self, text: str) -> Turn:
        self.messages += 1
        return self.feed(Text(text, self.messages, "en"))

    def present(self, state: str, text: str = "AAAA-AAAA-AAAA") -> Turn:
        """Types a code of which the store knows ``state``."""
        self.conversation = replace(self.conversation, token=TokenState(state))
        turn = self.write(text)
        self.conversation = replace(self.conversation, token=None)
        return turn

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    @property
    def text(self) -> str:
        """What the card says."""
        return next(turn.show.prompt.text for turn in reversed(self.turns) if turn.show)

    def buttons(self) -> list[Button]:
        shown = next(turn.show for turn in reversed(self.turns) if turn.show)
        return [button for row in shown.prompt.rows for button in row]

    def labels(self) -> list[str]:
        return [button.label for button in self.buttons()]

    def _current(self) -> Occurrence | None:
        session = self.conversation.session
        if session and session.wave:
            return self.occurrences.get((session.wave, session.number))
        return next((one for one in self.occurrences.values() if one.step in (Step.INVITED, Step.OPENED)), None)

    def _keep(self, turn: Turn) -> None:
        self.turns.append(turn)
        self.records += turn.records
        self.conversation = replace(turn.conversation, token=None)
        if turn.plan is not None:
            self._replan(turn)
        for one in turn.occurrences:
            self.occurrences[one.wave, one.number] = one

    def _replan(self, turn: Turn) -> None:
        for key in [key for key, one in self.occurrences.items() if one.step is Step.PLANNED]:
            del self.occurrences[key]
        for each in turn.plan or ():
            self.occurrences.setdefault(
                (each.wave, each.number),
                Occurrence(
                    each.wave, each.number, each.local, each.opens, each.closes, each.reminders, next_at=each.opens
                ),
            )


__all__ = ["NOON", "Talk", "person", "plan"]
