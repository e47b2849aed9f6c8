"""The answer tables: long (a row per question asked or not) and wide (a row per case, wave and number).

A question without an answer has an empty cell; why is said beside it: in the long table's column ``missing``, in the
wide table in one column ``FORM.missing`` that lists ``[question=reason]``. Answer columns hold answers only, so numbers
stay numbers. "Don't know" and "prefer not to say" are answers with codes of their own. A select-many has its canonical
value (codes with spaces between) and a 0/1 column per option; these are empty, not 0, where there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cora_bot.base.values import replace
from cora_bot.export import repeats
from cora_bot.export.cells import instant
from cora_bot.export.columns import FormColumns
from cora_bot.export.consents import CONSENT
from cora_bot.export.missing import asks
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
    "missing",
    "language",
    "mode",
    "started_at",
    "finished_at",
    "status",
    "record",
    "instance",
)
WIDE_HEADER = (
    "case",
    "wave",
    "number",
    "form",
    "form_version",
    "language",
    "mode",
    "started_at",
    "finished_at",
    "status",
    "record",
)
_STANDING = {"partial": 0, "consent": 1, "complete": 1}

Row = Sequence[str]


def long_rows(answerings: Iterable[Answering], forms: Iterable[FormColumns], *, language: str) -> Iterator[Row]:
    """``answers_long.csv``: every question of each answering's form, in the form's order, and what was calculated.

    Inside repeats there is a row for each instance. ``language`` is that of the labels.
    """
    yield LONG_HEADER
    names = {form.form: form.names() for form in forms}
    labels: dict[str, dict[str, _Labels]] = {}
    for answering in answerings:
        form = answering.form
        if form.hash not in labels:
            labels[form.hash] = {column.ref: _Labels(column, form, language) for column in form.columns}
        head = (answering.code, answering.wave, str(answering.number), form.id, form.version)
        tail = (*_times(answering), answering.status, answering.record)
        why = answering.missing or {}
        places = repeats.by_column({*answering.values, *why})
        asked = ((column, ref) for column in form.columns for ref in repeats.of(column, places))
        for column, ref in asked:
            value = answering.values.get(ref)
            if value is None and not asks(column):
                continue
            own = labels[form.hash][column.ref]
            shown = ("", "", why.get(ref, "")) if value is None else (value, own.of(value), "")
            yield (*head, names[form.id][column.ref], own.question, *shown, *tail, repeats.instance(ref))


def _times(answering: Answering) -> tuple[str, ...]:
    return answering.language, answering.mode, instant(answering.started_at), instant(answering.finished_at)


def chosen(answerings: Iterable[Answering]) -> tuple[Answering, ...]:
    """One answering per case, form, wave and number: complete before partial, then the later one.

    A consent decided on later names only what was decided: its answers take the place of the earlier ones.
    """
    best: dict[tuple[str, str, str, int], Answering] = {}
    for one in answerings:
        key = (one.code, one.form.id, one.wave, one.number)
        if key not in best:
            best[key] = one
        elif one.status == CONSENT:
            best[key] = _changed(*sorted((best[key], one), key=_rank))
        elif _rank(one) > _rank(best[key]):
            best[key] = one
    return tuple(best.values())


def _changed(earlier: Answering, later: Answering) -> Answering:
    """The later consent, with everything it says nothing about as it was."""
    missing = {ref: why for ref, why in (earlier.missing or {}).items() if ref not in later.values}
    return replace(later, values={**earlier.values, **later.values}, missing=missing or None)


def _rank(one: Answering) -> tuple[int, str, str]:
    return _STANDING[one.status], instant(one.finished_at), one.record


def wide_rows(answerings: Iterable[Answering], forms: Sequence[FormColumns]) -> Iterator[Row]:
    """``answers_wide.csv``: the ``chosen`` answerings, columns ``form.question`` and ``form.question/option``.

    After its questions each form has ``form.missing``. What is asked inside repeats has no place in such a row.
    """
    yield (*WIDE_HEADER, *(name for form in forms for name in _wide_names(form)))
    options = {form.form: {column.ref: form.options(column.ref) for _, column in form.single} for form in forms}
    for one in answerings:
        yield (
            one.code,
            one.wave,
            str(one.number),
            one.form.id,
            one.form.version,
            *_times(one),
            one.status,
            one.record,
            *(cell for form in forms for cell in _wide_cells(form, one, options[form.form])),
        )


def _wide_names(form: FormColumns) -> Iterator[str]:
    for name, column in form.single:
        yield f"{form.form}.{name}"
        if column.kind == Kind.SELECT_MANY:
            yield from (f"{form.form}.{name}/{option}" for option in form.options(column.ref))
    yield f"{form.form}.{form.missing}"


def _wide_cells(form: FormColumns, answering: Answering, options: Mapping[str, Sequence[str]]) -> Iterator[str]:
    mine = answering.form.id == form.form
    values: Mapping[str, str] = answering.values if mine else {}
    for _, column in form.single:
        value = values.get(column.ref, "")
        yield value
        if column.kind == Kind.SELECT_MANY:
            ticked = value.split()
            for option in options[column.ref]:
                yield str(int(option in ticked)) if ticked else ""
    yield _missing(form, answering) if mine else ""


def _missing(form: FormColumns, answering: Answering) -> str:
    """``[work=skipped] [needs=not_asked]``: in brackets, so that a search finds whole pairs only."""
    why = answering.missing or {}
    return " ".join(f"[{name}={why[column.ref]}]" for name, column in form.single if column.ref in why)


def text_in(texts: Mapping[str, str], form: Form, language: str) -> str:
    """A text in ``language``, else in the form's default language, else in the first there is."""
    return texts.get(language) or texts.get(form.default_language) or next(iter(texts.values()), "")


class _Labels:
    """What people read of one question and its options, looked up once for all answers."""

    __slots__ = ("_many", "_options", "question")

    def __init__(self, column: Column, form: Form, language: str) -> None:
        question = column.question
        self._many = column.kind in (Kind.SELECT_MANY, Kind.RANK)
        self.question = text_in(question.labels, form, language) if question else ""
        options = question.options if question else ()
        self._options = {option.value: text_in(option.labels, form, language) for option in options}

    def of(self, value: str) -> str:
        """The label of a value; "" where the question has no options."""
        if not self._options:
            return ""
        codes = value.split() if self._many else [value]
        return "; ".join(self._options.get(code, "") for code in codes)
