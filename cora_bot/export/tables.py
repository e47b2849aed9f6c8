"""The answer tables: long (a row per answer) and wide (a row per case, wave and number).

An empty cell means that no answer is stored: not asked, skipped or not reached. "Don't know" and "prefer not to say"
are answers with codes of their own. A select-many has its canonical value (codes with spaces between) and a 0/1 column
per option; these are empty, not 0, where the question has no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cora_bot.export.cells import instant
from cora_bot.export.columns import FormColumns
from cora_bot.export.opened import Answering
from cora_bot.forms.model import Column, Form, Kind

LONG_HEADER = (
    "case",
    "wave",
    "number",
    "form",
    "form_version",
    "question",
    "label",
    "value",
    "value_label",
    "language",
    "started_at",
    "finished_at",
    "status",
    "record",
)
WIDE_HEADER = (
    "case",
    "wave",
    "number",
    "form",
    "form_version",
    "language",
    "started_at",
    "finished_at",
    "status",
    "record",
)
_STANDING = {"partial": 0, "consent": 1, "complete": 1}

Row = Sequence[str]


def long_rows(answerings: Iterable[Answering], forms: Iterable[FormColumns], *, language: str) -> Iterator[Row]:
    """``answers_long.csv``: every stored answer, in the form's order. ``language`` is that of the labels."""
    yield LONG_HEADER
    by_id = {form.form: form for form in forms}
    for answering in answerings:
        names = by_id[answering.form.id]
        for column in answering.form.columns:
            value = answering.values.get(column.ref)
            if value is not None:
                yield (
                    answering.code,
                    answering.wave,
                    str(answering.number),
                    answering.form.id,
                    answering.form.version,
                    names.name(column.ref),
                    _label(column, answering.form, language),
                    value,
                    _value_label(column, answering.form, value, language=language),
                    answering.language,
                    instant(answering.started_at),
                    instant(answering.finished_at),
                    answering.status,
                    answering.record,
                )


def chosen(answerings: Iterable[Answering]) -> tuple[Answering, ...]:
    """One answering per case, form, wave and number: complete before partial, then the later one."""
    best: dict[tuple[str, str, str, int], Answering] = {}
    for one in answerings:
        key = (one.code, one.form.id, one.wave, one.number)
        if key not in best or _rank(one) > _rank(best[key]):
            best[key] = one
    return tuple(best.values())


def _rank(one: Answering) -> tuple[int, str, str]:
    return _STANDING[one.status], instant(one.finished_at), one.record


def wide_rows(answerings: Iterable[Answering], forms: Sequence[FormColumns]) -> Iterator[Row]:
    """``answers_wide.csv``: the ``chosen`` answerings, columns ``form.question`` and ``form.question/option``."""
    yield (*WIDE_HEADER, *(name for form in forms for name in _wide_names(form)))
    for one in answerings:
        yield (
            one.code,
            one.wave,
            str(one.number),
            one.form.id,
            one.form.version,
            one.language,
            instant(one.started_at),
            instant(one.finished_at),
            one.status,
            one.record,
            *(cell for form in forms for cell in _wide_cells(form, one)),
        )


def _wide_names(form: FormColumns) -> Iterator[str]:
    for name, column in form.columns:
        yield f"{form.form}.{name}"
        if column.kind == Kind.SELECT_MANY:
            yield from (f"{form.form}.{name}/{option}" for option in form.options(column.ref))


def _wide_cells(form: FormColumns, answering: Answering) -> Iterator[str]:
    values: Mapping[str, str] = answering.values if answering.form.id == form.form else {}
    for _, column in form.columns:
        value = values.get(column.ref, "")
        yield value
        if column.kind == Kind.SELECT_MANY:
            ticked = value.split()
            for option in form.options(column.ref):
                yield str(int(option in ticked)) if ticked else ""


def text_in(texts: Mapping[str, str], form: Form, language: str) -> str:
    """A text in ``language``, else in the form's default language, else in the first there is."""
    return texts.get(language) or texts.get(form.default_language) or next(iter(texts.values()), "")


def _label(column: Column, form: Form, language: str) -> str:
    return text_in(column.question.labels, form, language) if column.question else ""


def _value_label(column: Column, form: Form, value: str, *, language: str) -> str:
    if column.question is None or not column.question.options:
        return ""
    labels = {option.value: text_in(option.labels, form, language) for option in column.question.options}
    codes = value.split() if column.kind == Kind.SELECT_MANY else [value]
    return "; ".join(labels.get(code, "") for code in codes)
