"""From an author's upload to a Form, with everything that is wrong in it, in one run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from cora_bot.base.problems import Problem, Severity, errors
from cora_bot.forms import checks
from cora_bot.forms.files import inlined
from cora_bot.forms.headers import name_default_language
from cora_bot.forms.load import MAX_LOGIC, SUFFIXES, built, too_much
from cora_bot.forms.model import Form
from cora_bot.forms.rows import Places, Workbook, places
from cora_bot.forms.sheets import MAX_BYTES, UnreadableError, read_workbook
from cora_bot.forms.support import CHAT, Support

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
        return Compiled(None, (too_much(file),))
    found = list(checks.workbook_problems(workbook, file, channel))
    xform, converted = _convert(workbook, file)
    known = any(problem.code == "form.reference" for problem in found)
    found += [problem for problem in converted if not (known and "${" in problem.message)]
    if xform is None:
        return Compiled(None, _ordered(found))
    xform, listed = inlined(xform, media or {}, file)
    form, odd = built(xform, places(workbook), file, channel)
    undeclared = any(problem.code == "form.namespace" for problem in found)
    found += [*listed, *(problem for problem in odd if not (undeclared and problem.code == "form.xml"))]
    return Compiled(None if errors(found) else form, _ordered(found))


def _from_xml(source: bytes, file: str, media: Mapping[str, bytes], channel: Mapping[str, Support]) -> Compiled:
    if len(source) > MAX_BYTES:
        return Compiled(None, (Problem("form.too-large", f"the file has more than {MAX_BYTES:,} bytes", file=file),))
    try:
        xml = source.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Compiled(None, (Problem("form.encoding", "the file is not UTF-8", "Save it as UTF-8.", file),))
    xml, listed = inlined(xml, media, file)
    form, odd = built(xml, Places(), file, channel)
    found = [*listed, *odd]
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
