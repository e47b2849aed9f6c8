"""A form's walk under random hands: any press, any text, any order, with saving and resuming in between.

``python -m tests.forms.fuzzing SECONDS [SEED]`` runs it for as long as it is let; the tests run a short stretch.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from time import process_time

from cora_bot.base.clock import monotonic
from cora_bot.forms.compile import compile_form
from cora_bot.forms.load import load_xform
from cora_bot.forms.model import Form
from cora_bot.forms.recorded import events
from cora_bot.forms.serialise import xml_of
from cora_bot.forms.support import ANY
from cora_bot.forms.walk import StaleQuestion, Walk
from tests.forms.random_forms import random_form
from tests.forms.support import moment

SLOW = 1.0  # seconds of the processor that one step may take before it counts as hanging
STEPS = 80
WORDS = (
    "", " ", "3", "-1", "12", "٤٫٥", "1e9", "1" * 400, "abc", "a" * 5000, "2024-02-29", "۱۴۰۳/۱/۱", "31.2.2024",
    "North", "\x00", "\ud800", "🙂" * 50, "<b>&amp;</b>", "${name}", "' or ''='", "23:59", "7:5pm", "2024-01-01 25:00",
    "\u202e", "OK", "kabul mazar", "n", "nan", "Infinity", "0x10", "½", "1.200,5", "null", "%s%n", "\n\n",
)  # fmt: skip


@dataclass
class Hand:
    """One random person at one form; ``did`` is what it did, to be told when something breaks."""

    chance: random.Random
    form: Form
    did: list[str] = field(default_factory=list)

    def play(self) -> None:
        walk = Walk.begin(self.form, moment())
        for _ in range(STEPS):
            started = process_time()
            try:
                walk = self.step(walk)
            except StaleQuestion:
                self.did.append("stale")
            took = process_time() - started
            if took > SLOW:
                raise AssertionError(f"a step took {took:.1f} s")
        walk.finish("en")
        xml_of(walk.instance)

    def step(self, walk: Walk) -> Walk:
        number = walk.cursor if self.chance.random() < 0.97 else self.chance.randrange(-2, 40)
        choice = self.chance.choice((0, 0, 1, 1, 2, 3, 7, -1, 10**9))
        match self.chance.randrange(17):
            case 0 | 1 | 2:
                self.note("choose", number, choice)
                walk.choose(number, choice, self.language())
            case 3 | 4:
                self.note("toggle", number, choice)
                walk.toggle(number, choice)
            case 5 | 6 | 7:
                text = self.text()
                self.note("type", text)
                walk.type(text, self.language())
            case 8 | 9:
                self.note("done", number)
                walk.done(number, self.language())
            case 10:
                self.note("skip", number)
                walk.skip(number)
            case 11:
                self.note("back")
                walk.back()
            case 12:
                self.note("finish")
                walk.finish(self.language())
            case 13:
                return self.again(walk)
            case 14:
                self.note("open or remove", number, choice)
                walk.open(number, choice) if self.chance.random() < 0.5 else walk.remove(number, choice)
            case 15:
                self.note("attach or locate", number)
                place = (self.chance.uniform(-95, 95), self.chance.uniform(-200, 200), float("nan"), 1.0)
                walk.attach(number, self.text()) if self.chance.random() < 0.5 else walk.locate(number, place)
            case _:
                self.read(walk)
        return walk

    def again(self, walk: Walk) -> Walk:
        """What the store does between any two steps."""
        self.note("save and resume")
        saved = walk.save()
        form = load_xform(self.form.xform) if self.chance.random() < 0.05 else self.form
        resumed = Walk.resume(form, saved, moment())
        if resumed.save() != saved:
            raise AssertionError("saving what was resumed is another text")
        return resumed

    def read(self, walk: Walk) -> None:
        self.note("read")
        walk.shown(self.language())
        walk.values()
        walk.kept()
        walk.entity()
        walk.alerts()
        walk.sealed_refs()
        walk.unanswered()
        xml_of(walk.instance)

    def language(self) -> str:
        return self.chance.choice(("en", "fa-AF", "", "xx"))

    def text(self) -> str:
        if self.chance.random() < 0.8:
            return self.chance.choice(WORDS)
        return "".join(chr(self.chance.randrange(1, 0x2FFF)) for _ in range(self.chance.randrange(30)))

    def note(self, *what: object) -> None:
        self.did.append(" ".join(map(repr, what)))


@lru_cache(maxsize=400)
def a_form(seed: int) -> Form:
    made = compile_form(random_form(seed, 4 + seed % 20, repeats=seed % 3 != 0).encode(), file="random.md", channel=ANY)
    assert made.form is not None, (seed, made.problems)
    return made.form


def fuzz(seed: int) -> None:
    """One form, one random walk. Raises what the walk raises, with the way there."""
    chance = random.Random(seed)
    hand = Hand(chance, a_form(chance.randrange(400)))
    try:
        hand.play()
        events(hand.form, {"/data/" + hand.text(): hand.text(), "+/data/r1": 99}, moment())
    except Exception as error:
        raise AssertionError(f"seed {seed}: {error!r} after {hand.did[-12:]}") from error


def main(seconds: float, first: int) -> None:
    started, seed, failed = monotonic(), first, 0
    while monotonic() - started < seconds:
        try:
            fuzz(seed)
        except AssertionError as error:
            failed += 1
            print(error, flush=True)
        seed += 1
        if (seed - first) % 1000 == 0:
            print(f"{seed - first} walks, {failed} failed, {monotonic() - started:.0f} s", flush=True)
    print(f"{seed - first} walks, {failed} failed")


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
