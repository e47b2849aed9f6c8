"""DO-05 the examples in the pages are real: the study is read, the form compiles, the key script makes a key.
DO-06 tables and excerpts in the pages say what the code says.
"""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from bot.cli import cora
from cora_bot.base.chance import CODE_LETTERS
from cora_bot.base.problems import errors
from cora_bot.dialogue.handlers.arriving import MISSES_ALLOWED, MISSES_WITHIN
from cora_bot.dialogue.handlers.asides import PAUSE_WEEKS
from cora_bot.dialogue.handlers.inviting import LATER_HOURS
from cora_bot.dialogue.phrases import COMMANDS, INVITATION
from cora_bot.dialogue.scene import EMPTIED_AFTER
from cora_bot.export import consents, contacts, dispositions, folder, response, tables
from cora_bot.export.bundle_format import CASE_COLUMNS, CONTACT_COLUMNS, OCCURRENCE_COLUMNS
from cora_bot.forms.compile import compile_form
from cora_bot.forms.support import SUPPORTED
from cora_bot.settings import read_settings
from cora_bot.store import keystore
from cora_bot.store.tables import metadata
from cora_bot.study.reader import read_study
from cora_bot.usecases.load_study import load_script
from cora_bot.vault.passphrase import SHORTEST
from cora_bot.vault.server_keys import load_keys
from tests.docs.pages import DOCS, ROOT, blocks, table_rows, text_of, typed_lines

RESEARCHERS = DOCS / "researchers.md"
OPERATORS = DOCS / "operators.md"
FORMATS = DOCS / "formats.md"
COUNSELLORS = DOCS / "counsellors.md"


def codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def parts(heading: str) -> dict[str, str]:
    """The two-column table under a heading of the page of formats."""
    below = text_of(FORMATS).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").partition(" | ") for line in below.splitlines() if line.startswith("| `")]
    return {name: content for name, _, content in rows}


def test_study_example_is_read_without_error() -> None:
    (example,) = blocks(RESEARCHERS, "toml")
    study, problems = read_study(example, file="study.toml")
    assert [str(problem) for problem in errors(problems)] == []
    assert study is not None
    assert [problem.code for problem in problems] == ["study.draft", "study.draft", "study.not_open"]


def test_form_example_compiles_without_a_finding() -> None:
    (example,) = blocks(RESEARCHERS, "xlsform")
    compiled = compile_form(example.encode(), file="monthly.md")
    assert list(compiled.problems) == []
    assert compiled.form is not None
    assert [question.name for question in compiled.form.questions if question.sealed] == ["message"]


def test_key_script_makes_a_key_the_server_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (script,) = blocks(OPERATORS, "python")
    (tmp_path / "make_key.py").write_text(script)
    monkeypatch.chdir(tmp_path)
    runpy.run_path("make_key.py")
    load_keys(tmp_path / "server.key")
    assert (tmp_path / "server.key").stat().st_mode & 0o777 == 0o600


def test_environment_example_is_read_and_used_by_the_unit() -> None:
    lines = [line for line in typed_lines(OPERATORS) if re.match(r"CORA_[A-Z_]+=", line)]
    settings = read_settings(dict(line.split("=", 1) for line in lines))
    (unit,) = blocks(OPERATORS, "ini")
    assert f"ReadWritePaths={settings.home}\n" in unit
    assert settings.server_key is not None
    assert settings.home not in settings.server_key.parents
    command = re.search(r"^ExecStart=\S+/cora (\S+)$", unit, re.MULTILINE)
    assert command is not None
    assert command[1] in cora.commands


def test_supported_question_types_are_listed() -> None:
    assert f"Question types: {SUPPORTED}; and" in " ".join(text_of(RESEARCHERS).split())


def test_excerpts_have_the_columns_of_the_export() -> None:
    headers = [excerpt.splitlines()[0].split(",") for excerpt in blocks(RESEARCHERS, "csv")]
    assert headers == [
        list(header) for header in (tables.LONG_HEADER, tables.WIDE_HEADER, dispositions.HEADER, consents.HEADER)
    ]


def test_excerpts_have_rows_that_fit_their_columns() -> None:
    for excerpt in blocks(RESEARCHERS, "csv"):
        header, *rows = excerpt.splitlines()
        assert {row.count(",") for row in rows} <= {header.count(",")}


def test_dispositions_are_those_of_the_export() -> None:
    rows = [row for row in table_rows(RESEARCHERS) if row[0] in dispositions.AAPOR]
    assert rows == [(key, dispositions.AAPOR[key], dispositions.MEANINGS[key]) for key in dispositions.AAPOR]


def test_every_file_of_an_export_is_explained() -> None:
    for page in (RESEARCHERS, FORMATS):
        assert [name for name in folder.FILES if f"`{name}`" not in text_of(page)] == []


def test_bundle_columns_are_those_of_the_bundle() -> None:
    rows = parts("Bundle")
    assert rows["`cases.csv`"] == codes(CASE_COLUMNS)
    assert rows["`occurrences.csv`"] == codes(OCCURRENCE_COLUMNS)
    assert rows["`contacts.csv`"].partition(":")[0] == codes(CONTACT_COLUMNS)


def test_export_columns_are_those_of_the_export() -> None:
    rows = parts("Export")
    assert rows["`answers_long.csv`"] == codes(tables.LONG_HEADER)
    assert rows["`answers_wide.csv`"].partition(";")[0] == codes(tables.WIDE_HEADER)
    assert rows["`dispositions.csv`"] == codes(dispositions.HEADER)
    assert rows["`consents.csv`"] == codes(consents.HEADER)
    assert rows["`response.csv`"] == codes(response.HEADER)
    assert rows["`contacts.csv`"] == codes(contacts.HEADER)


def test_every_table_of_the_stores_is_described() -> None:
    described = re.findall(r"`(\w+)`", "\n".join(re.findall(r"^- (`[^:]+):", text_of(FORMATS), re.MULTILINE)))
    assert sorted(described) == sorted([*metadata.tables, *keystore.metadata.tables])


