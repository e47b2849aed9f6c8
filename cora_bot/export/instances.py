"""Complete records as instance XML, as ODK Collect submits it: ``instances/RECORD/submission.xml``, and beside it
``audit.csv`` where the form asks for one. For servers and tools that take what tablets send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypedDict

from cora_bot.base.chance import SeededChance
from cora_bot.export.folder import INSTANCES
from cora_bot.export.opened import Answering
from cora_bot.forms import auditing
from cora_bot.forms.moment import Moment
from cora_bot.forms.serialise import instance_xml

COMPLETE: Final = "complete"
SUBMISSION: Final = "submission.xml"


class Told(TypedDict):
    instance_id: str
    meta: Mapping[str, str]
    audit: tuple[tuple[object, ...], ...]


def well_formed(body: Mapping[str, Any]) -> bool:
    meta, audit = body.get("meta", {}), body.get("audit", [])
    texts = isinstance(meta, dict) and all(isinstance(each, str) for pair in meta.items() for each in pair)
    rows = isinstance(audit, list) and all(isinstance(row, list) and len(row) == len(auditing.COLUMNS) for row in audit)
    return texts and rows and isinstance(body.get("instance_id", ""), str)


def told(body: Mapping[str, Any]) -> Told:
    audit = tuple(tuple(row) for row in body.get("audit", ()))
    return Told(instance_id=body.get("instance_id", ""), meta=body.get("meta", {}), audit=audit)


def files(answerings: Iterable[Answering], zones: Mapping[str, str]) -> dict[str, bytes]:
    """By name below the export's folder. ``zones``: IANA zone by case code, in which days and conditions are judged."""
    complete = (one for one in answerings if one.status == COMPLETE and one.instance_id)
    return {name: content for one in complete for name, content in _of(one, zones.get(one.code) or "UTC")}


def _of(one: Answering, zone: str) -> Iterator[tuple[str, bytes]]:
    place = f"{INSTANCES}/{one.record}"
    moment = Moment(one.finished_at, zone, {}, SeededChance(one.record))
    meta = {**one.meta, **({"audit": auditing.FILE} if one.audit else {})}
    xml = instance_xml(one.form, one.values, moment, instance_id=one.instance_id, meta=meta)
    yield f"{place}/{SUBMISSION}", xml.encode()
    if one.audit:
        yield f"{place}/{auditing.FILE}", auditing.as_csv(one.audit)
