"""F-02 a form means here what it means on a tablet: random forms, random answers, JavaRosa asked the same.

Explained differences, levelled before comparing: JavaRosa writes 3.0 for the decimal 3, an exponent from ten million
on, a time behind the days that calculations make, and NaN as text.

Not asked, because a tablet answers amiss: how often a repeat comes whose count is 0
(once), sums over a repeat from inside it (not computed anew in the other instances).
"""

from __future__ import annotations

import json
import os
import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from cora_bot.base.chance import SeededChance
from cora_bot.forms.compile import compile_form
from cora_bot.forms.model import Form, Kind
from cora_bot.forms.recorded import events, ref_of
from cora_bot.forms.support import ANY
from cora_bot.forms.walk import Moment, Shown, Stored, Walk
from tests.forms.random_forms import random_form, typed_answers
from tests.support import javarosa

FIRST = int(os.environ.get("CORA_JAVAROSA_SEED", "0"))
FORMS = int(os.environ.get("CORA_JAVAROSA_FORMS", "320"))
LANGUAGE = {"en": "English (en)", "fa-AF": "Dari (fa-AF)"}
pytestmark = javarosa.needed


@dataclass
class Told:
    """What one engine did with one form."""

    questions: list[dict[str, Any]] = field(default_factory=list)
    instance: dict[str, str] = field(default_factory=dict)


def now() -> Moment:
    return Moment(datetime.now(UTC), "UTC", {}, SeededChance(1))


def given_at_random(form: Form, seed: int, language: str) -> dict[str, Any]:
    """Random tries for every question, as our walk comes to it, until one is taken."""
    chance = random.Random(seed)
    given: dict[str, Any] = {}
    at = Walk.begin(form, now())
    while (shown := at.shown(language)) is not None:
        ref = ref_of(at)
        if shown.question.kind is Kind.REPEAT:
            more = shown.instances < 3 and chance.random() < 0.5
            given[f"+{ref}"] = given.get(f"+{ref}", 0) + more
            at.choose(shown.question.number, 0 if more else 1)
            continue
        tries: list[str] = []
        for value in answers(chance, shown):
            tries.append(value)
            if isinstance(at.enter(shown.question.number, value, language), Stored):
                break
        else:
            at.pass_by()
        given[ref] = tries
    return given


def answers(chance: random.Random, shown: Shown) -> list[str]:
    values = [choice.value for choice in shown.choices]
    match shown.question.kind:
        case Kind.SELECT_ONE:
            tries = ([""] if chance.random() < 0.3 else []) + ([chance.choice(values)] if values else [])
        case Kind.SELECT_MANY:
            picked = [value for value in values if chance.random() < 0.5] or values[:1]
            tries = ([""] if chance.random() < 0.3 else []) + ([" ".join(picked)] if picked else [])
        case Kind.ACKNOWLEDGE:
            tries = ["OK"] if chance.random() < 0.8 else []
        case Kind.NOTE:
            tries = []
        case kind:
            tries = typed_answers(chance, kind.value)
    return tries


def told(out: list[dict[str, Any]]) -> Told:
    """What happened, in order, and the instance, out of what a walker wrote."""
    told = Told()
    for event in out:
        if event.get("event") in ("new-repeat?", "repeat", "group"):
            happened = {"ref": event["ref"], "event": event["event"], "added": event.get("added", False)}
            told.questions.append({**happened, **NOTHING_SAID})
        elif event.get("event") == "question":
            tried = [{**each, "message": each["message"] or ""} for each in event.get("answers", [])]
            told.questions.append(
                {
                    "ref": event["ref"],
                    "label": (event.get("label") or "").strip(),
                    "hint": (event.get("hint") or "").strip(),
                    "required": event["required"],
                    "choices": event.get("choices", []),
                    "answers": tried,
                }
            )
        elif event.get("event") == "END":
            leaves(fromstring(event["instance"].encode()), "", told.instance)
    return told


