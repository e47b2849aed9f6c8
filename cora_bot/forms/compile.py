"""From an author's upload to a Form, with everything that is wrong in it, in one run; and from stored XML to a Form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from cora_bot.base.problems import Problem, Severity, errors
from cora_bot.forms import checks, texts
from cora_bot.forms.build import Builder
from cora_bot.forms.files import inlined
from cora_bot.forms.headers import name_default_language
from cora_bot.forms.model import Column, Form, Kind, Option, Question
from cora_bot.forms.program import Asked, Program, Spec
from cora_bot.forms.sheets import MAX_BYTES, Places, UnreadableError, Workbook, places, read_workbook
from cora_bot.forms.support import ANY, CHAT, Support
from cora_bot.forms.xform import Control, XForm, read_xform

SUFFIXES = (".md", ".xlsx", ".xml")
MAX_NODES = 5_000
MAX_LOGIC = 500_000  # letters of all expressions together; the WHO verbal autopsy has some 60,000
BAD_LETTERS = "A cell may hold an invisible control character: type its text anew."
ROW = re.compile(r"\[?row\s*:?\s*(\d+)\]?[:.]?\s*", re.IGNORECASE)
SHEET = re.compile(r"'(survey|choices|settings)' sheet|in (survey|choices|settings)\b")
EXPRESSION_CODES = {f"form.{code}" for code in ("syntax", "function", "arguments", "axis", "nodes", "reference")}
NOISE = ("machine-readable codes", "is missing the", "On the choices sheet there is no")


@dataclass(frozen=True, slots=True)
class Compiled:
    """``form`` is None when any problem is an error."""

    form: Form | None
    problems: tuple[Problem, ...]


def compile_form(
    source: bytes,
    *,
    file: str,
    media: Mapping[str, bytes] | None = None,
    channel: Mapping[str, Support] = CHAT,
) -> Compiled:
    """``file`` names the upload in problems; its suffix tells what it is. Never raises for what an author wrote.

    ``media`` are the files beside the form by name; lists of items among them become part of the form. ``channel``
    says which features stop a form (see ``support``).
    """
    suffix = PurePosixPath(file).suffix.lower()
    if suffix not in SUFFIXES:
        hint = "A form is an .xlsx workbook, a Markdown table (.md) or an XForm (.xml)."
        return Compiled(None, (Problem("form.suffix", f"“{suffix}” is no form", hint, file),))
    if suffix == ".xml":
        return _from_xml(source, file, media or {}, channel)
    try:
        workbook = read_workbook(source, suffix)
    except UnreadableError as error:
        return Compiled(None, (Problem(error.code, str(error), error.hint, file),))
    if checks.logic(workbook) > MAX_LOGIC:
        return Compiled(None, (_too_much(file),))
    found = list(checks.workbook_problems(workbook, file, channel))
    xform, converted = _convert(workbook, file)
    known = any(problem.code == "form.reference" for problem in found)
    found += [problem for problem in converted if not (known and "${" in problem.message)]
    if xform is None:
        return Compiled(None, _ordered(found))
    xform, listed = inlined(xform, media or {}, file)
    form, built = _build(xform, places(workbook), file, channel)
    undeclared = any(problem.code == "form.namespace" for problem in found)
    found += [*listed, *(problem for problem in built if not (undeclared and problem.code == "form.xml"))]
    return Compiled(None if errors(found) else form, _ordered(found))


def load_xform(xml: str) -> Form:
    """A version that was checked when it was stored. Raises ValueError when the XML is no XForm."""
    form, _ = _build(xml, Places(), "", ANY)
    if form is None:
        raise ValueError("the stored XForm cannot be read")
    return form


def _from_xml(source: bytes, file: str, media: Mapping[str, bytes], channel: Mapping[str, Support]) -> Compiled:
    if len(source) > MAX_BYTES:
        return Compiled(None, (Problem("form.too-large", f"the file has more than {MAX_BYTES:,} bytes", file=file),))
    try:
        xml = source.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Compiled(None, (Problem("form.encoding", "the file is not UTF-8", "Save it as UTF-8.", file),))
    xml, listed = inlined(xml, media, file)
    form, built = _build(xml, Places(), file, channel)
    found = [*listed, *built]
    return Compiled(None if errors(found) else form, _ordered(found))


def _convert(workbook: Workbook, file: str) -> tuple[str | None, list[Problem]]:
    """pyxform's own judgement. It stops at its first error and may raise anything on odd workbooks."""
    book: dict[str, Any] = {key: _copied(held) for key, held in workbook.book.items()}
    name_default_language(book)
    book.setdefault("fallback_form_name", PurePosixPath(file).stem or "form")
    warnings: list[str] = []
    try:
        xform = convert(book, warnings=warnings, form_name="data").xform
    except PyXFormError as error:
        return None, [_placed(str(error), workbook, file, Severity.ERROR)]
    except Exception as error:  # broken workbooks make pyxform raise TypeError, KeyError, ValueError …
        message = f"the workbook cannot be converted ({type(error).__name__})"
        return None, [Problem("form.convert", message, "Check the sheets against the XLSForm template.", file)]
    shown = [text for text in warnings if not any(noise in text for noise in NOISE)]
    return xform, [_placed(text, workbook, file, Severity.WARNING) for text in shown]


