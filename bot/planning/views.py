"""What stands on the planning page: case codes, times and counts, like the commands show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bot.planning import html
from cora_bot.base.problems import Problem
from cora_bot.study.visits.place_files import KINDS, told
from cora_bot.study.visits.trip import Trip
from cora_bot.usecases.visits.inviting import Offered
from cora_bot.usecases.visits.listing import Line, Time
from cora_bot.usecases.visits.planning import Reading

ENDINGS = ",".join(ending for endings in KINDS.values() for ending, _ in endings)
WATCHED = 60
"""Seconds after which the page of a trip is loaded anew."""


def home(base: str, trips: Sequence[tuple[Trip, int, int]], said: str = "") -> str:
    rows = [
        (html.link(f"{base}/trip/{trip.id}", trip.id), trip.title, invited, booked) for trip, invited, booked in trips
    ]
    listed = html.table(("trip", "title", "invited", "meetings"), rows) if rows else "<p>No trip is planned yet.</p>"
    upload = html.form(
        f"{base}/check",
        html.field("Workbook (.xlsx)", "workbook", "file", more='accept=".xlsx" required'),
        html.field("Pictures and voices that it names", "files", "file", more=f'accept="{ENDINGS}" multiple'),
        button="Check it",
        files=True,
    )
    template = f"<p>{html.link(f'{base}/template.xlsx', 'An example workbook to fill in')}</p>"
    return html.page("Field visits", said, listed, "<h2>Check a workbook</h2>", template, upload, base=base)


def checked(base: str, reading: Reading, digest: str) -> str:
    """What is wrong, or what would be planned, and the button that does it."""
    parts = [_problems(reading.problems)] if reading.problems else []
    if reading.trip is None:
        return html.page("This workbook cannot be planned yet", *parts, base=base)
    seats = sum(slot.seats for slot in reading.slots)
    parts.append(
        html.notice(f"{reading.trip.id}: {len(reading.slots)} times with {seats} seats. Nothing is stored yet.")
    )
    parts += [f"<p>{html.text(line)}</p>" for line in told(reading.trip)]
    parts.append(html.form(f"{base}/plan", html.hidden("digest", digest), button="Plan this trip"))
    return html.page("In order", *parts, base=base)


def _problems(problems: Sequence[Problem]) -> str:
    rows = [(one.severity.value, one.sheet, one.row or "", one.message, one.hint) for one in problems]
    return html.table(("", "sheet", "row", "what", "what to do"), rows)


def trip(base: str, trip_id: str, lines: Sequence[Line], times: Sequence[Time], *, said: str = "") -> str:
    counts = Counter(line.outcome for line in lines)
    summed = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "nobody is invited yet"
    waits = [line for line in lines if line.visit.request]
    parts = [said, html.notice(summed), _offer(base, trip_id)]
    if waits:
        parts += [
            "<h2>Waits for the team</h2>",
            html.table(("case", "what"), [(w.code, w.visit.request) for w in waits]),
        ]
    parts += ["<h2>People</h2>", _people(lines), "<h2>Times</h2>", _times(times)]
    return html.page(f"Trip {trip_id}", *parts, base=base, refresh=WATCHED)


def _offer(base: str, trip_id: str) -> str:
    fields = (
        html.field("Last day to choose", "until", "date", more="required"),
        html.field("At most", "most", "number", 50, 'min="1" max="5000"'),
    )
    return html.form(f"{base}/trip/{trip_id}/offer", *fields, button="Who would be invited?")


def offered(base: str, trip_id: str, found: Offered, *, until: date, most: int) -> str:
    """The dry run, and the button that sends."""
    left = [(cause, count) for cause, count in sorted(found.left_out.items())]
    parts = [
        html.notice(f"{len(found.codes)} people would be invited; {found.free} seats are free. Nothing was sent."),
        html.codes(found.codes),
        html.table(("not invited, because", "people"), left) if left else "",
    ]
    if found.codes:
        hidden = (html.hidden("until", until.isoformat()), html.hidden("most", most), html.hidden("send", "yes"))
        parts.append(html.form(f"{base}/trip/{trip_id}/offer", *hidden, button=f"Invite these {len(found.codes)}"))
    return html.page(f"Invitations for {trip_id}, until {until}", *parts, base=base)


def _people(lines: Sequence[Line]) -> str:
    rows = [
        (
            line.code,
            line.on_paper,
            line.outcome,
            f"{line.local:%a %d %b, %H:%M}" if line.local else "",
            line.slot.place if line.slot else "",
            line.slot.interviewer if line.slot else "",
            line.visit.way.value.replace("_", " "),
            line.language,
            line.word,
            line.visit.late or "",
        )
        for line in lines
    ]
    head = ("case", "number", "outcome", "begins", "place", "interviewer", "way", "language", "picture word", "late")
    return html.table(head, rows)


def _times(times: Sequence[Time]) -> str:
    rows = [
        (
            each.slot.id,
            f"{each.local:%a %d %b, %H:%M}",
            each.slot.place,
            each.slot.interviewer,
            each.slot.seats,
            " ".join(each.taken),
        )
        for each in times
    ]
    return html.table(("time", "begins", "place", "interviewer", "seats", "taken by"), rows)


def failed(base: str, said: str, hint: str) -> str:
    return html.page("Not done", html.wrong(f"{said}\n{hint}".strip()), base=base)
