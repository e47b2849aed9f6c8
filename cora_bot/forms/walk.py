"""Walking a form one question after another. No clock, no chance but the Moment's; ``save`` and ``resume`` between.

A press carries the number of the question it was made for; one for another question raises StaleQuestion.
What a person chose in a select-many counts only once they said done.
"""

from __future__ import annotations

import json

from cora_bot.forms import values
from cora_bot.forms.expr.scope import Expression
from cora_bot.forms.expr.values import to_text
from cora_bot.forms.instance import Instance, encode, stored_text, typed
from cora_bot.forms.model import Form, Kind, Question
from cora_bot.forms.moment import Moment
from cora_bot.forms.program import Asked, Program, Texts
from cora_bot.forms.rendering import Renderer
from cora_bot.forms.shown import Shown, ShownChoice, Stored
from cora_bot.forms.values import Violation, ViolationCode

__all__ = ["Moment", "Shown", "ShownChoice", "StaleQuestion", "Stored", "Violation", "ViolationCode", "Walk"]


class StaleQuestion(Exception):  # noqa: N818 -- it names what happened; the dialogue catches it as such
    """The press was made for a question that is not the current one."""


class Walk:
    """One filling-in of a form."""

    def __init__(self, form: Form, moment: Moment) -> None:
        if not isinstance(form.program, Program):
            raise TypeError("the form was not made by compile_form or load_xform")
        self.form = form
        self.program = form.program
        self.instance = Instance(self.program, moment)
        self.renderer = Renderer(self.program, self.instance)
        self.cursor = 0  # a question's number; one past the last at the end
        self.draft: list[int] | None = None

    @classmethod
    def begin(cls, form: Form, moment: Moment) -> Walk:
        walk = cls(form, moment)
        walk.instance.first_load()
        walk._settle_cursor(0)
        return walk

    @classmethod
    def resume(cls, form: Form, saved: str, moment: Moment) -> Walk:
        """Where ``save`` left it; what reads the clock is computed anew. Defaults do not run again."""
        walk = cls(form, moment)
        held = json.loads(saved)
        walk.instance.load(held)
        walk.draft = held.get("d")
        walk.renderer.language = held.get("l", walk.program.default_language)
        walk.cursor = held["at"]
        walk.instance.refresh()
        walk._settle_cursor(walk.cursor)
        return walk

    def save(self) -> str:
        """Compact JSON. Sealed answers are not in it."""
        state = {"at": self.cursor, **self.instance.dump()}
        if self.draft is not None:
            state["d"] = self.draft
        if self.renderer.language != self.program.default_language:
            state["l"] = self.renderer.language
        return encode(state)

    @property
    def current(self) -> Question | None:
        return self.form.questions[self.cursor] if self.cursor < len(self.form.questions) else None

    @property
    def answered(self) -> int:
        """How many questions that apply have an answer."""
        return sum(
            1
            for each in self.program.asked
            if each.kind is not Kind.NOTE and self._relevant(each) and self.instance.has_answer(each.slot)
        )

    @property
    def faults(self) -> tuple[str, ...]:
        """Paths of nodes with an expression that could not be evaluated; for the log, it names no answer."""
        return tuple(self.program.specs[slot].path for slot in sorted(self.instance.faults))

    def shown(self, language: str) -> Shown | None:
        """None: at the end."""
        question = self.current
        if question is None:
            return None
        asked = self.program.asked[self.cursor]
        slot = asked.slot
        relevant = [number for number, each in enumerate(self.program.asked) if self._relevant(each)]
        counted = [number for number in relevant if self.program.asked[number].kind is not Kind.NOTE]
        text = self.renderer.text
        return Shown(
            question,
            label=text(asked.labels, language, slot),
            hint=text(asked.hints, language, slot),
            guidance=text(asked.guidance, language, slot),
            choices=self._choices(asked, language),
            required=self._required(asked),
            value=stored_text(self.instance.nodes[slot].value),
            kept=slot in self.instance.sealed,
            can_go_back=bool(relevant) and relevant[0] < self.cursor,
            position=sum(1 for number in counted if number < self.cursor),
            total=len(counted),
        )

    def choose(self, number: int, choice: int, language: str = "") -> Stored | Violation:
        """Select one, range: the option of that index."""
        asked = self._at(number)
        if asked.kind not in (Kind.SELECT_ONE, Kind.RANGE):
            return Violation(ViolationCode.NOT_A_CHOICE)
        value = self._offered().get(choice)
        return Violation(ViolationCode.NOT_A_CHOICE) if value is None else self._answer(value, language)

    def toggle(self, number: int, choice: int, language: str = "") -> Stored | Violation:
        """Select many: picks or unpicks; ``done`` stores."""
        del language
        asked = self._at(number)
        offered = self._offered()
        if asked.kind is not Kind.SELECT_MANY or choice not in offered:
            return Violation(ViolationCode.NOT_A_CHOICE)
        self.draft = sorted(set(self._picked()) ^ {choice})
        return Stored(self.form.questions[number].ref, self._drafted())

    def done(self, number: int, language: str = "") -> Stored | Violation:
        """Select many finished, note read, acknowledged; on any other question: the answer it has is kept."""
        asked = self._at(number)
        question = self.form.questions[number]
        match asked.kind:
            case Kind.SELECT_MANY:
                return self._answer(self._drafted(), language)
            case Kind.ACKNOWLEDGE:
                return self._answer("OK", language)
            case Kind.NOTE:
                self._settle_cursor(number + 1)
                return Stored(question.ref, "")
            case _ if self.instance.has_answer(asked.slot):
                self._settle_cursor(number + 1)
                kept = asked.slot in self.instance.sealed
                return Stored(question.ref, stored_text(self.instance.nodes[asked.slot].value), sealed=kept)
            case _:
                return self._answer("", language)

    def type(self, text: str, language: str = "") -> Stored | Violation:
        """A typed answer. Selects take a label of theirs, exactly as shown, and nothing else."""
        if self.current is None:
            raise StaleQuestion
        asked = self.program.asked[self.cursor]
        made = self._typed(asked, self.form.questions[self.cursor], text, language)
        return made if isinstance(made, Violation) else self._answer(made, language)

    def skip(self, number: int, language: str = "") -> Stored | Violation:
        """No answer; one that was given is taken back."""
        asked = self._at(number)
        if asked.kind is Kind.NOTE:
            return self.done(number, language)
        return self._answer("", language)

    def back(self) -> bool:
        """To the question before, of those that apply. False: there is none."""
        for number in range(self.cursor - 1, -1, -1):
            if self._relevant(self.program.asked[number]):
                self.cursor, self.draft = number, None
                return True
        return False

    def finish(self, language: str = "") -> Violation | None:
        """Judges the whole form. The first failing question becomes the current one."""
        for number, asked in enumerate(self.program.asked):
            if asked.kind is Kind.NOTE or not self._relevant(asked):
                continue
            failing = self._failing(asked, language)
            if failing is not None:
                self.cursor, self.draft = number, None
                return failing
        for spec in self.program.specs:
            if spec.preload is not None and spec.preload.name == "end":
                self.instance.nodes[spec.slot].value = self.instance.context.now
                self.instance.settle({spec.slot})
        return None

    def values(self) -> dict[str, str]:
        """Canonical texts by path: what applies and has a value. Sealed answers are absent."""
        return self.instance.results()

    def sealed_refs(self) -> tuple[str, ...]:
        """Questions that apply and whose answers were sealed on arrival, in the form's order."""
        instance = self.instance
        slots = sorted(slot for slot in instance.sealed if instance.nodes[slot].relevant)
        return tuple(self.program.specs[slot].path for slot in slots)

    def unanswered(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Questions that apply and have no answer, in the form's order: those passed by, and those not reached yet."""
        open_ones = [
            (number, self.form.questions[number].ref)
            for number, each in enumerate(self.program.asked)
            if each.kind is not Kind.NOTE and self._relevant(each) and not self.instance.has_answer(each.slot)
        ]
        passed = tuple(ref for number, ref in open_ones if number < self.cursor)
        return passed, tuple(ref for number, ref in open_ones if number >= self.cursor)

    def _at(self, number: int) -> Asked:
        if number != self.cursor or self.current is None:
            raise StaleQuestion
        return self.program.asked[number]

    def _relevant(self, asked: Asked) -> bool:
        return self.instance.nodes[asked.slot].relevant

    def _settle_cursor(self, start: int) -> None:
        """The first question from ``start`` on that applies."""
        asked, number = self.program.asked, start
        while number < len(asked) and not self._relevant(asked[number]):
            number += 1
        if number != self.cursor or start != self.cursor:
            self.draft = None
        self.cursor = number

    def _offered(self) -> dict[int, str]:
        return dict(self.instance.offered(self.cursor))

    def _picked(self) -> list[int]:
        """Indexes of what is picked: the draft, or the stored answer."""
        offered = self._offered()
        if self.draft is not None:
            return [index for index in self.draft if index in offered]
        stored = to_text(self.instance.nodes[self.program.asked[self.cursor].slot].value).split()
        return sorted(index for index, value in offered.items() if value in stored)

    def _drafted(self) -> str:
        offered = self._offered()
        return " ".join([offered[index] for index in self._picked()])

    def _choices(self, asked: Asked, language: str) -> tuple[ShownChoice, ...]:
        picked = set(self._picked())
        label = self.renderer.choice
        return tuple(
            ShownChoice(index, value, label(asked, index, language), index in picked)
            for index, value in self.instance.offered(self.cursor)
        )

    def _typed(self, asked: Asked, question: Question, text: str, language: str) -> str | Violation:
        match asked.kind:
            case Kind.INTEGER:
                return values.whole(text)
            case Kind.DECIMAL:
                return values.number(text)
            case Kind.DATE:
                return values.day(text)
            case Kind.TEXT:
                return values.words(text)
            case Kind.RANGE:
                return values.stepped(text, question.start, question.end, question.step)
            case Kind.SELECT_ONE:
                return self._named(asked, text, language)
            case _:
                return Violation(ViolationCode.NOT_A_CHOICE)

    def _named(self, asked: Asked, text: str, language: str) -> str | Violation:
        wanted = text.strip()
        found = [each.value for each in self._choices(asked, language) if each.label.strip() == wanted]
        return found[0] if len(found) == 1 else Violation(ViolationCode.NOT_A_CHOICE)

    def _required(self, asked: Asked) -> bool:
        expression = self.program.specs[asked.slot].required
        return self.instance.holds(expression, asked.slot, otherwise=False)

    def _answer(self, value: str, language: str) -> Stored | Violation:
        """Judges a canonical value, stores it, moves on."""
        self.renderer.language = language or self.renderer.language
        number, asked = self.cursor, self.program.asked[self.cursor]
        question, spec, instance = self.form.questions[number], self.program.specs[asked.slot], self.instance
        if not value and self._required(asked):
            return self._violation(ViolationCode.REQUIRED, spec.required_text, asked.slot, language)
        node = instance.nodes[asked.slot]
        before, node.value = node.value, typed(value, spec.type)
        if value and not instance.holds(spec.constraint, asked.slot, otherwise=True):
            node.value = before
            return self._violation(ViolationCode.CONSTRAINT, spec.constraint_text, asked.slot, language)
        if asked.sealed:
            node.value = ""
            (instance.sealed.add if value else instance.sealed.discard)(asked.slot)
        dropped = instance.settle({asked.slot}) if node.value != before else []
        self.draft = None
        self._settle_cursor(number + 1)
        return Stored(question.ref, value, asked.sealed, self._questions(dropped))

    def _questions(self, slots: list[int]) -> tuple[Question, ...]:
        return tuple(
            question
            for question, asked in zip(self.form.questions, self.program.asked, strict=True)
            if asked.slot in slots
        )

    def _failing(self, asked: Asked, language: str) -> Violation | None:
        spec, instance = self.program.specs[asked.slot], self.instance
        if not instance.has_answer(asked.slot):
            if not self._required(asked):
                return None
            return self._violation(ViolationCode.REQUIRED, spec.required_text, asked.slot, language)
        if asked.slot in instance.sealed or self._holds(spec.constraint, asked.slot):
            return None
        return self._violation(ViolationCode.CONSTRAINT, spec.constraint_text, asked.slot, language)

    def _holds(self, constraint: Expression | None, slot: int) -> bool:
        return self.instance.holds(constraint, slot, otherwise=True)

    def _violation(self, code: ViolationCode, texts: Texts | None, slot: int, language: str) -> Violation:
        return Violation(code, self.renderer.text(texts or {}, language, slot))
