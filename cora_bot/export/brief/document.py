"""A dossier as a page to be printed, and as plain text. Room for memos stands beside what they are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cora_bot.export.brief.dossier import Answer, Dossier, Entry, Filled
from cora_bot.export.page import code, e, page

STYLE: Final = """
@page { size: A4 portrait; margin: 14mm 13mm; @bottom-right { content: counter(page); font-size: 8pt; } }
* { box-sizing: border-box; }
html { font-family: "Noto Sans", "Noto Naskh Arabic", "Noto Sans Arabic", system-ui, sans-serif; color: #000;
  background: #fff; font-size: 9.5pt; line-height: 1.4; }
body { margin: 0 auto; max-width: 184mm; }
@media screen { body { padding: 8mm; } }
h1 { font-size: 18pt; margin: 0 0 2mm; }
h2 { font-size: 11.5pt; margin: 6mm 0 1mm; break-after: avoid; }
h3 { font-size: 9.5pt; margin: 2.5mm 0 1mm; break-after: avoid; }
p { margin: 0 0 1.5mm; }
code { font-family: "Noto Sans Mono", "DejaVu Sans Mono", monospace; }
.keep { border: 0.5mm solid #000; padding: 2mm 3mm; font-weight: 600; }
.about { color: #333; }
.entry { display: grid; grid-template-columns: minmax(0, 1fr) 58mm; gap: 0 5mm; border-top: 0.3mm solid #000; }
.memo { border-inline-start: 0.3mm solid #999; padding: 6mm 0 0 2mm; color: #666; font-size: 8pt; min-height: 26mm;
  background: repeating-linear-gradient(transparent 0 6.8mm, #bbb 6.8mm 7mm); print-color-adjust: exact; }
dl { margin: 0; }
dt { color: #333; break-after: avoid; }
dd { margin: 0 0 1.5mm; padding-inline-start: 3mm; font-weight: 600; white-space: pre-line; }
.written { white-space: pre-line; }
.gaps dd { font-weight: 400; font-style: italic; }
.last { break-before: page; }
.last .memo { min-height: 225mm; }
"""
KEEP: Final = (
    "This holds opened answers of a person whose safety may depend on it. For {holder} and this visit only: no copy, "
    "no picture, not into a cloud or a mail. Destroy it after the visit; notes go into a sealed field note (cora seal)."
)
MEMO: Final = "Memo"


@dataclass(frozen=True, slots=True)
class Making:
    """Which making of dossiers this is: the number in the log, for whom, from which bundle, when."""

    brief: str
    holder: str
    bundle: str
    bundle_at: datetime
    at: datetime


def html(one: Dossier, making: Making) -> str:
    case = one.case
    return page(
        f"{case.code}",
        e("h1", "Before the visit: ", code(case.code)),
        e("p", KEEP.format(holder=making.holder), class_="keep"),
        [e("p", line, class_="about") for line in _about(one, making)],
        [_entry(each, case.zone) for each in one.entries],
        e("section", e("h2", "Guide, and what to ask"), e("div", MEMO, class_="memo"), class_="last"),
        language="en",
        style=STYLE,
    )


def text(one: Dossier, making: Making) -> str:
    """The same without any layout, for a screen reader or an editor."""
    lines = [f"BEFORE THE VISIT: {one.case.code}", "", KEEP.format(holder=making.holder), "", *_about(one, making)]
    for each in one.entries:
        lines += ["", "-" * 72, *_said(each, one.case.zone), "", f"{MEMO}:", ""]
    return "\n".join(lines) + "\n"


def _about(one: Dossier, making: Making) -> Iterator[str]:
    case = one.case
    told = f"language {case.language or 'unknown'}, time zone {case.zone or 'unknown'}, {case.status}"
    yield f"{told}. Times are local ({_zone(case.zone)})."
    yield f"Brief {making.brief}, made at {making.at:%Y-%m-%d %H:%M} UTC from bundle {making.bundle}."
    yield f"What happened after {making.bundle_at:%Y-%m-%d %H:%M} UTC is not in it."
    if one.unread:
        yield f"{one.unread} records of the bundle could not be opened: some may be of this person."


def _entry(each: Entry, zone: str) -> Element:
    facts = [e("p", line) for line in _facts(each, zone)]
    told = [e("p", each.text, dir="auto", class_="written")] if each.text else []
    filled = [part for one in each.filled for part in _form(one, zone)]
    return e(
        "section", e("div", e("h2", each.title), facts, told, filled), e("div", MEMO, class_="memo"), class_="entry"
    )


def _form(one: Filled, zone: str) -> Iterator[Element]:
    yield e("h3", _heading(one, zone))
    yield e("dl", [part for each in one.answers for part in _pair(each)])
    if one.gaps:
        yield e("h3", "Still open")
        yield e("dl", [part for each in one.gaps for part in _pair(each)], class_="gaps")


def _pair(each: Answer) -> tuple[Element, Element]:
    return e("dt", each.question, dir="auto"), e("dd", each.text, dir="auto")


def _said(each: Entry, zone: str) -> Iterator[str]:
    yield each.title
    yield from _facts(each, zone)
    if each.text:
        yield each.text
    for one in each.filled:
        yield ""
        yield _heading(one, zone)
        yield from (f"  {answer.question}\n      {answer.text}" for answer in one.answers)
        yield from (f"  still open ({gap.text}): {gap.question}" for gap in one.gaps)


def _facts(each: Entry, zone: str) -> Iterator[str]:
    until = f" until {_local(each.until, zone)}" if each.until else ""
    yield f"{_local(each.at, zone)}{until}"
    if each.outcome:
        yield each.outcome
    if each.why:
        yield f"why: {each.why}"


def _heading(one: Filled, zone: str) -> str:
    mode = f", {one.mode.replace('_', ' ')}" if one.mode else ""
    later = "" if one.counts else "; answered again later"
    return f"{one.form}: {one.status}{mode}, in {one.language}, {_local(one.at, zone)}{later}"


def _local(at: datetime | None, zone: str) -> str:
    return f"{at.astimezone(_zone(zone)):%Y-%m-%d %H:%M}" if at else ""


def _zone(name: str) -> tzinfo:
    """The person's; UTC where the bundle names none that this machine knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