def test_languages_page_lists_the_study_s_languages_and_their_review() -> None:
    study = load_script(ROOT / "surveys" / "returnee_follow_up").study
    rows = [row[:3:2] for row in table_rows(DOCS / "languages.md")[1:]]
    assert rows == [(f"`{one.code}`", one.review) for one in study.languages]


def test_counsellors_commands_are_those_of_the_menu() -> None:
    shown = [row[0] for row in table_rows(COUNSELLORS) if row[0].startswith("`/")]
    assert shown == [f"`/{name}`" for name in COMMANDS]


def test_counsellors_figures_are_those_of_the_program() -> None:
    page = " ".join(text_of(COUNSELLORS).split())
    assert MISSES_ALLOWED == 5 and "After five messages that are no good code" in page
    assert MISSES_WITHIN.total_seconds() == 3600 and "silent in this chat for an hour" in page
    assert LATER_HOURS == 3 and "asked again after about three hours" in page
    assert tuple(PAUSE_WEEKS) == (1, 2, 4) and "a break of 1, 2 or 4 weeks" in page
    assert EMPTIED_AFTER.total_seconds() == 600 and "at the latest after ten minutes" in page
    absent = sorted(set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") - set(CODE_LETTERS))
    assert absent == sorted("IOSBL0158") and "The letters I, O, S, B, L and the digits 0, 1, 5, 8" in page
    assert INVITATION in page


def test_shortest_passphrase_is_named() -> None:
    assert f"(at least {SHORTEST} characters)" in " ".join(text_of(RESEARCHERS).split())


def test_dpia_names_what_is_for_others_to_complete() -> None:
    page = text_of(DOCS / "dpia.md")
    assert "For your data protection officer to complete" in page
    assert page.count("⟦") == page.count("⟧")
    assert len(blocks(DOCS / "dpia.md", "mermaid")) == 1


def test_readme_names_buttons_that_the_demonstration_has() -> None:
    steps = text_of(ROOT / "README.md").partition("In the demo:")[2].partition("## ")[0]
    page = re.sub(r"\s+", " ", text_of(ROOT / "bot" / "pilot" / "page" / "index.html"))
    named = re.findall(r"\*\*([^*]+)\*\*", steps)
    assert len(named) == 4
    assert [name for name in named if name not in page] == []
