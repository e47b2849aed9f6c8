"""VI-76 What became of a visit is told by one word: whose doing it was, and not how it was stored."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cora_bot.base.values import replace
from cora_bot.export.visits import AAPOR
from cora_bot.study.visits.visit import Standing, Visit, disposition

OFFERED = Visit(bytes(16), "spring")
CALLED_OFF = replace(OFFERED, called_off=datetime(2027, 4, 7, 7, tzinfo=UTC), word=3)


@pytest.mark.parametrize("standing", [Standing.INVITED, Standing.EXPIRED])
def test_what_the_team_called_off_is_no_silence_of_the_person(standing: Standing) -> None:
    assert disposition(replace(CALLED_OFF, standing=standing, opened=True)) == "cancelled"
    assert disposition(replace(CALLED_OFF, standing=standing, misses=1)) == "missed"


def test_what_was_called_off_and_booked_again_is_booked() -> None:
    assert disposition(replace(CALLED_OFF, standing=Standing.BOOKED)) == "booked"
    assert disposition(replace(CALLED_OFF, standing=Standing.MET)) == "met"
    assert disposition(replace(CALLED_OFF, standing=Standing.DECLINED)) == "refused"


def test_whoever_stopped_or_took_the_consent_back_has_refused() -> None:
    assert disposition(replace(OFFERED, standing=Standing.CANCELLED, reason="stopped")) == "refused"


def test_every_standing_has_an_outcome_that_exports_know() -> None:
    assert {disposition(replace(OFFERED, standing=standing)) for standing in Standing} < AAPOR.keys()


def test_time_was_booked_at_least_once_where_there_is_a_picture_word() -> None:
    assert (OFFERED.has_booked, replace(OFFERED, word=0).has_booked) == (False, True)
