"""Puts answerings together: a finished record and the fragments it names become one set of values.

Every opened record ends in exactly one place: exported, waiting (a fragment of an answering that was still open when
the bundle was made), left out (the person's answers were erased since) or in trouble, with its reason. Nothing is
dropped in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cora_bot.export import messages, missing
from cora_bot.export.consents import CONSENT
from cora_bot.export.messages import MESSAGE
from cora_bot.export.opened import Answering, OpenedRecord, Trouble
from cora_bot.forms.model import Form

FINISHED = ("complete", "partial", CONSENT)
FRAGMENT = "fragment"


@dataclass(frozen=True, slots=True)
class Gathered:
    """``exported``, ``waiting`` and ``left_out`` are record ids; with ``troubles`` they cover every opened record."""

    answerings: tuple[Answering, ...]
    exported: frozenset[str]
    waiting: frozenset[str]
    left_out: frozenset[str]
    troubles: tuple[Trouble, ...]


def gather(
    opened: Iterable[OpenedRecord],
    *,
    codes: Mapping[str, str],
    erased: Collection[str],
    forms: Mapping[str, Form],
) -> Gathered:
    """``codes``: case code by case (hex); ``erased``: cases that must not appear; ``forms`` by hash."""
    present: list[OpenedRecord] = []
    left_out: set[str] = set()
    for record in opened:
        if record.head.case in erased:
            left_out.add(record.head.record)
        else:
            present.append(record)
    reasons = {record.head.record: _unusable(record, codes=codes, forms=forms) for record in present}
    usable = [record for record in present if not reasons[record.head.record]]
    troubles = [Trouble(record, why) for record, why in reasons.items() if why]
    written = frozenset(record.head.record for record in usable if record.head.kind == MESSAGE)
    joined = _join([one for one in usable if one.head.kind != MESSAGE], codes=codes, forms=forms)
    return replace(
        joined,
        exported=joined.exported | written,
        left_out=frozenset(left_out),
        troubles=(*troubles, *joined.troubles),
    )


def _join(usable: Sequence[OpenedRecord], *, codes: Mapping[str, str], forms: Mapping[str, Form]) -> Gathered:
    fragments = {record.head.record: record for record in usable if record.head.kind == FRAGMENT}
    finished = [record for record in usable if record.head.kind != FRAGMENT]
    made = [
        _answering(record, fragments, code=codes[record.head.case], form=forms[record.head.form_hash])
        for record in finished
    ]
    answerings = [one for one in made if isinstance(one, Answering)]
    exported = {one.record for one in answerings}.union(*(one.parts for one in answerings))
    left = fragments.keys() - exported
    named = {part for record in finished for part in record.body.get("sealed", {}).values()}
    orphans = [Trouble(part, "belongs to a record that was not exported") for part in sorted(left & named)]
    return Gathered(
        answerings=tuple(sorted(answerings, key=lambda one: (one.code, one.started_at, one.finished_at, one.record))),
        exported=frozenset(exported),
        waiting=frozenset(left - named),
        left_out=frozenset(),
        troubles=(*(one for one in made if isinstance(one, Trouble)), *orphans),
    )


def _unusable(record: OpenedRecord, *, codes: Mapping[str, str], forms: Mapping[str, Form]) -> str:
    if record.head.case not in codes:
        return "names a case the bundle does not list"
    if record.head.kind == MESSAGE:
        return "" if messages.well_formed(record) else "has a body in a shape this version does not know"
    if record.head.form_hash not in forms:
        return "names a form version the bundle does not hold"
    if record.head.kind not in (*FINISHED, FRAGMENT):
        return f"is of a kind this version does not export ({record.head.kind})"
    return "" if _well_formed(record) else "has a body in a shape this version does not know"


def _well_formed(record: OpenedRecord) -> bool:
    body = record.body
    if record.head.kind == FRAGMENT:
        return isinstance(body.get("ref"), str) and isinstance(body.get("value"), str)
    sealed = body.get("sealed", {})
    told = isinstance(body.get("mode", ""), str)
    return told and _texts(body.get("values")) and _texts(sealed) and missing.well_formed(body)


def _texts(raw: object) -> bool:
    return isinstance(raw, dict) and all(isinstance(key, str) and isinstance(raw[key], str) for key in raw)


def _answering(
    record: OpenedRecord, fragments: Mapping[str, OpenedRecord], *, code: str, form: Form
) -> Answering | Trouble:
    head = record.head
    values: dict[str, str] = dict(record.body["values"])
    parts: list[str] = []
    for ref, part in record.body.get("sealed", {}).items():
        fragment = fragments.get(part)
        if fragment is None:
            return Trouble(head.record, f"needs record {part}, sealed on arrival, which was not opened")
        if (fragment.head.case, fragment.head.session, fragment.body["ref"]) != (head.case, head.session, ref):
            return Trouble(head.record, f"names record {part}, which belongs to another answer")
        values[ref] = fragment.body["value"]
        parts.append(part)
    known = {column.ref for column in form.columns}
    if not values.keys() <= known:
        return Trouble(head.record, "holds an answer to a question its form does not have")
    answered = {ref: value for ref, value in values.items() if value != ""}
    if missing.contradicts(record.body, form, answered):
        return Trouble(head.record, "names questions without an answer that cannot be such in its form")
    return Answering(
        record=head.record,
        code=code,
        wave=head.wave,
        number=head.number,
        form=form,
        status=head.kind,
        language=head.language,
        started_at=head.started_at,
        finished_at=head.at,
        values=answered,
        missing=missing.reasons(record.body, form, answered),
        parts=tuple(parts),
        mode=record.body.get("mode", ""),
    )
