"""One form and one person: in memory, for how the card looks, and over the Bot API emulator, for all the way through.

The study around the form is a stand-in; the person takes part and is asked the form at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.app import App, Connection
from bot.pilot.person import Person
from bot.pilot.server import Emulator
from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import SetClock
from cora_bot.base.values import replace
from cora_bot.cli.trial import stand_in
from cora_bot.dialogue.advance import advance
from cora_bot.dialogue.conversation import Chat, Conversation, Participant
from cora_bot.dialogue.handlers import questions
from cora_bot.dialogue.inputs import Input, Press, Pressed, Text, Verb
from cora_bot.dialogue.phrases import Phrases
from cora_bot.dialogue.prompt import Button
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.script import MediaFile, Script
from cora_bot.dialogue.turn import Record, Turn
from cora_bot.forms.compile import compile_form
from cora_bot.forms.model import Form
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.house import House
from tests.forms.support import SETTINGS, table
from tests.support.house import Premises, opened, premises
from tests.support.opening import all_records
from tests.support.talk import person as somebody
from tests.support.turns import joined, meet, write

NOON = datetime(2026, 12, 14, 11, 0, tzinfo=UTC)
MARKS = "☐☑●✓☰▶🌐▲▼📍＋－✎↶ "


def chat_form(text: str, settings: str = SETTINGS) -> Form:
    """A form as the chat takes it; what ``cora check`` would refuse fails here."""
    made = compile_form(table(text, settings), file="test.md")
    assert made.form is not None, made.problems
    return made.form


def script_around(form: Form, **study: Any) -> Script:
    return Script(replace(stand_in(form), **study), {form.id: form}, {form.hash: form}, Phrases({}))


@dataclass(slots=True)
class Asked:
    """The conversation about one form; ``turns`` are all there were."""

    script: Script
    who: Participant = field(default_factory=somebody)
    now: datetime = NOON
    conversation: Conversation = field(init=False)
    turns: list[Turn] = field(default_factory=list)
    chance: SeededChance = field(default_factory=lambda: SeededChance("asked"))
    messages: int = 100

    def __post_init__(self) -> None:
        (form,) = self.script.forms
        self.conversation = Conversation(Chat(b"t" * 16), self.who)
        scene, walk = questions.begin(Scene(self.conversation, self.script, self.now, self.chance), form)
        self._keep(questions.ask(scene, walk))

    def feed(self, event: Input) -> Turn:
        return self._keep(advance(self.conversation, event, script=self.script, now=self.now, chance=self.chance))

    def tap(self, label: str) -> Turn:
        """The button that reads ``label``, whatever mark stands before it."""
        wanted = [each for each in self.buttons if label in (each.label, each.label.lstrip(MARKS))]
        assert wanted, (label, self.labels)
        return self.feed(Pressed(wanted[0].press, 50))

    def press(self, verb: Verb, *, node: int = 0, choice: int = 0) -> Turn:
        return self.feed(Pressed(Press(verb, self.conversation.chat.card.generation, node, choice), 50))

    def write(self, text: str) -> Turn:
        self.messages += 1
        return self.feed(Text(text, self.messages, "en"))

    def _keep(self, turn: Turn) -> Turn:
        self.turns.append(turn)
        self.conversation = turn.conversation
        return turn

    @property
    def text(self) -> str:
        return next(turn.show.prompt.text for turn in reversed(self.turns) if turn.show)

    @property
    def buttons(self) -> list[Button]:
        shown = next(turn.show for turn in reversed(self.turns) if turn.show)
        return [button for row in shown.prompt.rows for button in row]

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    @property
    def records(self) -> list[Record]:
        dropped = {each for turn in self.turns for each in turn.drop_records}
        return [each for turn in self.turns for each in turn.records if each.id not in dropped]

    @property
    def values(self) -> dict[str, str]:
        """Of the finished (or left) form."""
        found = self.records[-1].body["values"]
        assert isinstance(found, dict)
        return found


def asked(text: str, settings: str = SETTINGS, **study: Any) -> Asked:
    return Asked(script_around(chat_form(text, settings), **study))


@dataclass(slots=True)
class Online:
    """The same over the emulator, with a real store."""

    app: App
    house: House
    emulator: Emulator
    person: Person
    place: Premises
    clock: SetClock

    async def tap(self, label: str) -> None:
        wanted = next(each for each in self.person.last.labels if label in (each, each.lstrip(MARKS)))
        self.person.press(wanted)
        await self.taken()

    async def write(self, text: str) -> None:
        self.person.type(text)
        await self.taken()

    async def taken(self) -> None:
        """Until the bot has taken every update and sent what it had to send."""
        async with asyncio.timeout(20):
            while self.emulator.world.pending():
                await asyncio.sleep(0.005)
            await self.app.settle_all()

    @property
    def text(self) -> str:
        return self.person.last.text

    async def bodies(self) -> list[dict[str, Any]]:
        """What the researchers open, in its order."""
        return [body for _, body in await all_records(self.house, self.place.identities)]


@asynccontextmanager
async def online(
    text: str, folder: Path, *, settings: str = SETTINGS, media: Mapping[str, MediaFile] | None = None, **study: Any
) -> AsyncIterator[Online]:
    """A person who is shown the first question of the form."""
    clock = SetClock(NOON)
    place = premises(folder, clock)
    form = chat_form(text, settings)
    async with Emulator(clock=clock) as emulator, opened(place) as house:
        house = replace(house, script=replace(script_around(form, **study), media=media or {}))
        await register_forms(house)
        emulator.world.limits.enabled = False
        person = emulator.world.person("A", language_code="en")
        person.chat.started = True
        connection = Connection(emulator.token, emulator.base_url, rate=0, per_chat=0, long_poll=1, tick=0)
        async with App(house, connection) as app:
            await _begin(house, person, form)
            one = Online(app, house, emulator, person, place, clock)
            await app.settle_all()
            yield one


async def _begin(house: House, person: Person, form: Form) -> None:
    who = somebody(id=b"q" * 16, case=b"d" * 16, told_removal=True)
    names = ("language", "zone", "enrolled_at", "return_state", "told_removal", "purposes")
    fields = {name: getattr(who, name) for name in names}
    await joined(house, person.id, **fields)
    before = await meet(house, person.id)
    scene, walk = questions.begin(Scene(before, house.script, house.clock.now(), house.chance), form.id)
    await write(house, before, questions.ask(scene, walk), "begin")
