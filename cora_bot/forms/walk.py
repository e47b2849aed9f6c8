"""Walking a form one question after another. No clock, no chance but the Moment's; ``save`` and ``resume`` between.

A press carries the number of the question it was made for; one for another question raises StaleQuestion.
What a person chose in a select-many or a rank counts only once they said done.
"""

from __future__ import annotations

from cora_bot.base.values import replace
from cora_bot.forms import choosing, judging, keeping, outcome, typing_in
from cora_bot.forms.asking import NO_MORE, TAKE_AWAY
from cora_bot.forms.live import instances
from cora_bot.forms.model import MEDIA, Form, Kind
from cora_bot.forms.moment import Moment
from cora_bot.forms.position import Position, StaleQuestion
from cora_bot.forms.program import Loop
from cora_bot.forms.route import Stop, applies, counts
from cora_bot.forms.shown import Place, Shown, ShownChoice, Stored
from cora_bot.forms.stored import stored_text, typed
from cora_bot.forms.values import Violation, ViolationCode

__all__ = ["Moment", "Place", "Shown", "ShownChoice", "StaleQuestion", "Stored", "Violation", "ViolationCode", "Walk"]


class Walk(Position):
    """One filling-in of a form."""

    @classmethod
    def begin(cls, form: Form, moment: Moment) -> Walk:
        walk = cls(form, moment)
        walk.log.began(walk.instance.context.now)
        walk.instance.first_load()
        walk._advance(None)
        return walk

    @classmethod
    def resume(cls, form: Form, saved: str, moment: Moment) -> Walk:
        """Where ``save`` left it; what reads the clock is computed anew. Defaults do not run again."""
        walk = cls(form, moment)
        held = keeping.decode(saved)
        keeping.load(walk.instance, held)
        walk.draft = held.get("d")
        if walk.log.wanted:
            walk.log.load(held["t"])
        walk.renderer.language = held.get("l", walk.program.default_language)
        walk.instance.refresh()
        walk.instance.every_load()
        walk.at = walk._stop(held["at"], held.get("in", ""))
        if walk.at is not None and not applies(walk.instance, walk.at):
            walk._advance(walk.at)
        return walk

    def save(self) -> str:
        """Compact JSON. Sealed answers are not in it."""
        state: dict[str, object] = {"at": self.cursor, **keeping.dump(self.instance)}
        if self.at is not None and self.program.loops:
            state["in"] = self.instance.tree.path(self.at.node)
        if self.log.wanted:
            state["t"] = self.log.dump()
        if self.draft is not None:
            state["d"] = self.draft
        if self.renderer.language != self.program.default_language:
            state["l"] = self.renderer.language
        return keeping.encode(state)

    @property
    def faults(self) -> tuple[str, ...]:
        """Paths of nodes with an expression that could not be evaluated; for the log, it names no answer."""
        return tuple(self.program.specs[slot].path for slot in sorted(self.instance.faults))

    def choose(self, number: int, choice: int, language: str = "") -> Stored | Violation:
        """Select one, range: the option of that index. A repeat: 0 adds an instance, 1 goes on, 2 removes the last."""
        at = self._at(number)
        if at.loop is not None:
            return self._repeat(at, at.loop, choice)
        if self.program.asked[number].kind not in (Kind.SELECT_ONE, Kind.RANGE):
            return Violation(ViolationCode.NOT_A_CHOICE)
        value = choosing.offered(self.instance, at).get(choice)
        return Violation(ViolationCode.NOT_A_CHOICE) if value is None else self._answer(value, language)

    def toggle(self, number: int, choice: int, language: str = "") -> Stored | Violation:
        """Select many: picks or unpicks; rank: the next in order, or no longer ranked. ``done`` stores."""
        del language
        at = self._at(number)
        many = self.program.asked[number].kind in (Kind.SELECT_MANY, Kind.RANK)
        if not many or self._fixed(at) or choice not in choosing.offered(self.instance, at):
            return Violation(ViolationCode.NOT_A_CHOICE)
        self.draft = choosing.toggled(self.instance, at, self.draft, choice)
        return Stored(self._ref(at), self._drafted(at))

    def done(self, number: int, language: str = "") -> Stored | Violation:
        """Select many or rank finished, note read, acknowledged; on any other question: the answer it has is kept."""
        at = self._at(number)
        match self.program.asked[number].kind:
            case Kind.NOTE | Kind.REPEAT:
                return self._pass(at)
            case _ if self._fixed(at):
                return self._pass(at)
            case Kind.SELECT_MANY:
                return self._answer(self._drafted(at), language)
            case Kind.RANK:
                return self._rank(at, language)
            case Kind.ACKNOWLEDGE:
                return self._answer("OK", language)
            case _ if self.instance.has_answer(at.node):
                kept = at.node in self.instance.sealed
                return replace(self._pass(at), value=stored_text(at.node.value), sealed=kept)
            case _:
                return self._answer("", language)

    def type(self, text: str, language: str = "") -> Stored | Violation:
        """A typed answer. Selects take a label of theirs, exactly as shown, and nothing else."""
        self.instance.context.new_pass()
        self._speak(language)
        at = self.at
        if at is None:
            raise StaleQuestion
        kind = self.program.asked[at.number].kind
        if kind is Kind.SELECT_ONE:
            wanted = text.strip()
            found = [each.value for each in self._choices(at, language) if each.label.strip() == wanted]
            return self._answer(found[0], language) if len(found) == 1 else Violation(ViolationCode.NOT_A_CHOICE)
        made = typing_in.canonical(self.form.questions[at.number], text, self.instance.context.zone)
        return made if isinstance(made, Violation) else self._answer(made, language)

    def enter(self, number: int, value: str, language: str = "") -> Stored | Violation:
        """A canonical value, as a record holds it: for answers that were recorded before."""
        at = self._at(number)
        if at.loop is not None or self.program.asked[number].kind is Kind.NOTE:
            return Violation(ViolationCode.NOT_A_CHOICE)
        return self._answer(value, language)

    def pass_by(self) -> None:
        """On to the next question without an answer, even from one that is required: for recorded walks."""
        if self.at is not None:
            self._pass(self.at)

    def attach(self, number: int, file: str, language: str = "") -> Stored | Violation:
        """A photo, sound, film or file, by the name its contents are kept under."""
        self._at(number)
        if self.program.asked[number].kind not in MEDIA:
            return Violation(ViolationCode.NOT_A_CHOICE)
        return self._answer(file, language)

    def locate(self, number: int, place: tuple[float, float, float, float], language: str = "") -> Stored | Violation:
        """A geopoint: latitude, longitude, altitude and accuracy in metres (0 where not known)."""
        self._at(number)
        made = typing_in.geopoint(place)
        if self.program.asked[number].kind is not Kind.GEOPOINT or isinstance(made, Violation):
            return Violation(ViolationCode.NOT_A_CHOICE)
        return self._answer(made, language)

    def skip(self, number: int, language: str = "") -> Stored | Violation:
        """No answer; one that was given is taken back."""
        at = self._at(number)
        if at.loop is not None or self._fixed(at) or self.program.asked[number].kind is Kind.NOTE:
            return self._pass(at)
        return self._answer("", language)

    def remove(self, number: int, place: int) -> Stored | Violation:
        """Where another instance is offered: takes the one at ``place`` (from 1) away, with its answers."""
        at = self._at(number)
        node = self._instance(at, place)
        if at.loop is None or node is None:
            return Violation(ViolationCode.NOT_A_CHOICE)
        dropped = self.instance.shrink(at.loop, node)
        return Stored(self._ref(at), "", dropped=self._questions(dropped))

    def finish(self, language: str = "") -> Violation | None:
        """Judges the whole form. The first failing question becomes the current one."""
        self.instance.context.new_pass()
        self._speak(language)
        self._counting = True
        try:
            for stop in self._stops():
                if not counts(self.instance, stop) or not stop.node.relevant:
                    continue
                failing = judging.failing(self.instance, self.renderer, stop, language)
                if failing is not None:
                    self.at, self.draft = stop, None
                    return failing
        finally:
            self._counting = False
        for spec in self.program.specs:
            if spec.preload is not None and spec.preload.name == "end":
                for node in self.instance.tree.live[spec.slot]:
                    node.value = self.instance.context.now
                self.instance.settle({spec.slot})
        self.log.finished(self.instance.context.now)
        return None

    def values(self) -> dict[str, str]:
        """Canonical texts by path: what applies and has a value. Sealed answers are absent."""
        return self.instance.results()

    def kept(self) -> dict[str, str]:
        """Of the values those that a later answering may read: what becomes ``Moment.last``."""
        return outcome.kept(self.instance)

    def entity(self) -> dict[str, str]:
        """Property -> value: what the form says of the person's entity, of what may be kept."""
        return outcome.entity(self.instance)

    def submission(self) -> dict[str, object]:
        """What the instance's XML needs beside the values: ``meta``, and ``audit`` as rows; without what is empty."""
        found = {"meta": outcome.meta(self.instance), "audit": [list(row) for row in self.log.rows]}
        return {name: held for name, held in found.items() if held}

    def alerts(self) -> tuple[str, ...]:
        """Paths of the answers whose alert holds as things stand."""
        return outcome.alerts(self.instance)

    def sealed_refs(self) -> tuple[str, ...]:
        """Questions that apply and whose answers were sealed on arrival, in the form's order."""
        return outcome.sealed_refs(self.instance)

    def unanswered(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Questions that apply and have no answer, in the form's order: those passed by, and those not reached yet."""
        return outcome.unanswered(self.instance, self._stops(), self.at)

    def _repeat(self, at: Stop, loop: Loop, choice: int) -> Stored | Violation:
        if choice not in {each.index for each in self._choices(at, "")}:
            return Violation(ViolationCode.NOT_A_CHOICE)
        ref, before = self._ref(at), len(list(instances(at.node, loop.name)))
        if choice == NO_MORE:
            return self._pass(at)
        if choice == TAKE_AWAY:
            return self.remove(at.number, before)
        node, dropped = self.instance.grow(loop, at.node)
        self._dropped += dropped
        self.log.left(self.instance.tree.path(node), self.instance.context.now, event="add repeat")
        self._go_into(node)
        return Stored(ref, "", dropped=self._taken())

    def _drafted(self, at: Stop) -> str:
        return choosing.drafted(self.instance, at, self.draft)

    def _rank(self, at: Stop, language: str) -> Stored | Violation:
        order = choosing.ranked(self.instance, at, self.draft)
        if order is None:
            return Violation(ViolationCode.REQUIRED)
        self.draft = order
        return self._answer(self._drafted(at), language)

    def _answer(self, value: str, language: str) -> Stored | Violation:
        """Judges a canonical value, stores it, moves on."""
        if self.at is None:
            raise StaleQuestion
        self._speak(language)
        at, node, instance = self.at, self.at.node, self.instance
        asked, ref = self.program.asked[at.number], self._ref(at)
        refused = judging.refused(instance, self.renderer, at, value, language)
        if refused is not None:
            return refused
        before, was_sealed = node.value, node in instance.sealed
        node.value = "" if asked.sealed else typed(value, self.program.specs[asked.slot].type, instance.context.zone)
        if asked.sealed:
            (instance.sealed.add if value else instance.sealed.discard)(node)
        # What was sealed cannot be compared: an answer to it counts as a change.
        if node.value != before or was_sealed or (asked.sealed and value):
            self._dropped += instance.changed_by_person(node)
        self._left(at)
        self._advance(at)
        return Stored(ref, value, asked.sealed, self._taken())
