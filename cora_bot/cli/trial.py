"""A form walked at the terminal: a conversation in memory on the very ``advance`` that talks to people.

Nothing is stored here: what the turns made stays in ``turns``, for whoever shows it (``cora try``) or keeps it (an
interview that staff enter).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time

from cora_bot.base.chance import Chance, new_id
from cora_bot.base.values import replace
from cora_bot.cli.sent import FILE, PLACE, sent
from cora_bot.dialogue import cards
from cora_bot.dialogue.advance import advance
from cora_bot.dialogue.conversation import Chat, Conversation, Mode, Participant, Showing, Status
from cora_bot.dialogue.handlers import finishing, questions
from cora_bot.dialogue.inputs import Input, Pressed, Text, Verb
from cora_bot.dialogue.kinds.sent import SENT_ONLY
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.script import Script
from cora_bot.dialogue.turn import RecordKind, Turn, standing
from cora_bot.forms.model import Form
from cora_bot.study.model import Enrolment, Language, QuietHours, Retention, Return, ReturnCheck, Study

MESSAGE = 1
BACK = "b"
DIRECT = ":"
AWAY = frozenset({Verb.MENU, Verb.LANGUAGE, Verb.LEAVE})
"""The buttons that lead away from a question, to what is the person's own affair: break, stop, language."""


class Trial:
    """One walk; ``prompt`` is what the person would see now, ``begun`` the turn that showed the first question."""

    def __init__(
        self,
        script: Script,
        begun: Turn,
        *,
        chance: Chance,
        mode: Mode = Mode.CHAT,
        without: Collection[Verb] = (),
    ) -> None:
        self._script = script
        self._chance = chance
        self._mode = mode
        self._without = without
        self.turns: list[Turn] = []
        self.prompt = Prompt("")
        self._take(begun)

    @property
    def finished(self) -> bool:
        return self._conversation.session is None

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.prompt.rows for button in row if button.press.verb not in self._without]

    def typed(self, now: datetime) -> bool:
        """Whether the question at hand is answered in writing, so that a bare number is an answer and no button."""
        if self._conversation.chat.card.showing is not Showing.QUESTION:
            return False
        scene = self._scene(now)
        shown = questions.pick_up(scene).shown(scene.language)
        return shown is not None and cards.is_typed(shown)

    def _asks_to_send(self, now: datetime) -> bool:
        question = questions.pick_up(Scene(self._conversation, self._script, now, self._chance)).current
        return question is not None and question.kind in SENT_ONLY

    def answer(self, line: str, now: datetime) -> bool:
        """Takes one typed line: a button's number, ``b`` for back, or text. False when no such button is there."""
        event = self._input(line.strip(), now)
        if event is None:
            return False
        self._take(advance(self._conversation, event, script=self._script, now=now, chance=self._chance))
        return True

    def leave(self, now: datetime) -> None:
        """Breaks off here: what was answered until now becomes a partial record."""
        self._take(finishing.break_off(self._scene(now), "left"))

    def stored(self) -> list[tuple[str, str]]:
        """(question, value) of everything that is to be sealed; sealed on arrival is marked."""
        records = standing(self.turns)
        apart = (RecordKind.FRAGMENT, RecordKind.ALERT)
        final = next((record for record in reversed(records) if record.kind not in apart), None)
        if final is None:
            return []
        values = [(ref, str(value)) for ref, value in final.body["values"].items()]
        parts = {record.id.hex(): record for record in records}
        sealed = [
            (f"{ref} (sealed on arrival)", parts[part].body["value"]) for ref, part in final.body["sealed"].items()
        ]
        return [*values, *sealed, *((ref, "(a file)") for ref in final.body.get("files", ()))]

    def _scene(self, now: datetime) -> Scene:
        return Scene(self._conversation, self._script, now, self._chance)

    def _input(self, line: str, now: datetime) -> Input | None:
        if line.lower() == BACK:
            back = [button for button in self.buttons if button.press.verb in (Verb.BACK, Verb.RESUME)]
            return Pressed(back[0].press, MESSAGE) if back else None
        if line.startswith((PLACE, FILE)) and self._asks_to_send(now):
            return sent(line, MESSAGE)
        direct = line.removeprefix(DIRECT)
        if direct.isdecimal() and (line.startswith(DIRECT) or not self.typed(now)):
            number = int(direct)
            return Pressed(self.buttons[number - 1].press, MESSAGE) if 1 <= number <= len(self.buttons) else None
        return Text(line, MESSAGE) if line else None

    def _take(self, turn: Turn) -> None:
        self.turns.append(turn)
        self._conversation = _in_mode(turn.conversation, self._mode)
        if turn.show is not None:
            self.prompt = turn.show.prompt


def _in_mode(conversation: Conversation, mode: Mode) -> Conversation:
    """One form may lead to the next: every session of this walk is of its mode."""
    session = conversation.session
    return replace(conversation, session=replace(session, mode=mode)) if session else conversation


def begun_alone(script: Script, form: Form, *, language: str, now: datetime, chance: Chance) -> Turn:
    """The first turn of a walk by nobody in particular."""
    person = _person(script.study, form, language=language, now=now, chance=chance)
    scene, walk = questions.begin(Scene(Conversation(Chat(new_id(chance)), person), script, now, chance), form.id)
    return questions.ask(scene, walk)


def _person(study: Study, form: Form, *, language: str, now: datetime, chance: Chance) -> Participant:
    """Somebody who came back today and agreed to everything; still enrolling where the form is the consent form."""
    enrolling = form.id == study.enrolment.form
    return Participant(
        id=new_id(chance),
        case=new_id(chance),
        code="AAA-AAA",
        status=Status.ENROLLING if enrolling else Status.ACTIVE,
        language=language,
        enrolled_at=now,
        return_state=None if enrolling else Return.DONE,
        return_date=None if enrolling else now.date(),
        purposes=frozenset(study.enrolment.purposes),
        told_removal=True,
    )


def stand_in(form: Form) -> Study:
    """A study around a form that belongs to none: its languages and nothing else."""
    return Study(
        id="trial",
        title=form.title,
        version="1",
        languages=tuple(Language(code, code, "draft") for code in form.languages),
        default_language=form.default_language,
        recipients=(),
        countries={},
        waves=(),
        enrolment=Enrolment("", (), {}, "", "", "", "", "", ""),
        return_check=ReturnCheck("", "", ""),
        quiet=QuietHours(time(20), time(8)),
        default_hour=10,
        retention=Retention("P1D", "P1D"),
        team_contact={},
        privacy={},
        never_show={},
        local_help={},
        demo=True,
        hash="",
    )
