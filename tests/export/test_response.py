"""EX-80 Response is counted by wave and number from the occasions alone; dispositions add up to what was planned.
EX-81 RR1 and RR2 are AAPOR's, over occasions whose window had closed; where nothing is below the line there is no rate.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cora_bot.export import trip_response
from cora_bot.export.bundle_facts import OccurrenceFact
from cora_bot.export.dispositions import AAPOR
from cora_bot.export.response import HEADER, OUTCOMES, Response, as_text, responses, rows

AT = datetime(2026, 11, 20, tzinfo=UTC)
OVER, RUNNING = "2026-11-14T07:00:00Z", "2026-11-28T07:00:00Z"
OPENED = "2026-11-03T07:00:00Z"


def fact(step: str, reason: str = "", *, closes: str = OVER, sent: int = 1, **changes: str) -> OccurrenceFact:
    cells = {"wave": "monthly", "number": "1", "put_away": "0", "opened_at": ""} | changes
    return OccurrenceFact(
        code="K7F-2QX",
        wave=cells["wave"],
        number=int(cells["number"]),
        opens="2026-11-02T07:00:00Z",
        closes=closes,
        step=step,
        sent=sent,
        put_away=int(cells["put_away"]),
        reason=reason,
        opened_at=cells["opened_at"],
        finished_at="",
    )


EVERY_COURSE = [
    fact("complete", opened_at=OPENED),
    fact("complete", opened_at=OPENED),
    fact("partial", opened_at=OPENED),
    fact("expired", "put_away", put_away="1"),
    fact("cancelled", "stopped", sent=0),
    fact("expired", "left", opened_at=OPENED),
    fact("expired", "not_opened", sent=3),
    fact("lapsed", "paused", sent=0),
    fact("lapsed", "late", sent=0),
    fact("expired", "outage", sent=1),
    fact("cancelled", "not_going", sent=0),
    fact("opened", opened_at=OPENED),
    fact("planned", sent=0),
]


def of(*facts: OccurrenceFact) -> Response:
    (one,) = responses(facts, waves=["monthly"], at=AT)
    return one


def test_rows_count_every_course() -> None:
    header, row = rows([of(*EVERY_COURSE)])
    cells = dict(zip(header, row, strict=True))
    assert [cells.pop(column) for column in trip_response.COLUMNS] == [""] * len(trip_response.COLUMNS)
    assert cells == {
        "wave": "monthly",
        "number": "1",
        "planned": "13",
        "invited": "8",
        "opened": "5",
        "complete": "2",
        "partial": "1",
        "refused": "2",
        "break_off": "1",
        "non_contact": "1",
        "lapsed": "1",
        "not_sent": "1",
        "not_attempted": "1",
        "not_eligible": "1",
        "not_due": "1",
        "open": "1",
        "unknown": "0",
        "step_expired": "4",
        "step_lapsed": "2",
        "step_cancelled": "2",
        "closed": "13",
        "closed_complete": "2",
        "closed_partial": "1",
        "closed_eligible": "12",
        "rr1": "0.1667",
        "rr2": "0.2500",
    }


def test_outcomes_are_the_dispositions_and_add_up() -> None:
    one = of(*EVERY_COURSE, fact("postponed"))
    assert (list(OUTCOMES), one.outcomes.total()) == (list(AAPOR), one.planned)
    assert len(set(HEADER)) == len(HEADER)


def test_rate_counts_no_occasion_whose_window_is_open() -> None:
    early = [fact("complete", closes=RUNNING, opened_at=OPENED)] * 9
    one = of(*early, fact("complete", opened_at=OPENED), fact("expired", "not_opened"))
    assert (one.outcomes["complete"], one.rr1, one.rr2) == (10, "0.5000", "0.5000")


def test_rate_counts_a_window_that_closes_as_the_bundle_is_made() -> None:
    assert of(fact("complete", closes="2026-11-20T03:00:00+03:00")).rr1 == "1.0000"
    assert of(fact("complete", closes="2026-11-20T00:00:01Z")).rr1 == ""


@pytest.mark.parametrize(
    "facts",
    [
        [fact("complete", closes=RUNNING)],
        [fact("cancelled", "not_going")],
        [fact("cancelled", "replanned"), fact("planned", closes=RUNNING)],
    ],
)
def test_rate_is_not_defined_without_a_closed_window_of_an_eligible_occasion(facts: list[OccurrenceFact]) -> None:
    one = of(*facts)
    assert (one.eligible, one.rr1, one.rr2) == (0, "", "")


def test_responses_follow_the_study_then_the_number() -> None:
    keys = [("other", "1"), ("monthly", "10"), ("monthly", "9"), ("arrival", "1")]
    found = responses(
        [fact("planned", wave=wave, number=number) for wave, number in keys], waves=["arrival", "monthly"], at=AT
    )
    assert [(one.wave, one.number) for one in found] == [("arrival", 1), ("monthly", 9), ("monthly", 10), ("other", 1)]


def test_text_leaves_out_outcomes_nobody_had() -> None:
    found = responses(
        [
            fact("complete", opened_at=OPENED),
            fact("partial", opened_at=OPENED),
            fact("expired", "not_opened"),
            fact("planned", number="2", closes=RUNNING, sent=0),
        ],
        waves=["monthly"],
        at=AT,
    )
    assert as_text(found).splitlines() == [
        "wave     number  planned  invited  opened  complete  partial  refused  non_contact  not_due    RR1    RR2",
        "monthly       1        3        3       2         1        1        0            1        0  33.3%  66.7%",
        "monthly       2        1        0       0         0        0        0            0        1      -      -",
    ]


def test_text_shows_no_control_characters_of_a_forged_bundle() -> None:
    found = responses([fact("complete", wave="\x1b[2J")], waves=[], at=AT)
    assert as_text(found).splitlines()[1].split()[0] == "\ufffd[2J"


def test_text_says_when_nothing_is_planned() -> None:
    assert as_text([]) == "no occasion is planned yet"
