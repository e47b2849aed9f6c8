"""A form walked with recorded answers, and what happened as plain values: one event for each question, group, repeat.

``answers``: ``{"/data/age": ["", "17"], "+/data/child": 2, "#lang": "Dari (fa-AF)"}``. A list is a series of tries,
``+PATH`` how many instances a person adds, ``#lang`` the language. Values are canonical ones (``2026-11-22``, names of
choices with blanks between). Positions of instances are written from the second on: ``/data/child/age``,
``/data/child[2]/age``; a ``[1]`` may be written too. A question whose tries all fail is passed by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypedDict

from cora_bot.forms import texts
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.live import instances
from cora_bot.forms.model import Form, Kind
from cora_bot.forms.moment import Moment
from cora_bot.forms.route import Stop, way
from cora_bot.forms.serialise import xml_of
from cora_bot.forms.shown import Shown, Stored
from cora_bot.forms.values import Violation, ViolationCode
from cora_bot.forms.walk import Walk

MAX_EVENTS: Final = 3_000
Answers = Mapping[str, str | int | Sequence[str]]


class Try(TypedDict):
    value: str
    result: str
    message: str


class Event(TypedDict, total=False):
    ref: str
    event: str
    label: str
    hint: str
    required: bool
    readonly: bool
    choices: list[list[str]]
    answers: list[Try]
    added: bool
    instance: str


def events(form: Form, answers: Answers, moment: Moment) -> list[Event]:
    """What happened, in order; the last event is END with the instance's XML."""
    walk = Walk.begin(form, moment)
    language = _language(form, str(answers.get("#lang", "")))
    given = {key.replace("[1]", ""): value for key, value in answers.items()}
    found: list[Event] = []
    added: dict[str, int] = {}
    since: Stop | Node | None = None
    sealed: dict[Node, str] = {}
    while (shown := walk.shown(language)) is not None and len(found) < MAX_EVENTS:
        found += _entered(walk, since)
        since = walk.at
        if shown.question.kind is Kind.REPEAT and walk.at is not None:
            holder, event = walk.at, _offer(walk, shown, given, added)
            found.append(event)
            # That an instance was added is said already; what it holds comes next.
            since = _newest(holder) if event.get("added") else holder
        else:
            found.append(_question(walk, shown, given, language, sealed=sealed))
    found += _entered(walk, since)
    walk.finish(language)
    for node, value in sealed.items():
        node.value = value
    found.append(Event(event="END", instance=xml_of(walk.instance)))
    return found


def _language(form: Form, wanted: str) -> str:
    return texts.language_code(wanted) or wanted or form.default_language


def _entered(walk: Walk, since: Stop | Node | None) -> list[Event]:
    """The groups, and the instances of repeats, that the way leads into between ``since`` and the current question."""
    found: list[Event] = []
    passed = since is None
    for each in way(walk.instance, lambda _loop, _parent: None):
        if each == walk.at:
            break
        if passed and isinstance(each, Node) and each.relevant:
            repeat = each.slot in walk.program.loops
            found.append(Event(ref=_ref(walk, each), event="repeat" if repeat else "group"))
        passed = passed or each == since
    return found


def _newest(offer: Stop) -> Node | None:
    return list(instances(offer.node, offer.loop.name))[-1] if offer.loop is not None else None


def ref_of(walk: Walk) -> str:
    """The path of the current question, or of the repeat that another instance is offered of."""
    at = walk.at
    if at is None:
        return ""
    return _ref(walk, at.node) if at.loop is None else f"{_ref(walk, at.node)}/{at.loop.name}"


def _ref(walk: Walk, node: Node) -> str:
    """The path with positions, from the second on."""
    steps: list[str] = []
    at: Node | None = node
    while at is not None and at.slot >= 0:
        place = 1
        if at.slot in walk.program.loops and at.parent is not None:
            place = list(instances(at.parent, at.name)).index(at) + 1
        steps.insert(0, at.name if place == 1 else f"{at.name}[{place}]")
        at = at.parent
    return "/" + "/".join(steps)


def _offer(walk: Walk, shown: Shown, given: Answers, added: dict[str, int]) -> Event:
    repeat = ref_of(walk)
    place = shown.instances + 1
    event = Event(ref=repeat if place == 1 else f"{repeat}[{place}]", event="new-repeat?")
    wanted = given.get(f"+{repeat}", 0)
    if isinstance(wanted, int) and added.get(repeat, 0) < wanted:
        added[repeat] = added.get(repeat, 0) + 1
        if not isinstance(walk.choose(shown.question.number, 0), Violation):
            event["added"] = True
            return event
    walk.choose(shown.question.number, 1)
    return event


def _question(walk: Walk, shown: Shown, given: Answers, language: str, *, sealed: dict[Node, str]) -> Event:
    ref = ref_of(walk)
    fixed = shown.question.kind is Kind.NOTE
    event = Event(ref=ref, event="question", label=shown.label, required=shown.required, readonly=fixed)
    if shown.hint:
        event["hint"] = shown.hint
    if shown.choices and shown.question.kind is not Kind.RANGE:
        event["choices"] = [[choice.value, choice.label] for choice in shown.choices]
    asked = walk.at
    for value in _tries(given.get(ref)):
        if fixed or walk.at is not asked:
            break
        made = walk.enter(shown.question.number, value, language)
        if isinstance(made, Stored) and made.sealed and asked is not None:
            sealed[asked.node] = made.value
        event.setdefault("answers", []).append(_tried(value, made))
    if walk.at is asked:
        walk.pass_by()
    return event


def _tries(held: str | int | Sequence[str] | None) -> list[str]:
    if held is None:
        return []
    return [str(held)] if isinstance(held, str | int) else [str(each) for each in held]


def _tried(value: str, made: Stored | Violation) -> Try:
    if not isinstance(made, Violation):
        return Try(value=value, result="ok", message="")
    constraint = made.code is ViolationCode.CONSTRAINT
    return Try(value=value, result=made.code.value, message=made.message if constraint else "")
