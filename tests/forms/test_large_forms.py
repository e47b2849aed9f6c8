"""F-90 forms of the size and shape of the WHO verbal autopsy and of a household survey are walked to their end, from
any answers; F-91 hands that press anything break nothing (a longer run: ``python -m tests.forms.fuzzing SECONDS``)."""

from __future__ import annotations

from functools import cache

import pytest

from cora_bot.forms.compile import compile_form
from cora_bot.forms.model import Form
from cora_bot.forms.program import Program
from cora_bot.forms.serialise import instance_xml, xml_of
from cora_bot.forms.support import ANY
from cora_bot.forms.walk import Walk
from tests.forms.answering import answered
from tests.forms.fuzzing import fuzz
from tests.forms.large_forms import household_survey, verbal_autopsy
from tests.forms.support import moment

SOURCES = {"autopsy": verbal_autopsy, "household": household_survey}


@cache
def large(name: str) -> Form:
    made = compile_form(SOURCES[name]().encode(), file=f"{name}.md", channel=ANY)
    assert made.form is not None, made.problems
    return made.form


def expressions(form: Form) -> int:
    assert isinstance(form.program, Program)
    held = [(s.relevant, s.calculate, s.required, s.constraint, s.readonly_when) for s in form.program.specs]
    return sum(each is not None for expressions in held for each in expressions)


def test_verbal_autopsy_has_the_size_of_the_field() -> None:
    asked = large("autopsy")
    assert isinstance(asked.program, Program)
    assert (len(asked.program.specs) > 500, expressions(asked) > 1_000) == (True, True)


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("seed", range(6))
def test_large_form_is_walked_to_its_end(name: str, seed: int) -> None:
    walk = answered(large(name), seed)
    assert walk.faults == ()
    again = Walk.resume(walk.form, walk.save(), moment())
    assert (again.at, again.save(), again.values()) == (None, walk.save(), walk.values())
    before = walk.values()
    assert (walk.instance.recompute(), walk.values()) == ([], before)


@pytest.mark.parametrize("name", SOURCES)
def test_large_record_is_the_instance_it_came_from(name: str) -> None:
    walk = answered(large(name), seed=3)
    walk.finish("en")
    own = walk.instance.tree.find("/data/meta/instanceID")
    assert own is not None
    values = {**walk.values(), **dict.fromkeys(walk.sealed_refs(), "some words")}
    for ref in walk.sealed_refs():
        node = walk.instance.tree.find(ref)
        assert node is not None
        node.value = "some words"
    assert instance_xml(walk.form, values, moment(), instance_id=str(own.value)) == xml_of(walk.instance)


@pytest.mark.parametrize("seed", range(40))
def test_any_hand_breaks_nothing(seed: int) -> None:
    fuzz(seed)
