"""CL-10 ``cora check`` prints every problem of a study or a form in one run, with file, sheet, row and mend.
CL-11 It finds never-show words in whatever a locked phone may show, and sentences a language lacks.
CL-12 It shows what is reviewed and what is sealed on arrival.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cora_bot.cli.catalogs import catalog_problems, seen_unasked, sentences
from cora_bot.dialogue import phrases
from cora_bot.study.check import check_never_show
from cora_bot.study.reader import read_study
from tests.cli.running import cora
from tests.dialogue.test_alerting import SAFE, SETTINGS
from tests.export.samples import STUDY_TOML

ROOT = Path(__file__).parents[2]
STUDY = ROOT / "surveys" / "returnee_follow_up"

FORM = """
| survey |
| | type | name | label::English (en) | relevant |
| | select_one work | work | Do you have work? | |
| | text | story | Tell us more. | ${work} = 'yes' |

| choices |
| | list_name | name | label::English (en) |
| | work | yes | Yes |
| | work | no | No |

| settings |
| | form_id | form_title | version | default_language |
| | small | Small | 3 | English (en) |
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    copy = tmp_path / "study"
    shutil.copytree(STUDY, copy)
    return copy


def test_check_of_the_shipped_study_finds_no_error() -> None:
    said = cora("check", STUDY)
    assert (said.code, said.err.splitlines()[-1].split(",")[0]) == (0, "0 errors")


def test_check_shows_what_is_reviewed_and_what_is_sealed(study: Path) -> None:
    toml = study / "study.toml"
    head, _, rest = toml.read_text().partition('code = "de"')
    english = head.replace('review = "draft"', 'review = "reviewed"')
    german = rest.replace('review = "reviewed"', 'review = "draft"', 1)
    toml.write_text(f'{english}code = "de"{german}')
    lines = cora("check", study).out.splitlines()
    assert lines[1] == "  en       English: study's texts reviewed by a speaker, bot's own sentences as written"
    assert lines[2].startswith("  de       Deutsch: study's texts DRAFT, bot's own sentences ")
    at = lines.index(next(line for line in lines if line.startswith("Form check_in")))
    assert lines[at + 2] == "  sealed on arrival: message"


def test_check_prints_problems_of_study_and_forms_in_one_run(study: Path) -> None:
    toml = study / "study.toml"
    toml.write_text(toml.read_text().replace("default_hour = 10", "default_hour = 3"))
    form = study / "forms" / "check_in.md"
    form.write_text(form.read_text().replace("| select_one ", "| select_one_of ", 1))
    said = cora("check", study)
    assert said.code == 1
    codes = [line for line in said.err.splitlines() if line.startswith("error: ")]
    assert any(line.startswith("error: study.toml: default_hour: 3 lies in the quiet hours") for line in codes)
    assert any(line.startswith("error: forms/check_in.md, sheet survey, row ") for line in codes)


def test_check_finds_never_show_words_in_unasked_sentences(study: Path) -> None:
    toml = study / "study.toml"
    text = toml.read_text()
    head, _, rest = text.partition("[never_show]\n")
    toml.write_text(f'{head}[never_show]\nen = ["short message"]\n' + rest.partition("\n")[2])
    said = cora("check", study)
    assert said.code == 1
    assert "sentence nobody asked for (en) holds “short message”" in said.err


def test_check_says_when_there_is_no_study(tmp_path: Path) -> None:
    said = cora("check", tmp_path)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"error: study.toml: there is no study.toml in {tmp_path}")


def test_check_of_a_single_form(tmp_path: Path) -> None:
    path = tmp_path / "small.md"
    path.write_text(FORM)
    said = cora("check", path)
    assert said.out == "Form small, version 3: 2 questions\n  languages: en\n  sealed on arrival: story\n"
    assert (said.code, said.err) == (0, "0 errors, 0 warnings\n")


def test_check_names_sheet_and_row_of_a_mistake_in_a_form(tmp_path: Path) -> None:
    path = tmp_path / "small.md"
    path.write_text(FORM.replace("${work}", "${wrok}"))
    said = cora("check", path)
    assert said.code == 1
    assert said.err.startswith("error: small.md, sheet survey, row 5: ")
    assert "wrok" in said.err


@pytest.mark.parametrize(
    ("name", "content", "beginning"),
    [
        ("empty.md", b"", "error: empty.md"),
        ("broken.xlsx", b"PK\x03\x04 not a workbook", "error: broken.xlsx"),
        ("broken.xml", b"<html", "error: broken.xml"),
        ("latin.md", "| survey |\n| | text | caf\xe9 |".encode("latin-1"), "error: latin.md"),
        ("notes.docx", b"hello", "Error: "),
        ("study.toml", b"", "Error: "),
    ],
)
def test_check_of_something_else_is_one_sentence(tmp_path: Path, name: str, content: bytes, beginning: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    said = cora("check", path)
    assert said.code == 1
    assert said.err.startswith(beginning)
    assert "Traceback" not in said.err


def test_check_of_nothing_is_a_usage_error(tmp_path: Path) -> None:
    assert cora("check", tmp_path / "none").code == 2


def test_sentences_are_all_that_hold_a_word() -> None:
    found = sentences()
    assert {*phrases.UNSOLICITED, *phrases.COMMANDS.values(), *phrases.STRANGER_PHRASES} <= set(found)
    assert phrases.NEUTRAL not in found


def test_catalog_problems_name_what_is_missing_or_has_other_fields(tmp_path: Path) -> None:
    folder = tmp_path / "locales" / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    entries = "".join(
        f"msgid {quoted(sentence)}\nmsgstr {quoted(translated)}\n\n"
        for sentence in sentences()
        if (translated := {phrases.OPEN: "", phrases.YOU_WROTE: "كتبت {answr}"}.get(sentence, sentence)) is not None
    )
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "cora.po").write_text(header + entries, encoding="utf-8")
    found = [(one.code, one.message) for one in catalog_problems(tmp_path / "locales", ["en", "ar", "sq"])]
    assert found == [
        ("catalog.untranslated", f"not translated: “{phrases.OPEN}”"),
        ("catalog.fields", f"other fields than “{phrases.YOU_WROTE}”"),
        ("catalog.missing", "the bot's own sentences are not there in sq"),
    ]


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def test_seen_unasked_covers_sentences_commands_strangers_and_title() -> None:
    study, _ = read_study(STUDY_TOML.replace("Staying in touch", "The return study"), file="study.toml")
    assert study is not None
    shown = seen_unasked(study, phrases.Phrases({}))
    asked = (phrases.STRANGER_PHRASES, phrases.CARD_PHRASES, phrases.STAFF_PHRASES)
    groups = (phrases.UNSOLICITED, phrases.COMMANDS, *asked)
    assert len(shown) == 1 + 2 * sum(len(group) for group in groups)
    assert [one.message for one in check_never_show(study.never_show, shown)] == ["study title (en) holds “return”"]


def test_check_names_what_somebody_must_look_at(tmp_path: Path) -> None:
    path = tmp_path / "safe.md"
    path.write_text(SAFE.strip("\n") + "\n" + SETTINGS.strip("\n") + "\n")
    said = cora("check", path)

    assert said.out.splitlines()[-2:] == ["  sealed on arrival: more", "  somebody must look: safe, why"]
    assert said.code == 0