def _copied(held: Any) -> Any:
    return [dict(each) if isinstance(each, dict) else each for each in held] if isinstance(held, list) else held


def _placed(message: str, workbook: Workbook, file: str, severity: Severity) -> Problem:
    """pyxform's sentence, its "[row : 7]" turned into our place."""
    row, sheet = ROW.search(message), SHEET.search(message)
    name = next((part for part in sheet.groups() if part), "survey") if sheet else "survey" if row else ""
    number = int(row[1]) if row else None
    rows = workbook.book.get(name)
    lines = workbook.rows(name)
    if number is not None and isinstance(rows, list) and lines and lines[0].number != 2:
        number = lines[min(max(number - 2, 0), len(lines) - 1)].number
    return Problem("form.xlsform", ROW.sub("", message).strip(), "", file, name, number, severity)


def _build(xml: str, where: Places, file: str, channel: Mapping[str, Support]) -> tuple[Form | None, list[Problem]]:
    try:
        raw = read_xform(xml)
    except Exception as error:  # defusedxml and ElementTree raise several kinds; none of them is ours
        return None, [Problem("form.xml", f"the XForm cannot be read ({type(error).__name__})", BAD_LETTERS, file)]
    if len(raw.nodes) > MAX_NODES:
        return None, [Problem("form.too-long", f"the form has more than {MAX_NODES:,} nodes", "Split it in two.", file)]
    if sum(len(text) for bind in raw.binds.values() for text in bind.values()) > 2 * MAX_LOGIC:
        return None, [_too_much(file)]
    builder = Builder(raw, where, file, channel)
    program = builder.program()
    return _form(xml, raw, program), builder.problems


def _too_much(file: str) -> Problem:
    message = f"the form's expressions have more than {MAX_LOGIC:,} letters together"
    return Problem("form.too-long", message, "Work out in a calculation what several questions need.", file)


def _ordered(found: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, in the order of the sheets."""
    unique: dict[tuple[object, ...], Problem] = {}
    for problem in found:
        unique.setdefault(_identity(problem), problem)
    return tuple(sorted(unique.values(), key=lambda p: (p.severity is Severity.WARNING, p.sheet, p.row or 0)))


def _identity(problem: Problem) -> tuple[object, ...]:
    """The sheet's check and the XForm's may find the same expression wrong, in other words: once is enough."""
    what = problem.message.partition(":")[0] if problem.code in EXPRESSION_CODES else problem.message
    return problem.code, problem.sheet, problem.row, what


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
