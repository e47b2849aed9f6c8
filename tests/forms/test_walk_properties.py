"""F-10 recomputing what depends on an answer equals recomputing everything; F-11 save and resume change nothing;
F-12 no input makes a walk raise anything but StaleQuestion."""

from __future__ import annotations

from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cora_bot.forms.model import Form, bare_ref
from cora_bot.forms.walk import StaleQuestion, Walk
from tests.forms.fuzzing import a_form
from tests.forms.support import moment

SEEDS = st.integers(0, 60)  # two of three forms have repeats, some of them inside others
TEXTS = st.sampled_from(["", "3", "12", "٤٫٥", "abc", "2024-02-29", "۱۴۰۳/۱/۱", "North", "-1", "no"]) | st.text(
    max_size=12
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("choose"), st.integers(0, 5)),
        st.tuples(st.just("toggle"), st.integers(0, 5)),
        st.tuples(st.sampled_from(["open", "remove"]), st.integers(0, 3)),
        st.tuples(st.sampled_from(["done", "skip", "back", "finish"]), st.just(0)),
        st.tuples(st.just("type"), TEXTS),
    ),
    max_size=40,
)


@cache
def form(seed: int) -> Form:
    return a_form(seed)


def step(walk: Walk, what: str, given_: object) -> None:
    number = walk.cursor
    match what, given_:
        case "choose", int(choice):
            walk.choose(number, choice)
        case "toggle", int(choice):
            walk.toggle(number, choice)
        case "open", int(place):
            walk.open(number, place)
        case "remove", int(place):
            walk.remove(number, place)
        case "type", str(text):
            walk.type(text, "en")
        case "done", _:
            walk.done(number)
        case "skip", _:
            walk.skip(number)
        case "back", _:
            walk.back()
        case _:
            walk.finish("en")


def run(walk: Walk, steps: list[tuple[str, object]]) -> None:
    for what, given_ in steps:
        try:
            step(walk, what, given_)
        except StaleQuestion:
            assert walk.shown("en") is None
            walk.back()


def state(walk: Walk) -> object:
    tree, sealed = walk.instance.tree, walk.instance.sealed
    nodes = [
        (tree.path(node), node.value, node.relevant, node.own, node.excess, node in sealed)
        for found in tree.live
        for node in found
    ]
    return nodes, walk.at and (walk.at.number, tree.path(walk.at.node)), walk.draft


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SEEDS, STEPS)
def test_dependents_recomputed_equal_everything_recomputed(seed: int, steps: list[tuple[str, object]]) -> None:
    walk = Walk.begin(form(seed), moment())
    run(walk, steps)
    before = state(walk)
    assert walk.instance.recompute() == []
    assert state(walk) == before


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SEEDS, STEPS)
def test_save_and_resume_give_the_same_walk(seed: int, steps: list[tuple[str, object]]) -> None:
    walk = Walk.begin(form(seed), moment())
    run(walk, steps)
    again = Walk.resume(form(seed), walk.save(), moment())
    assert state(again) == state(walk)
    assert again.save() == walk.save()
    assert again.shown("fa-AF") == walk.shown("fa-AF")
    assert again.values() == walk.values()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SEEDS, STEPS)
def test_values_are_those_of_columns_and_never_sealed_ones(seed: int, steps: list[tuple[str, object]]) -> None:
    walk = Walk.begin(form(seed), moment())
    run(walk, steps)
    values, sealed = walk.values(), set(walk.sealed_refs())
    assert set(map(bare_ref, values)) - {column.ref for column in walk.form.columns} == set()
    assert set(map(bare_ref, sealed)) - {each.ref for each in walk.form.questions if each.sealed} == set()
    assert sealed & set(values) == set()
