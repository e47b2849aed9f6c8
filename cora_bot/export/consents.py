"""The consent ledger: who agreed to which exact words, when, in which language, and how they were taken in.

The words are checked against the hash that was sealed with them: SHA-256 of the texts as JSON with sorted keys, no
escapes for letters, as ``dialogue/handlers/consenting.py`` makes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cora_bot.export.cells import instant
from cora_bot.export.opened import OpenedRecord

CONSENT = "consent"
HEADER = ("case", "given_at", "form", "form_version", "form_hash", "language", "taken", "text_hash", "texts", "record")


def rows(consents: Iterable[OpenedRecord], codes: Mapping[str, str]) -> Iterator[Sequence[str]]:
    """``consents.csv``: every consent given, oldest first within a case. ``codes``: case code by case (hex)."""
    yield HEADER
    for one in sorted(consents, key=lambda one: (codes[one.head.case], one.head.at, one.head.record)):
        yield (
            codes[one.head.case],
            instant(one.head.at),
            one.head.form,
            one.head.form_version,
            one.head.form_hash,
            one.head.language,
            str(one.body.get("taken", "")),
            str(one.body.get("text_hash", "")),
            _exact(one),
            one.head.record,
        )


def changed_texts(consents: Iterable[OpenedRecord]) -> list[str]:
    """A sentence for each consent whose words are not those of its hash."""
    return [
        f"record {one.head.record}: the words of this consent are not those of its hash"
        for one in consents
        if hashlib.sha256(_exact(one).encode()).hexdigest() != one.body.get("text_hash")
    ]


def _exact(one: OpenedRecord) -> str:
    return json.dumps(one.body.get("texts", {}), ensure_ascii=False, sort_keys=True)
