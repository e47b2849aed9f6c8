"""A Telegram that fails and a person who answers, as values in the test's own process.

Updates wait until they are acknowledged, calls have effects whether or not their answer arrives.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cora_bot.base.clock import SetClock
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Command, CommandName, Input, Pressed, Text, Unusable, Verb
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.usecases.exchange import (
    Arrived,
    DeleteMessage,
    DeleteMessages,
    EditMessage,
    Gone,
    Outcome,
    Refused,
    Removal,
    Retry,
    SendFile,
    Sending,
    SendMessage,
    Sent,
    Uncertain,
)

ADDRESS = 700
YOU_WROTE = p.YOU_WROTE.split("{", maxsplit=1)[0]


@dataclass
class Made:
    """A call that had its effect, or would have had it, were the person not gone."""

    row: int
    unsolicited: bool
    delivered: bool
    at: datetime


@dataclass
class Telegram:
    """What it keeps while the bot dies: updates, messages, calls. ``trouble`` befalls the next call.

    ``crowded``: more waits than one fetch brings, so the bot takes updates in before it handles them.

    ``theirs``: what people wrote and what still stands.
    """

    clock: SetClock
    pending: list[Arrived] = field(default_factory=list)
    messages: dict[int, Prompt] = field(default_factory=dict)
    theirs: set[int] = field(default_factory=set)
    older: list[tuple[int, Prompt]] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    blocked: bool = False
    crowded: bool = False
    trouble: str = ""
    last_message: int = 100
    updates: int = 0

    def call(self, sending: Sending | Removal) -> Outcome:
        trouble, self.trouble = self.trouble, ""
        if trouble == "429":
            return Retry(self.clock.now() + timedelta(seconds=3), "too_many")
        if trouble == "not sent":
            return Retry(self.clock.now() + timedelta(seconds=2), "not_sent")
        if isinstance(sending, Sending):
            self.made.append(Made(sending.id, sending.unsolicited, not self.blocked, self.clock.now()))
        if self.blocked:
            self.theirs.clear()  # nobody can delete anything there
            return Gone("blocked")
        outcome = self._done(sending)
        return Uncertain("no_answer") if trouble == "time-out" else outcome

    def _done(self, sending: Sending | Removal) -> Outcome:
        match sending.call:
            case SendMessage(prompt):
                return Sent(self._shown(prompt))
            case EditMessage(message, prompt) if message in self.messages:
                self.older.append((message, self.messages[message]))
                self.messages[message] = prompt
                return Sent(message)
            case DeleteMessage(message):
                self._gone(message)
                return Sent(0)
            case DeleteMessages(messages):
                for message in messages:
                    self._gone(message)
                return Sent(0)
            case SendFile():
                raise AssertionError("this form has no files")
            case _:
                return Refused("message_gone")

    def _gone(self, message: int) -> None:
        self.messages.pop(message, None)
        self.theirs.discard(message)

    def _shown(self, prompt: Prompt) -> int:
        self.last_message += 1
        self.messages[self.last_message] = prompt
        return self.last_message

    def happens(self, event: Input) -> None:
        self.updates += 1
        self.pending.append(Arrived(f"u:{self.updates}", ADDRESS, event))


@dataclass
class Respondent:
    """Answers what the lowest card asks, with words of its own for each question; never the same twice."""

    telegram: Telegram
    written: list[str] = field(default_factory=list)

    @property
    def card(self) -> tuple[int, Prompt] | None:
        return max(self.telegram.messages.items(), default=None)

    def accepted(self) -> set[str]:
        """Words the bot has shown back as stored."""
        seen = [*self.telegram.messages.items(), *self.telegram.older]
        return {word for word in self.written for _, prompt in seen if f"{YOU_WROTE}{word}" in _plain(prompt.text)}

    def act(self, *verbs: Verb) -> bool:
        """Does one thing; False when the card asks for nothing."""
        if self.card is None:
            return False
        message, prompt = self.card
        if "ords?" in prompt.text:
            self.write()
            return True
        for verb in verbs or (Verb.OPEN, Verb.CHOOSE, Verb.DONE):
            for button in buttons(prompt):
                if button.press.verb is verb:
                    self.press(message, button)
                    return True
        return False

    def press(self, message: int, button: Button) -> None:
        self.telegram.happens(Pressed(button.press, message))

    def write(self) -> None:
        self.telegram.last_message += 1
        self.telegram.theirs.add(self.telegram.last_message)
        self.written.append(f"word{len(self.written)}x")
        self.telegram.happens(Text(self.written[-1], self.telegram.last_message, "en"))

    def edits(self) -> None:
        self.telegram.happens(Unusable("edit", self.telegram.last_message, "en"))

    def stops(self) -> None:
        self.telegram.last_message += 1
        self.telegram.happens(Command(CommandName.STOP, self.telegram.last_message, "en"))


def buttons(prompt: Prompt) -> list[Button]:
    return [button for row in prompt.rows for button in row]


def _plain(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "")
