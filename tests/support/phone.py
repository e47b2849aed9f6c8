"""A phone against the usecases alone: arrivals in, an obedient Telegram behind ``claim`` and ``settle``."""

from __future__ import annotations

from dataclasses import dataclass, field

from cora_bot.dialogue.inputs import Input, Pressed, Start, Text, Verb
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.usecases.deliver import settle
from cora_bot.usecases.exchange import (
    Arrived,
    DeleteMessage,
    DeleteMessages,
    EditMessage,
    Outcome,
    Reaction,
    Removal,
    Sending,
    SendMessage,
    Sent,
)
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_tokens
from cora_bot.usecases.receive import receive
from tests.support.outgoing import outgoing


@dataclass(slots=True)
class Phone:
    """One chat as its person sees it: messages of the bot by id, the person's own by text."""

    house: House
    address: int = 700
    messages: dict[int, Prompt] = field(default_factory=dict)
    count: int = 0
    updates: int = 0

    def arrived(self, happened: Input) -> Arrived:
        self.updates += 1
        return Arrived(f"u:{self.address}:{self.updates}", self.address, happened)

    def written(self, text: str) -> Arrived:
        self.count += 1
        return self.arrived(Text(text, self.count, "de"))

    def started(self, token: str = "") -> Arrived:
        self.count += 1
        return self.arrived(Start(token, self.count, "de"))

    def pressed(self, verb: Verb, choice: int | None = None) -> Arrived:
        """The first button of that sort (and choice) on the lowest message."""
        message, button = self.button(verb, choice)
        return self.arrived(Pressed(button.press, message))

    def button(self, verb: Verb, choice: int | None = None) -> tuple[int, Button]:
        for message in sorted(self.messages, reverse=True):
            for row in self.messages[message].rows:
                for button in row:
                    if button.press.verb is verb and choice in (None, button.press.choice):
                        return message, button
        raise LookupError(f"no button {verb} on the phone")

    def has(self, verb: Verb) -> bool:
        return any(b.press.verb is verb for prompt in self.messages.values() for row in prompt.rows for b in row)

    async def happens(self, *arrived: Arrived) -> list[Reaction]:
        """One batch, and everything it leads to delivered."""
        reactions = await receive(self.house, arrived)
        await self.deliver()
        return reactions

    async def deliver(self) -> list[Sending | Removal]:
        """All that can be sent now is sent and arrives."""
        sent: list[Sending | Removal] = []
        while going := await outgoing(self.house):
            await settle(self.house, [(each, self.take(each)) for each in going])
            sent += going
        return sent

    def take(self, sending: Sending | Removal) -> Outcome:
        match sending.call:
            case SendMessage(prompt):
                self.count += 1
                self.messages[self.count] = prompt
                return Sent(self.count)
            case EditMessage(message, prompt):
                self.messages[message] = prompt
                return Sent(message)
            case DeleteMessage(message):
                self.messages.pop(message, None)
                return Sent(0)
            case DeleteMessages(messages):
                for message in messages:
                    self.messages.pop(message, None)
                return Sent(0)

    @property
    def text(self) -> str:
        """The lowest message's text."""
        return self.messages[max(self.messages)].text

    async def enrol(self, *, returned: str, planned: bool = False) -> None:
        """Through the consent form in German, to Afghanistan, at 11 o'clock; ``returned`` is the day as it is typed."""
        (code,) = await make_tokens(self.house, 1, expires_days=7)
        await self.happens(self.started(code))
        await self.happens(self.pressed(Verb.SET_LANGUAGE, 1))
        replies = {
            "Sind Sie schon zurückgekehrt": "Noch nicht, es ist geplant" if planned else "Ja, ich bin schon dort",
            "An welchem Tag": returned,
            "Um welche Uhrzeit": "11 Uhr, vor dem Mittag",
        }
        for _ in range(40):
            arrived = self._answer(replies)
            if arrived is None:
                return
            await self.happens(arrived)
        raise AssertionError(f"the form does not end: {self.text}")

    async def answer_first(self, times: int) -> None:
        """Answers as many questions, each with the first thing that can be pressed."""
        for _ in range(times):
            arrived = self._answer({})
            assert arrived is not None, self.text
            await self.happens(arrived)

    async def answer_to_the_end(self) -> list[str]:
        """The first choice everywhere, one tick where several are possible, nothing where it may be left out.

        Gives back what stood on the card before each answer.
        """
        seen: list[str] = []
        ticked = ""
        for _ in range(60):
            if self.has(Verb.TOGGLE) and ticked != self.text:
                await self.happens(self.pressed(Verb.TOGGLE))
                ticked = self.text
                continue
            wanted = [each for each in (Verb.CHOOSE, Verb.DONE, Verb.SKIP) if self.has(each)]
            if not wanted:
                return seen
            seen.append(self.text)
            await self.happens(self.pressed(wanted[0]))
        raise AssertionError(f"the form does not end: {self.text}")

    def _answer(self, replies: dict[str, str]) -> Arrived | None:
        message = max(self.messages)
        buttons = [button for row in self.messages[message].rows for button in row]
        for asked, reply in replies.items():
            if asked in self.text:
                chosen = [button for button in buttons if button.label == reply]
                return self.arrived(Pressed(chosen[0].press, message)) if chosen else self.written(reply)
        for verb in (Verb.CHOOSE, Verb.TOGGLE, Verb.DONE):
            for button in buttons:
                if button.press.verb is verb and not button.label.startswith("☑"):
                    return self.arrived(Pressed(button.press, message))
        return None
