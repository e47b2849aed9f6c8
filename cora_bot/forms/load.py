"""From XForm XML, an author's or as it is stored, to a Form. Nothing here reads workbooks, or waits for what does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from cora_bot.base.problems import Problem
from cora_bot.forms import texts
from cora_bot.forms.build import Builder
from cora_bot.forms.model import Column, Form, Kind, Option, Question
from cora_bot.forms.program import Asked, Program, Spec
from cora_bot.forms.rows import Places
from cora_bot.forms.support import ANY, Support
from cora_bot.forms.xform import Control, XForm, read_xform

SUFFIXES = (".md", ".xlsx", ".xml")  # the files a form comes in
MAX_NODES = 5_000
MAX_LOGIC = 500_000  # letters of all expressions together; the WHO verbal autopsy has some 60,000
BAD_LETTERS = "A cell may hold an invisible control character: type its text anew."


def load_xform(xml: str) -> Form:
    """A version that was checked when it was stored. Raises ValueError when the XML is no XForm."""
    form, _ = built(xml, Places(), "", ANY)
    if form is None:
        raise ValueError("the stored XForm cannot be read")
    return form


def built(xml: str, where: Places, file: str, channel: Mapping[str, Support]) -> tuple[Form | None, list[Problem]]:
    try:
        raw = read_xform(xml)
    except Exception as error:  # defusedxml and ElementTree raise several kinds; none of them is ours
        return None, [Problem("form.xml", f"the XForm cannot be read ({type(error).__name__})", BAD_LETTERS, file)]
    if len(raw.nodes) > MAX_NODES:
        return None, [Problem("form.too-long", f"the form has more than {MAX_NODES:,} nodes", "Split it in two.", file)]
    if sum(len(text) for bind in raw.binds.values() for text in bind.values()) > 2 * MAX_LOGIC:
        return None, [too_much(file)]
    builder = Builder(raw, where, file, channel)
    program = builder.program()
    return _form(xml, raw, program), builder.problems


def too_much(file: str) -> Problem:
    message = f"the form's expressions have more than {MAX_LOGIC:,} letters together"
    return Problem("form.too-long", message, "Work out in a calculation what several questions need.", file)


def _form(xml: str, raw: XForm, program: Program) -> Form:
    controls = {control.ref: control for control in raw.controls}
    asked = program.asked
    questions = tuple(_question(n, each, program, controls) for n, each in enumerate(asked))
    return Form(
        id=raw.id,
        version=raw.version,
        title=raw.title,
        languages=tuple(dict.fromkeys(texts.language_codes(raw).values())),
        default_language=program.default_language,
        questions=questions,
        columns=tuple(_columns(program, questions)),
        hash=hashlib.sha256(xml.encode()).hexdigest(),
        xform=xml,
        program=program,
    )


def _question(number: int, asked: Asked, program: Program, controls: dict[str, Control]) -> Question:
    spec = program.specs[asked.slot]
    attributes = controls[spec.path].attributes if spec.path in controls else {}
    ranged = asked.kind is Kind.RANGE
    return Question(
        number,
        spec.path,
        spec.name,
        asked.kind,
        asked.sealed,
        labels=texts.raws(asked.labels),
        hints=texts.raws(asked.hints),
        guidance=texts.raws(asked.guidance),
        options=tuple(Option(choice.value, texts.raws(choice.texts)) for choice in asked.choices),
        appearance=attributes.get("appearance", ""),
        start=attributes.get("start", "") if ranged else "",
        end=attributes.get("end", "") if ranged else "",
        step=attributes.get("step", "") if ranged else "",
        repeats=_repeats(spec, program, around=asked.kind is Kind.REPEAT),
        keep=spec.keep,
        purpose=spec.purpose,
        alert=spec.alert is not None,
    )


def _repeats(spec: Spec, program: Program, *, around: bool = False) -> tuple[str, ...]:
    """The repeats that hold a node; ``around``: those outside of itself."""
    found: list[str] = []
    at = program.specs[spec.parent].repeat if around else spec.repeat
    while at >= 0:
        found.append(program.specs[at].path)
        at = program.specs[program.specs[at].parent].repeat
    return tuple(found[::-1])


def _columns(program: Program, questions: tuple[Question, ...]) -> Iterable[Column]:
    """Everything that can hold a value, in the form's order; the instance's own meta nodes are not answers."""
    by_ref = {question.ref: question for question in questions if question.kind is not Kind.REPEAT}
    written = {action.slot for action in program.actions.all()}
    for spec in program.specs:
        question = by_ref.get(spec.path)
        if spec.end != spec.slot + 1 or spec.path.split("/")[2:3] in ([], ["meta"]):
            continue
        if question is None:
            yield _column(spec, program, _sort(spec), None)
        elif question.kind is not Kind.NOTE or spec.calculate is not None or spec.initial or spec.slot in written:
            yield _column(spec, program, question.kind.value, question)


def _column(spec: Spec, program: Program, sort: str, question: Question | None) -> Column:
    return Column(
        spec.path,
        spec.name,
        sort,
        question,
        repeats=_repeats(spec, program),
        keep=spec.keep,
        purpose=spec.purpose,
        alert=spec.alert is not None,
        saveto=spec.saveto,
    )


def _sort(spec: Spec) -> str:
    if spec.preload is not None:
        return spec.preload.name or spec.preload.source
    return "calculate" if spec.calculate is not None else "hidden"
