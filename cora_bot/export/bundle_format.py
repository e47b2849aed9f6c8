"""The bundle's format: names and columns, for its writer (``usecases/bundle.py``) and its reader.

A bundle is one zip file. It holds no address, no chat id and no key; answers are in it only as sealed records.
A change that an older reader would misread raises ``VERSION``; readers refuse versions they do not know.

    manifest.json           see ``Manifest``
    records/<hex>.age       sealed records by record id
    cases.csv, occurrences.csv, contacts.csv, outages.csv   open facts, UTF-8, comma, header row as below
    forms/<sha256>.xml      every form version that any record may name (the XForm XML; the name is its SHA-256)
    visits.csv              field visits and what became of them; only where there are any
    study.toml              the study's definition
    signatures.json         who approved it, where somebody did
    audit.jsonl             the server's audit log (``vault/audit_chain.py``); bundles of earlier versions have none
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from cora_bot.base.values import Value

FORMAT: Final = "cora-bundle"
VERSION: Final = 1

MANIFEST: Final = "manifest.json"
STUDY: Final = "study.toml"
SIGNATURES: Final = "signatures.json"
AUDIT: Final = "audit.jsonl"
CASES: Final = "cases.csv"
OCCURRENCES: Final = "occurrences.csv"
CONTACTS: Final = "contacts.csv"
OUTAGES: Final = "outages.csv"
VISITS: Final = "visits.csv"
RECORD: Final = re.compile(r"records/([0-9a-f]{32})\.age")
FORM: Final = re.compile(r"forms/([0-9a-f]{64})\.xml")

CASE_COLUMNS: Final = ("code", "case", "language", "zone", "status")
# The code of a case whose link to the person was cut: made of the case id, because the person knew the old one. Its
# status is ``cut``, language and zone are empty, and no occasion or contact is known of it any more.
CUT: Final = "cut-{}"
OCCURRENCE_COLUMNS: Final = (
    "code",
    "wave",
    "number",
    "opens",
    "closes",
    "step",
    "sent",
    "put_away",
    "reason",
    "opened_at",
    "finished_at",
    "outage_hours",
)
# ``reason`` as in ``dialogue/contact_reasons.py``; ``wave`` and ``number`` are empty where there is no occasion.
CONTACT_COLUMNS: Final = ("code", "reason", "state", "wave", "number", "created_at", "finished_at", "outcome")
# A country of the study or an IANA zone, and wall time there: ``until`` is the first moment after it.
OUTAGE_COLUMNS: Final = ("place", "from", "until")

# ``visit`` is its number (V-7Q2K), ``outcome`` as in ``export/visits.py``, ``starts`` empty where no time is booked.
# ``sent``: messages about it; ``opened`` and ``booked`` (1 or 0): the invitation was opened, a time was booked at least
# once; ``closes``: when the last time of its trip is over.
VISIT_COLUMNS: Final = (
    "visit",
    "code",
    "trip",
    "outcome",
    "way",
    "starts",
    "moves",
    "misses",
    "sent",
    "opened",
    "booked",
    "closes",
)

# What the manifest counts (and "visits", where that table is there); a reader compares each with what it finds.
COUNTED: Final = ("records", "cases", "occurrences", "contacts", "outages", "forms")


class Resealed(Value):
    """That the records were sealed anew on a researcher's computer: from which bundle, by whose key, when."""

    origin: str
    by: str
    at: datetime


class Manifest(Value):
    """``manifest.json``: what the server says it put in.

    ``bundle`` is a random id (hex); ``counts`` has a number for each of ``COUNTED``; ``erased`` are the cases (hex)
    whose answers were erased on request and must disappear from every earlier export; ``recipients`` are the
    fingerprints of those who can open. In JSON the fields stand under these names, with ``format`` and ``version``,
    ``made_at`` as ISO 8601 in UTC. ``expires`` (likewise; bundles of earlier versions have none) is when this copy and
    what was exported from it are to be deleted; ``holder`` who carries it. ``resealed`` (in JSON ``from``, ``by``,
    ``at``) is there only in a bundle that ``cora keys rewrap`` wrote; everything else is as in the one it came from.
    """

    bundle: str
    study: str
    made_at: datetime
    counts: Mapping[str, int]
    erased: tuple[str, ...]
    recipients: tuple[str, ...]
    resealed: Resealed | None = None
    expires: datetime | None = None
    holder: str = ""