NOTHING_SAID: dict[str, Any] = {"label": "", "hint": "", "choices": [], "answers": []}


def leaves(element: Any, path: str, found: dict[str, str]) -> None:
    """Leaves by path; instances of a repeat are told apart by their place."""
    here = path or f"/{element.tag.rpartition('}')[2]}"
    seen: dict[str, int] = {}
    for child in element:
        name = child.tag.rpartition("}")[2]
        seen[name] = seen.get(name, 0) + 1
        leaves(child, f"{here}/{name}" + (f"[{seen[name]}]" if seen[name] > 1 else ""), found)
    if not len(element) and element.text and "/meta/" not in here:
        found[here] = element.text


def level(text: str) -> str:
    """Numbers and days as one engine and the other write them."""
    text = re.sub(r"(\d{4}-\d\d-\d\d)T00:00:00\.000Z", r"\1", text)
    return re.sub(r"-?\d+(?:\.\d+)?(?:E-?\d+)?", lambda found: f"{float(found[0]):.10g}", text).replace("NaN", "")


def levelled(told: Told) -> dict[str, Any]:
    questions = [{**each, "label": level(each["label"]).strip()} for each in told.questions]
    for each in questions:
        for tried in each["answers"]:
            tried["message"] = level(tried["message"])
    return {
        "questions": questions,
        "instance": {ref: level(text) for ref, text in told.instance.items() if level(text)},
    }


def without_dashes(other: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """Where a language lacks a text, a tablet shows "-"; here the default language is shown."""
    for theirs_, ours_ in zip(other["questions"], ours["questions"], strict=False):
        for what in ("label", "hint"):
            if theirs_[what] == "-":
                theirs_[what] = ours_[what]
        if [value for value, _ in theirs_["choices"]] == [value for value, _ in ours_["choices"]]:
            pairs = zip(theirs_["choices"], ours_["choices"], strict=True)
            theirs_["choices"] = [mine if label == "-" else [value, label] for (value, label), mine in pairs]
        for a, b in zip(theirs_["answers"], ours_["answers"], strict=False):
            if a["message"] == "-":
                a["message"] = b["message"]
    return other


def first_difference(ours: dict[str, Any], other: dict[str, Any]) -> object:
    for mine, theirs_ in zip(ours["questions"], other["questions"], strict=False):
        if mine != theirs_:
            return mine, theirs_
    return sorted(ours["instance"].items() ^ other["instance"].items())


@pytest.mark.parametrize("repeats", [False, True], ids=["plain", "repeats"])
def test_random_forms_same_as_javarosa(tmp_path: Path, repeats: bool) -> None:
    ours: dict[Path, dict[str, Any]] = {}
    for seed in range(FIRST, FIRST + FORMS // 2):
        source = random_form(seed, size=6 + seed % 25, repeats=repeats)
        compiled = compile_form(source.encode(), file="random.md", channel=ANY)
        assert compiled.form is not None, (seed, compiled.problems)
        language = "en" if seed % 2 else "fa-AF"
        given = {**given_at_random(compiled.form, seed, language), "#lang": LANGUAGE[language]}
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / "form.md").write_text(source, "utf-8")
        (folder / "form.xml").write_text(compiled.form.xform, "utf-8")
        (folder / "answers.json").write_text(json.dumps(given), "utf-8")
        out: list[Any] = [dict(each) for each in events(compiled.form, given, now())]
        (folder / "ours.json").write_text(json.dumps(out, ensure_ascii=False, indent=1), "utf-8")
        ours[folder] = levelled(told(out))
    threw = {folder.name: what for folder, what in javarosa.walked(list(ours)).items()}
    differing = {}
    for folder, mine in ours.items():
        if folder.name in threw:
            continue
        other = without_dashes(levelled(told(json.loads((folder / "out.json").read_text("utf-8")))), mine)
        if other != mine:
            differing[folder.name] = first_difference(mine, other)
    assert threw == {}
    assert differing == {}, json.dumps(differing, ensure_ascii=False, indent=1)
