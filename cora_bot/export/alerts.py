"""Answers of which their form says that somebody must look: what was said, as it was said at that moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cora_bot.export.cells import instant
from cora_bot.export.opened import OpenedRecord
from cora_bot.forms.model import Form, bare_ref

ALERT = "alert"
HEADER = ("case", "raised_at", "form", "wave", "number", "language", "question", "label", "value", "record")


def well_formed(record: OpenedRecord) -> bool:
    values = record.body.get("values")
    return isinstance(values, dict) and all(isinstance(key, str) and isinstance(values[key], str) for key in values)


def rows(
    raised: Iterable[OpenedRecord], codes: Mapping[str, str], forms: Mapping[str, Form]
) -> Iterator[Sequence[str]]:
    """``alerts.csv``: newest first. ``codes``: case code by case (hex); ``forms`` by hash."""
    yield HEADER
    for one in sorted(raised, key=lambda one: (one.head.at, one.head.record), reverse=True):
        head, form = one.head, forms[one.head.form_hash]
        for ref, value in one.body["values"].items():
            name, label = _named(form, ref)
            said = (codes[head.case], instant(head.at), head.form, head.wave, str(head.number), head.language)
            yield (*said, name, label, value, head.record)


def _named(form: Form, ref: str) -> tuple[str, str]:
    """The question's name, and its text in the form's own language."""
    for question in form.questions:
        if question.ref == bare_ref(ref):
            return question.name, question.labels.get(form.default_language, "")
    return ref.rsplit("/", 1)[-1], ""
