"""EX-70 Every consent is exported with its exact words, version, language, hash, how it was taken, and when.
EX-71 Words that are not those of the sealed hash are named.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from cora_bot.export.consents import changed_texts, rows
from cora_bot.export.opened import OpenedRecord
from tests.export.bundles import CASE, CODES, OTHER_CASE, head
from tests.export.samples import BEGUN

TEXTS = {"agree": {"label": "هل تريدون المشاركة؟", "options": {"yes": "نعم"}}}
EXACT = json.dumps(TEXTS, ensure_ascii=False, sort_keys=True)
BODY = {
    "values": {"/data/agree": "yes"},
    "sealed": {},
    "texts": TEXTS,
    "taken": "heard",
    "text_hash": hashlib.sha256(EXACT.encode()).hexdigest(),
}


def consent(record: str, case: str = CASE, minutes: int = 3, **body: object) -> OpenedRecord:
    placed = head(
        record, "consent", case=case, form="consent", wave="", number=0, at=BEGUN + timedelta(minutes=minutes)
    )
    return OpenedRecord(placed, BODY | body)


def test_rows_hold_the_exact_words_and_how_they_were_taken() -> None:
    assert list(rows([consent("a" * 32)], CODES))[1:] == [
        (
            "K7F-2QX",
            "2026-11-02T08:03:00Z",
            "consent",
            "2",
            "b" * 64,
            "ar",
            "heard",
            BODY["text_hash"],
            '{"agree": {"label": "هل تريدون المشاركة؟", "options": {"yes": "نعم"}}}',
            "a" * 32,
        )
    ]


def test_rows_are_ordered_by_case_and_time() -> None:
    given = [consent("a" * 32, OTHER_CASE), consent("b" * 32, minutes=9), consent("c" * 32, minutes=3)]
    assert [row[-1][0] for row in rows(given, CODES)][1:] == ["c", "b", "a"]


def test_changed_texts_names_words_that_are_not_those_of_the_hash() -> None:
    other = {"agree": {"label": "هل تريدون المشاركة", "options": {"yes": "نعم"}}}
    found = changed_texts([consent("a" * 32), consent("b" * 32, texts=other)])
    assert found == [f"record {'b' * 32}: the words of this consent are not those of its hash"]
