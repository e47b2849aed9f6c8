"""F-45 a line that crosses or touches itself is known, as ODK Collect knows it; neighbours share an end."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cora_bot.forms.expr.compiler import compile_expression
from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.errors import BudgetError, EvaluationError
from cora_bot.forms.expr.functions.geo import intersects

Place = tuple[int, int]
PLACES = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), max_size=7)


def written(line: list[Place]) -> str:
    return "; ".join(f"{latitude} {longitude} 0 5" for latitude, longitude in line)


@pytest.mark.parametrize(
    ("line", "crosses"),
    [
        ("", False),
        ("1 1", False),
        ("1 1; 2 2", False),
        ("1 1; 1 1; 1 1", False),
        ("0 0; 0 2; 2 2; 2 0", False),
        ("0 0; 0 2; 2 2; 2 0; 0 0", False),  # a border that is closed
        ("0 0; 2 2; 2 0; 0 2", True),  # a bow tie
        ("0 0; 2 2; 2 0; 0 2; 0 0", True),
        ("0 0; 0 2; 0 1", True),  # back over itself
        ("0 0; 0 2; 0 0", True),
        ("0 0; 0 1; 0 2", False),  # straight on
        ("0 0; 0 1; 0 1; 0 2", False),
        ("0 0; 0 2; 2 2; 0 1", True),  # its end touches it
        ("0 0; 0 2; 2 2; 2 0; 0 1; 0 0", True),
        ("52.1 13.1 30 4; 52.2 13.2 30 4; 52.2 13.1 30 4; 52.1 13.2 30 4", True),
    ],
)
def test_crossing_is_found(line: str, crosses: bool) -> None:
    assert compile_expression(f"intersects('{line}')").run(Context()) is crosses


@pytest.mark.parametrize("line", ["somewhere", "1 1; 2", "1 a; 2 2; 3 3"])
def test_what_is_no_line_has_no_value(line: str) -> None:
    with pytest.raises(EvaluationError):
        intersects(Context(), line)


def test_author_hears_that_older_tablets_do_not_know_it() -> None:
    assert compile_expression("intersects('1 1; 2 2')").lints == {"collect-function"}
    assert [fault.code for fault in compile_expression("intersects('1 1', '2 2')").faults] == ["arguments"]


@settings(deadline=None, max_examples=400)
@given(PLACES)
def test_same_as_counting_out_what_segments_have_in_common(line: list[Place]) -> None:
    assert intersects(Context(), written(line)) is _by_counting(line)


def test_long_line_ends_in_time() -> None:
    zigzag = "; ".join(f"{at % 2} {at / 1000}" for at in range(6_000))
    began = process_time()
    with pytest.raises(BudgetError):
        intersects(Context(), zigzag)
    assert process_time() - began < 2
    assert intersects(Context(), "; ".join(f"{at / 1000} {at % 2}" for at in range(6_000))) is False


def _by_counting(line: list[Place]) -> bool:
    """Every pair of segments, exactly: what they have in common beyond what they may."""
    segments = [(a, b) for a, b in pairwise(line) if a != b]
    closed = bool(line) and line[0] == line[-1] and len(segments) > 2
    for first, one in enumerate(segments):
        for second in range(first + 1, len(segments)):
            if closed and (first, second) == (0, len(segments) - 1):
                continue
            common = _common(one, segments[second])
            if common > 1 or (common == 1 and second != first + 1):
                return True
    return False


def _common(one: tuple[Place, Place], other: tuple[Place, Place]) -> int:
    """How many places two segments share: 0, 1, or 2 for more than one."""
    (ax, ay), (bx, by) = one
    (cx, cy), (dx, dy) = other
    turn = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
    if turn:
        along = Fraction((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx), turn)
        beside = Fraction((cx - ax) * (by - ay) - (cy - ay) * (bx - ax), turn)
        return int(0 <= along <= 1 and 0 <= beside <= 1)
    if (bx - ax) * (cy - ay) != (by - ay) * (cx - ax):
        return 0
    start, end = max(min(one), min(other)), min(max(one), max(other))
    return 0 if start > end else 1 if start == end else 2
