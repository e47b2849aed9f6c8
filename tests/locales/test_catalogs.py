"""Reading catalogs, and finding them in a wheel and in a checkout.

L-01 a catalog is found by its language code and says whether it was reviewed
L-02 a sentence without a certain translation is said in English
L-03 a broken catalog stops the start, with the file named and nothing guessed
L-04 an installed wheel uses what it carries; a checkout what lies next to the package
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cora_bot.base.catalogs import fields, load_catalogs
from cora_bot.base.errors import CoraError
from cora_bot.base.resources import shipped

HEADER = r"""msgid ""
msgstr ""
"Language: fa_AF\n"
"Content-Type: text/plain; charset=UTF-8\n"
"X-Review-Status: reviewed\n"

"""
HELP = 'msgid "Help"\nmsgstr "کمک"\n'


def written(folder: Path, text: str, language: str = "fa_AF") -> Path:
    path = folder / language / "LC_MESSAGES" / "cora.po"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_load_catalogs_with_a_region_uses_the_bcp47_code(tmp_path: Path) -> None:
    catalogs = load_catalogs(written(tmp_path, HEADER + HELP))
    assert list(catalogs) == ["fa-AF"]
    assert catalogs["fa-AF"].gettext("Help") == "کمک"
    assert catalogs["fa-AF"].review == "reviewed"


def test_load_catalogs_of_an_empty_folder_is_empty(tmp_path: Path) -> None:
    assert load_catalogs(tmp_path) == {}


@pytest.mark.parametrize(
    "entry",
    ["", 'msgid "Help"\nmsgstr ""\n', '#, fuzzy\nmsgid "Help"\nmsgstr "کمک"\n', '#~ msgid "Help"\n#~ msgstr "کمک"\n'],
)
def test_gettext_without_a_certain_translation_is_english(tmp_path: Path, entry: str) -> None:
    catalogs = load_catalogs(written(tmp_path, HEADER + entry))
    assert catalogs["fa-AF"].gettext("Help") == "Help"


@pytest.mark.parametrize(
    "status",
    ["", '"X-Review-Status: perhaps\\n"\n', "# X-Review-Status: reviewed\n"],
    ids=["none", "unknown", "comment"],
)
def test_load_catalogs_without_a_review_status_is_refused(tmp_path: Path, status: str) -> None:
    header = HEADER.replace('"X-Review-Status: reviewed\\n"\n', status)
    with pytest.raises(CoraError, match="the catalog of fa-AF does not say whether it was reviewed") as caught:
        load_catalogs(written(tmp_path, header + HELP))
    assert caught.value.hint == (
        "The header of locales/fa_AF/LC_MESSAGES/cora.po needs a line X-Review-Status: draft, or reviewed."
    ).replace("locales", tmp_path.name)


@pytest.mark.parametrize("broken", ["msgid Help\n", "not a catalog\n", 'msgid "Help"\n"کمک"\nmsgstr[x] ""\n'])
def test_load_catalogs_of_a_broken_file_is_refused(tmp_path: Path, broken: str) -> None:
    with pytest.raises(CoraError, match="the catalog of fa-AF could not be read"):
        load_catalogs(written(tmp_path, HEADER + broken))


def test_load_catalogs_of_another_encoding_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, HEADER + HELP)
    (folder / "fa_AF/LC_MESSAGES/cora.po").write_bytes((HEADER + HELP).encode("utf-16"))
    with pytest.raises(CoraError, match=r"the catalog of fa-AF could not be read \(UnicodeDecodeError\)"):
        load_catalogs(folder)


@pytest.mark.parametrize("translation", ["", "{day}", "{code.__class__}", "{code!r}", "{code} {code}", "{code", "{}"])
def test_load_catalogs_with_other_fields_is_refused(tmp_path: Path, translation: str) -> None:
    entry = f'msgid "Your code: {{code}}"\nmsgstr "کُد {translation}"\n'
    with pytest.raises(CoraError, match=r"the catalog of fa-AF changes the fields of: Your code: \{code\}"):
        load_catalogs(written(tmp_path, HEADER + entry))


def test_fields_are_sorted_and_counted() -> None:
    assert fields("{b} {a} {a!r:>3} {{c}}") == ("a!None:", "a!r:>3", "b!None:")
    assert fields("{a") is None


def test_shipped_in_a_wheel_is_what_the_wheel_carries(tmp_path: Path) -> None:
    package = tmp_path / "cora_bot"
    (package / "shipped" / "locales").mkdir(parents=True)
    (tmp_path / "locales").mkdir()
    assert shipped("locales", package=package) == package / "shipped" / "locales"


def test_shipped_in_a_checkout_lies_next_to_the_package(tmp_path: Path) -> None:
    package = tmp_path / "cora_bot"
    package.mkdir()
    (tmp_path / "locales").mkdir()
    assert shipped("locales", package=package) == tmp_path / "locales"


def test_shipped_of_an_incomplete_installation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CoraError, match="the folder locales is missing from this installation"):
        shipped("locales", package=tmp_path / "cora_bot")


@pytest.mark.parametrize("name", ["locales", "surveys"])
def test_shipped_here_is_the_checkouts_own(name: str) -> None:
    assert shipped(name) == Path(__file__).parents[2] / name
