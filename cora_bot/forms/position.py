"""Where a walk stands: the question that is asked now, what is shown of it, and the way on, back and into repeats."""

from __future__ import annotations

from collections.abc import Iterable

from cora_bot.base.values import replace
from cora_bot.forms import auditing, choosing, judging, outcome, places
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.instance import Instance
from cora_bot.forms.live import holds, instances
from cora_bot.forms.model import Form, Kind, Question
from cora_bot.forms.moment import Moment
from cora_bot.forms.program import Loop, Program
from cora_bot.forms.rendering import Renderer
from cora_bot.forms.route import Stop, applies, counts, stops
from cora_bot.forms.shown import Shown, ShownChoice, Stored
from cora_bot.forms.stored import stored_text


class StaleQuestion(Exception):  # noqa: N818 -- it names what happened; the dialogue catches it as such
    """The press was made for a question that is not the current one."""


class Position:
    """The current question of one filling-in; answering is the walk's."""

    def __init__(self, form: Form, moment: Moment) -> None:
        if not isinstance(form.program, Program):
            raise TypeError("the form was not made by compile_form or load_xform")
        self.form = form
        self.program = form.program
        self.instance = Instance(self.program, moment)
        self.renderer = Renderer(self.program, self.instance)
        self.at: Stop | None = None  # None: at the end
        self.draft: list[int] | None = None
        self.log = auditing.Log(wanted=auditing.wanted(self.program))
        self._counting = False
        self._into: Node | None = None
        self._dropped: list[Node] = []
        self._fixed_stops: list[Stop] | None = None

    def __del__(self) -> None:
        if hasattr(self, "renderer"):
            self.renderer.close()

    @property
    def cursor(self) -> int:
        """The current question's number; one past the last at the end."""
        return len(self.form.questions) if self.at is None else self.at.number

    @property
    def current(self) -> Question | None:
        return None if self.at is None else self.form.questions[self.at.number]

    @property
    def asked(self) -> Question | None:
        """The current question as it can be answered now: one that may only be read is a note."""
        question = self.current
        if self.at is None or question is None or not judging.read_only(self.instance, self.at):
            return question
        return replace(question, kind=Kind.NOTE)

    @property
    def ref(self) -> str:
        """The path of what is asked now, with the numbers of instances; "" at the end."""
        return "" if self.at is None else self._ref(self.at)

    @property
    def answered(self) -> int:
        """How many questions that apply have an answer."""
        return sum(1 for each in outcome.counted(self.instance, self._stops()) if self.instance.has_answer(each.node))

    def shown(self, language: str) -> Shown | None:
        """None: at the end."""
        self.instance.context.new_pass()
        self._speak(language)
        at, question = self.at, self.asked
        if at is None or question is None:
            return None
        asked, node, instance, text = self.program.asked[at.number], at.node, self.instance, self.renderer.text
        fixed = question is not self.current
        before, total, first = self._counted(at)
        return Shown(
            question,
            label=text(asked.labels, language, node),
            hint=text(asked.hints, language, node),
            guidance=text(asked.guidance, language, node),
            choices=() if fixed else self._choices(at, language),
            required=not fixed and judging.required(instance, at),
            value=stored_text(node.value) if at.loop is None else "",
            kept=node in instance.sealed,
            can_go_back=not first,
            position=before,
            total=total,
            ref=self._ref(at),
            path=places.of(at, instance, self.renderer, language),
            clips=self.renderer.clips(asked.media, language),
            instances=0 if at.loop is None else len(list(instances(node, at.loop.name))),
        )

    def _counted(self, at: Stop) -> tuple[int, int, bool]:
        """Of the questions that apply: how many count before ``at``, and in all; and whether ``at`` is the first."""
        instance = self.instance
        before = total = 0
        first, past = True, not applies(instance, at)
        for stop in self._stops():
            if not applies(instance, stop):
                continue
            past = past or stop == at
            first = first and past
            total += (one := counts(instance, stop))
            before += one and not past
        return before, total, first

    def back(self) -> bool:
        """To the question before, of those that apply. False: there is none."""
        before: Stop | None = None
        for stop in self._stops():
            if stop == self.at:
                break
            if applies(self.instance, stop):
                before = stop
        if before is None:
            return False
        self._left(self.at)
        self.at, self.draft = before, None
        return True

    def open(self, number: int, place: int) -> bool:
        """Where another instance is offered: to the first question of the instance at ``place`` (from 1)."""
        at = self._at(number)
        node = self._instance(at, place)
        return node is not None and self._go_into(node)

    def _at(self, number: int) -> Stop:
        if self.at is None or number != self.at.number:
            raise StaleQuestion
        self.instance.context.new_pass()
        return self.at

    def _ref(self, stop: Stop) -> str:
        path = self.instance.tree.path(stop.node)
        return path if stop.loop is None else f"{path}/{stop.loop.name}"

    def _speak(self, language: str) -> None:
        """From now on in this language: what calculations say, too."""
        if language and language != self.renderer.language:
            self.renderer.language = language
            self.instance.refresh()

    def _stops(self) -> Iterable[Stop]:
        """Without repeats the way is always the same."""
        if self.program.loops:
            return stops(self.instance, self._enter)
        if self._fixed_stops is None:
            asked, nodes = self.program.asked, self.instance.nodes
            self._fixed_stops = [Stop(number, nodes[asked[number].slot]) for number in self.program.straight]
        return self._fixed_stops

    def _enter(self, loop: Loop, parent: Node) -> None:
        """A counted repeat gets its instances when the walk comes to it, as on a tablet."""
        if self._counting or (self._into is not None and holds(self._into, parent)):
            self._dropped += self.instance.count(loop, parent)

    def _stop(self, number: int, path: str) -> Stop | None:
        found = (stop for stop in self._stops() if stop.number == number)
        return next((stop for stop in found if not path or self.instance.tree.path(stop.node) == path), None)

    def _advance(self, past: Stop | None) -> None:
        """The first question after ``past`` that applies; None: the first of all."""
        self.draft, self.at = None, None
        self._counting = past is None
        for stop in self._stops():
            if self._counting and applies(self.instance, stop):
                self.at = stop
                break
            self._counting = self._counting or stop == past
        self._counting = False

    def _go_into(self, node: Node) -> bool:
        """To the first question that applies inside an instance."""
        self._into = node
        inside = (stop for stop in self._stops() if holds(node, stop.node) and applies(self.instance, stop))
        first = next(inside, None)
        self._into = None
        if first is not None:
            self.at, self.draft = first, None
        return first is not None

    def _pass(self, at: Stop) -> Stored:
        ref = self._ref(at)
        self._left(at)
        self._advance(at)
        return Stored(ref, "", dropped=self._taken())

    def _left(self, at: Stop | None) -> None:
        if at is not None and at.loop is None:
            self.log.left(self._ref(at), self.instance.context.now)

    def _instance(self, at: Stop, place: int) -> Node | None:
        found = list(instances(at.node, at.loop.name)) if at.loop is not None else []
        return found[place - 1] if 1 <= place <= len(found) else None

    def _choices(self, at: Stop, language: str) -> tuple[ShownChoice, ...]:
        return choosing.shown(self.instance, self.renderer, at, language, draft=self.draft)

    def _fixed(self, at: Stop) -> bool:
        return judging.read_only(self.instance, at)

    def _taken(self) -> tuple[Question, ...]:
        """Questions whose choices no longer fit, told once."""
        dropped, self._dropped = self._dropped, []
        return self._questions(dropped)

    def _questions(self, nodes: list[Node]) -> tuple[Question, ...]:
        if not nodes:
            return ()
        slots = {node.slot for node in nodes}
        return tuple(
            question
            for question, asked in zip(self.form.questions, self.program.asked, strict=True)
            if asked.slot in slots and asked.kind is not Kind.REPEAT
        )
