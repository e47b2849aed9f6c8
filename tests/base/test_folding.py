"""B-20 what somebody looks for is found whatever case, accents, joiners, digits and forms of letters they typed."""

from __future__ import annotations

import pytest

from cora_bot.base.folding import folded, nearness


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("TIRANË", "tirane"),
        ("Shkodër", "shkoder"),
        ("İstanbul", "istanbul"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("كابل", "کابل"),
        ("هرات\u200cشهر", "هراتشهر"),
        ("مدينة", "مدینه"),
        ("الأردن", "الاردن"),
        ("كَابُل", "کابل"),
        ("ناحیهٔ ۱۲", "ناحیه 12"),
        ("ناحية ١٢", "ناحیه 12"),
        ("Kabul-North (2)", "kabul north 2"),
        ("l’Aquila", "laquila"),
        ("e\u0301", "é"),
    ],
)
def test_folded_same_for_what_is_typed_one_way_or_the_other(typed: str, meant: str) -> None:
    assert folded(typed) == folded(meant)


def test_folded_keeps_apart_what_differs() -> None:
    assert len({folded(each) for each in ("Kabul", "Kabol", "12", "21", "کابل", "هرات")}) == 6


@pytest.mark.parametrize(
    ("sought", "text", "expected"),
    [
        ("kabul", "kabul", 0),
        ("kab", "kabul north", 1),
        ("nor", "kabul north", 2),
        ("north kab", "kabul north", 2),
        ("bul", "kabul north", 3),
        ("herat", "kabul north", None),
        ("kabul herat", "kabul north", None),
    ],
)
def test_nearness_says_how_well_it_fits(sought: str, text: str, expected: int | None) -> None:
    assert nearness(sought, text) == expected
