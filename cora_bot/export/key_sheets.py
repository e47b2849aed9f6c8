"""A share of a key as a sheet of paper: its words with their numbers, whose key it is, what to do with it.

``read`` takes what ``document`` wrote, and plain text as somebody types it from paper: ``name: value`` lines for the
facts, everything else words; numbers before words are skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final
from xml.etree.ElementTree import Element

from cora_bot.base.errors import CoraError
from cora_bot.export.page import code, e, page
from cora_bot.vault.shares import CHECKSUM_WORDS, WORDS, KeyShare

FACTS: Final = ("holder", "study", "created", "fingerprint")
_PER_ROW: Final = 3
_FACT_LINE: Final = re.compile(r"\s*([A-Za-z]+)\s*:\s*(.*?)\s*\Z")

STYLE: Final = """
@page { size: A4 portrait; margin: 15mm; }
* { box-sizing: border-box; }
html { font-family: "Noto Sans", system-ui, sans-serif; color: #000; background: #fff; font-size: 10.5pt;
  line-height: 1.4; }
body { margin: 0 auto; max-width: 180mm; }
h1 { font-size: 20pt; margin: 0 0 2mm; }
h2 { font-size: 12pt; margin: 6mm 0 1mm; break-after: avoid; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.5mm 5mm; margin: 3mm 0; }
dt { font-weight: 600; }
dd { margin: 0; }
code { font-family: "Noto Sans Mono", "DejaVu Sans Mono", monospace; }
table { border-collapse: collapse; width: 100%; }
td { border: 0.3mm solid #000; padding: 1.2mm 2mm; font-size: 13pt; width: 28%; }
td.place { width: 5%; font-size: 9pt; text-align: right; border-right: 0; }
td.check { background: #eee; }
ol { padding-left: 6mm; margin: 1mm 0; }
"""
WHAT_IT_IS: Final = (
    "This sheet is one part of a key that opens the answers of people who trusted us. Alone it opens nothing. "
    "Together with {others} of the same key it opens everything, without any passphrase."
)
KEEP: Final = (
    "Print this sheet on a printer that keeps no copies, then delete the file. Do not photograph or scan it.",
    "Keep it in a sealed envelope in a locked place, apart from every other sheet of this key.",
    "Write on the envelope: CoR.A, the fingerprint's first four letters, the number of the sheet. No names of people.",
    "Look once a year whether it is still there and can be read. If it was seen or lost, tell the others at once.",
)
JOIN: Final = (
    "Take a computer without network, and {need} sheets of this key. Any will do.",
    "Type: cora keys join --to restored.key. It asks for what stands above, then for the words of each sheet.",
    "The last {checksum} words are a checksum: a word that was read wrongly is noticed.",
    "Choose a new passphrase. The file then opens what the first one opened: try it with an opening test.",
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A share, and what must be known of the key: facts by the names in ``FACTS``."""

    share: KeyShare
    facts: dict[str, str]


def document(sheet: Sheet, *, of: int) -> str:
    """One sheet as a page of HTML. ``of``: how many sheets there are."""
    share = sheet.share
    title = f"Sheet {share.number} of {of}"
    others = "one other sheet" if share.need == 2 else f"{share.need - 1} other sheets"
    return page(
        title,
        e("h1", f"{title}: any {share.need} give the key back"),
        e("p", WHAT_IT_IS.format(others=others)),
        e("dl", [part for name in FACTS for part in _fact(name, sheet.facts.get(name, ""))]),
        _table(share.words),
        e("h2", "What to do with this sheet"),
        e("ol", [e("li", sentence) for sentence in KEEP]),
        e("h2", "When the key is needed"),
        e("ol", [e("li", line.format(need=share.need, checksum=CHECKSUM_WORDS)) for line in JOIN]),
        language="en",
        style=STYLE,
    )


def _fact(name: str, value: str) -> list[Element]:
    if not value:
        return []
    shown = code(value) if name == "fingerprint" else e("bdi", value)
    return [e("dt", name.capitalize()), e("dd", shown, data_fact=name)]


def _table(words: tuple[str, ...]) -> Element:
    cells = [
        (
            e("td", str(place), class_="place"),
            e("td", e("code", word, data_word=str(place)), class_="check" if place > WORDS - CHECKSUM_WORDS else ""),
        )
        for place, word in enumerate(words, start=1)
    ]
    rows = [cells[start : start + _PER_ROW] for start in range(0, len(cells), _PER_ROW)]
    return e("table", [e("tr", [cell for pair in row for cell in pair]) for row in rows])


def read(text: str, *, what: str) -> Sheet:
    """The sheet in ``text``, HTML or typed. Raises ``CoraError`` naming ``what``."""
    if "<html" in text[:200]:
        found = _Reader()
        found.feed(text)
        return Sheet(KeyShare.read(found.words, what=what), found.facts)
    facts: dict[str, str] = {}
    words: list[str] = []
    for line in text.removeprefix("\ufeff").splitlines():
        fact = _FACT_LINE.match(line)
        if fact:
            facts[fact[1].lower()] = fact[2]
        else:
            words += typed_words(line)
    unknown = sorted(set(facts) - set(FACTS))
    if unknown:
        raise CoraError(f"{what} says “{unknown[0]}”, which sheets do not", f"They say: {', '.join(FACTS)}.")
    return Sheet(KeyShare.read(words, what=what), facts)


def typed_words(line: str) -> list[str]:
    """The words of a line, without the numbers before them."""
    return [word for word in re.split(r"[\s,;]+", line) if word and not re.fullmatch(r"\d+[.)]?", word)]


class _Reader(HTMLParser):
    """Words and facts of a sheet, by the attributes that mark them."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.facts: dict[str, str] = {}
        self._fact = ""
        self._word = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = dict(attrs)
        if tag == "dd":
            self._fact = marks.get("data-fact") or ""
        self._word = "data-word" in marks

    def handle_endtag(self, tag: str) -> None:
        self._word = False
        if tag == "dd":
            self._fact = ""

    def handle_data(self, data: str) -> None:
        if self._word:
            self.words.append(data.strip())
        elif self._fact:
            self.facts[self._fact] = self.facts.get(self._fact, "") + data
