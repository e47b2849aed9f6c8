"""What day sheets say around the facts, in the languages of the staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """``columns`` in the order of ``day_sheet.cells``; ``modes`` and ``outcomes`` by their codes."""

    title: str
    with_whom: str
    columns: tuple[str, str, str, str, str, str, str]
    modes: Mapping[str, str]
    outcomes: Mapping[str, str]
    cancelled: str
    interpreter: str
    keep: str
    seal: str


WORDS: Final[Mapping[str, Words]] = {
    "en": Words(
        "Day sheet",
        "Interviewer {code}",
        ("Time", "Visit", "How, where", "Languages", "Picture", "Came of it", "Notes (no names)"),
        {"in_person": "in person", "phone": "phone", "video": "video"},
        {
            "met": "met",
            "moved": "moved",
            "missed": "did not come",
            "refused": "did not want to",
            "unreachable": "not reachable",
        },
        "CANCELLED",
        "interpreter {code}",
        "No names on this sheet. It says where people will be: carry it on you, and destroy it after the day.",
        "Recordings, pictures, notes: cora seal FILE --study STUDY --visit VISIT --case CASE, with both as they stand "
        "here.",
    ),
    "de": Words(
        "Tagesblatt",
        "Interview: {code}",
        ("Zeit", "Besuch", "Wie, wo", "Sprachen", "Bild", "Ergebnis", "Notizen (keine Namen)"),
        {"in_person": "persönlich", "phone": "Telefon", "video": "Video"},
        {
            "met": "getroffen",
            "moved": "verlegt",
            "missed": "kam nicht",
            "refused": "wollte nicht",
            "unreachable": "nicht erreichbar",
        },
        "ABGESAGT",
        "dolmetscht: {code}",
        "Keine Namen auf dieses Blatt. Es sagt, wo Menschen sein werden: am Körper tragen, nach dem Tag vernichten.",
        "Aufnahmen, Bilder, Notizen: cora seal DATEI --study STUDIE --visit BESUCH --case FALL, beide wie hier.",
    ),
}
OUTCOMES: Final = tuple(WORDS["en"].outcomes)
