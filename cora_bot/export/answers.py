"""Puts answerings together: a finished record and the fragments it names become one set of values.

Every opened record ends in exactly one place: exported, waiting (a fragment of an answering that was still open when
the bundle was made), left out (the person's answers were erased since) or in trouble, with its reason. Nothing is
dropped in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from cora_bot.base.values import Value, replace
from cora_bot.export import alerts, audit, instances, media, messages, missing
from cora_bot.export.alerts import ALERT
from cora_bot.export.consents import CONSENT
from cora_bot.export.media import ATTACHMENT, ListedFile, listed
from cora_bot.export.messages import MESSAGE
from cora_bot.export.missing import Missing
from cora_bot.export.opened import Answering, OpenedRecord, Trouble
from cora_bot.forms.model import Form, bare_ref

FINISHED = ("complete", "partial", CONSENT)
FRAGMENT = "fragment"
APART = (MESSAGE, ALERT)


class Gathered(Value):
    """``exported``, ``waiting`` and ``left_out`` are record ids; with ``troubles`` they cover every opened record.

    ``files`` are those that can be written whole.
    """

    answerings: tuple[Answering, ...]
    exported: frozenset[str]
    waiting: frozenset[str]
    left_out: frozenset[str]
    troubles: tuple[Trouble, ...]
    files: tuple[ListedFile, ...] = ()


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
    written = frozenset(record.head.record for record in usable if record.head.kind in APART)
    joined = _join([one for one in usable if one.head.kind not in APART], codes=codes, forms=forms)
    return replace(
        joined,
        exported=joined.exported | written,
        left_out=frozenset(left_out),
        troubles=(*troubles, *joined.troubles),
    )


def _join(usable: Sequence[OpenedRecord], *, codes: Mapping[str, str], forms: Mapping[str, Form]) -> Gathered:
    fragments = {record.head.record: record for record in usable if record.head.kind == FRAGMENT}
    attached = {record.head.record: record for record in usable if record.head.kind == ATTACHMENT}
    files = {name: file for name, one in fragments.items() if (file := listed(name, one.body)) is not None}
    whole = {name: file for name, file in files.items() if attached.keys() >= set(file.parts)}
    finished = [record for record in usable if record.head.kind not in (FRAGMENT, ATTACHMENT)]
    made = [
        _answering(record, fragments, code=codes[record.head.case], form=forms[record.head.form_hash], whole=whole)
        for record in finished
    ]
    answerings = [one for one in made if isinstance(one, Answering)]
    exported = {one.record for one in answerings}.union(*(one.parts for one in answerings))
    given = tuple(whole[name] for name in sorted(whole.keys() & exported))
    left = fragments.keys() - exported
    named = {part for record in finished for key in ("sealed", "files") for part in record.body.get(key, {}).values()}
    orphans = [Trouble(part, "belongs to a record that was not exported") for part in sorted(left & named)]
    broken = [Trouble(name, "lists a file of which parts are missing") for name in sorted(files.keys() - whole.keys())]
    taken = {part for file in given for part in file.parts}
    return Gathered(
        answerings=tuple(sorted(answerings, key=lambda one: (one.code, one.started_at, one.finished_at, one.record))),
        exported=frozenset(exported | taken) - {trouble.record for trouble in broken},
        # Parts whose list did not come along belong to a file that was being fetched when the bundle was made.
        waiting=frozenset((left - named) | (attached.keys() - taken)) - {trouble.record for trouble in broken},
        left_out=frozenset(),
        troubles=(*(one for one in made if isinstance(one, Trouble)), *orphans, *broken),
        files=given,
    )


def _unusable(record: OpenedRecord, *, codes: Mapping[str, str], forms: Mapping[str, Form]) -> str:
    if record.head.case not in codes:
        return "names a case the bundle does not list"
    if record.head.kind == MESSAGE:
        return "" if messages.well_formed(record) else "has a body in a shape this version does not know"
    if record.head.form_hash not in forms:
        return "names a form version the bundle does not hold"
    if record.head.kind == ALERT:
        return "" if alerts.well_formed(record) else "has a body in a shape this version does not know"
    if record.head.kind not in (*FINISHED, FRAGMENT, ATTACHMENT):
        return f"is of a kind this version does not export ({record.head.kind})"
    return "" if _well_formed(record) else "has a body in a shape this version does not know"


def _well_formed(record: OpenedRecord) -> bool:
    body = record.body
    if record.head.kind == FRAGMENT:
        return isinstance(body.get("ref"), str) and isinstance(body.get("value"), str) and media.well_formed(body)
    if record.head.kind == ATTACHMENT:
        return isinstance(body.get("of"), str)
    told = _texts(body.get("sealed", {})) and _texts(body.get("files", {})) and isinstance(body.get("mode", ""), str)
    held = audit.well_formed(body) and missing.well_formed(body) and instances.well_formed(body)
    return told and held and _texts(body.get("values"))


def _texts(raw: object) -> bool:
    return isinstance(raw, dict) and all(isinstance(key, str) and isinstance(raw[key], str) for key in raw)


def _answering(
    record: OpenedRecord,
    fragments: Mapping[str, OpenedRecord],
    *,
    code: str,
    form: Form,
    whole: Mapping[str, ListedFile],
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
    absent: dict[str, Missing] = {}
    for ref, part in record.body.get("files", {}).items():
        fragment = fragments.get(part)
        if fragment is not None and (fragment.head.case, fragment.body["ref"]) != (head.case, ref):
            return Trouble(head.record, f"names record {part}, which belongs to another answer")
        parts += [part] if fragment is not None else []
        # A cell names a file only if the file is there.
        values[ref] = whole[part].name if part in whole else ""
        if part not in whole:
            absent[ref] = Missing.WAITING if fragment is None else Missing.LOST
    known = {column.ref for column in form.columns}
    if not {bare_ref(ref) for ref in values} <= known:
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
        missing=_why(missing.reasons(record.body, form, answered), absent),
        parts=tuple(parts),
        mode=record.body.get("mode", ""),
        **instances.told(record.body),
    )


def _why(told: dict[str, Missing] | None, absent: Mapping[str, Missing]) -> dict[str, Missing] | None:
    """The reasons, of files that are not there too."""
    return None if told is None else {**told, **absent}
