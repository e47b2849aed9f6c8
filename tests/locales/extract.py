"""``python -m tests.locales.extract``: collects the sentences marked ``N_("…")`` and brings the catalogs up to date.

Writes ``locales/cora.pot`` and every ``cora.po``: new sentences come in untranslated, gone ones go, nothing is guessed
from a similar sentence. Headers are kept as they are. No dates and no source lines are written, so that a file changes
only when a sentence does.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from cora_bot.base.catalogs import DOMAIN, catalog_files

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCES: Final = ("bot", "cora_bot")
MARK: Final = "N_("
WIDTH: Final = 110

POT_HEADER: Final = """\
# The bot's own sentences. Written by `python -m tests.locales.extract`: do not edit by hand.
#
# To translate: simple words, short sentences, respectful and the same for women and men. Keep the {fields}, the marks
# (✓) and the empty lines. Labels of buttons have at most 24 characters. The invitation, the reminder, the descriptions
# of commands and what strangers are told may be read by anybody: they name nothing the chat is about.
msgid ""
msgstr ""
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def template() -> Catalog:
    """Every marked sentence, in the order of the sources."""
    found = Catalog(charset="utf-8", fuzzy=False)
    for path in sorted(path for package in SOURCES for path in (ROOT / package).rglob("*.py")):
        if MARK in path.read_text(encoding="utf-8"):  # reading every file as Python takes seconds
            for _, message, _, _ in extract_from_file("python", path, keywords={MARK.rstrip("("): None}):
                found.add(message)
    return found


def pot_text() -> str:
    """What ``locales/cora.pot`` has to hold."""
    return _text(POT_HEADER, template())


def updated_text(path: Path, sentences: Catalog) -> str:
    """What the ``.po`` file at ``path`` has to hold: its header and translations, for these sentences."""
    text = path.read_text(encoding="utf-8")
    catalog = read_po(text.splitlines(keepends=True), ignore_obsolete=True, abort_invalid=True)
    catalog.update(sentences, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return _text(text.partition("\n\n")[0] + "\n", catalog)


def _text(header: str, catalog: Catalog) -> str:
    body = BytesIO()
    write_po(body, catalog, width=WIDTH, no_location=True, omit_header=True)
    return f"{header}\n{body.getvalue().decode().strip()}\n"


def main() -> None:
    folder = ROOT / "locales"
    sentences = template()
    (folder / f"{DOMAIN}.pot").write_text(pot_text(), encoding="utf-8")
    for path in catalog_files(folder):
        path.write_text(updated_text(path, sentences), encoding="utf-8")


if __name__ == "__main__":
    main()
