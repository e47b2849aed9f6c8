"""The bot's own sentences in other languages: gettext catalogs, read from ``locales/xx/LC_MESSAGES/cora.po``.

They are compiled at start, or taken from what an earlier start made of the same text. A sentence without a
translation, or with one marked fuzzy, is said in English. A translation whose ``{fields}`` are not the sentence's is
refused at start, before it can fail in a conversation. Each catalog's header says whether a speaker of the language
has read it: ``X-Review-Status: draft`` or ``reviewed``.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Final, Literal

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import Translations

from cora_bot.base.errors import CoraError
from cora_bot.base.kept import Kept, maker, source_of
from cora_bot.base.values import Value

DOMAIN: Final = "cora"

Review = Literal["draft", "reviewed"]

_REVIEWS: Final[dict[str, Review]] = {"draft": "draft", "reviewed": "reviewed"}
# Babel keeps the header fields it knows and drops the others.
_REVIEW: Final = re.compile(r'^"X-Review-Status: *([a-z]+)\\n"$', re.MULTILINE)


class LoadedCatalog(Value):
    """One language's translations."""

    translations: Translations
    review: Review

    def gettext(self, message: str) -> str:
        """``message`` in this language; itself where it has no translation."""
        return str(self.translations.gettext(message))


def load_catalogs(folder: Path, kept: Kept | None = None) -> dict[str, LoadedCatalog]:
    """All catalogs under ``folder`` by BCP 47 code (``fa-AF`` for the folder ``fa_AF``). Raises CoraError."""
    made_by = maker(Path(__file__).parent, "babel")
    return {language_of(path): _load(path, kept or Kept(), made_by) for path in catalog_files(folder)}


def catalog_files(folder: Path) -> list[Path]:
    """The ``.po`` files under ``folder``, one per language, in the order of their names."""
    return sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def language_of(path: Path) -> str:
    """The language of a ``.po`` file, from its place: ``fa-AF`` for ``fa_AF/LC_MESSAGES/cora.po``."""
    return path.parts[-3].replace("_", "-")


def _load(path: Path, kept: Kept, made_by: str) -> LoadedCatalog:
    """One ``.po`` file. Raises CoraError where it is broken or does not say whether it was reviewed."""
    where, file = f"the catalog of {language_of(path)}", "/".join(path.parts[-4:])
    try:
        text = path.read_text(encoding="utf-8")
        source = source_of(made_by, text.encode())
        compiled = kept.of(f"catalog {language_of(path)}", source, lambda: _compiled(text, where, file))
    except (OSError, ValueError, PoFileError) as error:
        raise CoraError(f"{where} could not be read ({type(error).__name__})", f"Mend {file}.") from error
    found = _REVIEW.search(text)
    review = _REVIEWS.get(found.group(1)) if found else None
    if review is None:
        hint = f"The header of {file} needs a line X-Review-Status: draft, or reviewed."
        raise CoraError(f"{where} does not say whether it was reviewed", hint)
    return LoadedCatalog(Translations(BytesIO(compiled), domain=DOMAIN), review)


def fields(text: str) -> tuple[str, ...] | None:
    """The ``{fields}`` of a sentence, sorted, each as often as it stands there; None where the braces do not fit."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    return tuple(sorted(f"{name}!{conversion}:{spec}" for _, name, spec, conversion in parts if name is not None))


def _other_fields(catalog: Catalog) -> list[str]:
    return [
        str(each.id) for each in catalog if each.id and each.string and fields(str(each.string)) != fields(str(each.id))
    ]


def _compiled(text: str, where: str, file: str) -> bytes:
    """As gettext reads it. Raises CoraError, and what babel raises for a broken file."""
    catalog = read_po(text.splitlines(keepends=True), domain=DOMAIN, abort_invalid=True)
    wrong = _other_fields(catalog)
    if wrong:
        raise CoraError(f"{where} changes the fields of: {wrong[0]}", f"Write its {{fields}} in {file} as in English.")
    compiled = BytesIO()
    write_mo(compiled, catalog)
    return compiled.getvalue()
