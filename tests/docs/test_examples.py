"""DO-05 the examples in the pages are real: the study is read, the form compiles, settings and files exist.
DO-06 tables and excerpts in the pages say what the code says.
"""

from __future__ import annotations

import ast
import re

from cora_bot.base.chance import CODE_LETTERS
from cora_bot.base.problems import errors
from cora_bot.dialogue.handlers.asides import PAUSE_WEEKS
from cora_bot.dialogue.handlers.guessing import CODES_ALLOWED, WITHIN
from cora_bot.dialogue.handlers.inviting import LATER_HOURS
from cora_bot.dialogue.handlers.missed import MISSED_AFTER
from cora_bot.dialogue.phrases import COMMANDS, INVITATION
from cora_bot.dialogue.scene import EMPTIED_AFTER
from cora_bot.export import consents, contacts, dispositions, folder, response, tables, visit_files, visits
from cora_bot.export.bundle_format import (
    CASE_COLUMNS,
    CONTACT_COLUMNS,
    OCCURRENCE_COLUMNS,
    OUTAGE_COLUMNS,
    VISIT_COLUMNS,
)
from cora_bot.forms.compile import compile_form
from cora_bot.forms.support import SUPPORTED
from cora_bot.settings import read_settings
from cora_bot.store import keystore
from cora_bot.store.tables import metadata
from cora_bot.study.reader import read_study
from cora_bot.usecases.load_study import load_script
from cora_bot.vault.passphrase import SHORTEST
from tests.base.test_logging import calls
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


def test_operators_files_are_there() -> None:
    named = set(re.findall(r"\bdeploy/[\w./-]+\w", text_of(OPERATORS)))
    assert "deploy/cora.service" in named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_operators_paths_are_those_of_the_service() -> None:
    unit = text_of(ROOT / "deploy" / "cora.service") + text_of(ROOT / "deploy" / "cora-server")
    named = set(
        re.findall(r"(?<![\w])/(?:etc/cora|var/lib/cora|opt/cora)(?:/secrets/[\w.]+|/study|/settings)?\b", unit)
    )
    assert [path for path in sorted(named) if path not in text_of(OPERATORS)] == []


def test_settings_example_is_read() -> None:
    lines = [line for line in typed_lines(OPERATORS) if re.match(r"CORA_[A-Z_]+=", line)]
    assert read_settings(dict(line.split("=", 1) for line in lines)).bot == "staying_in_touch_bot"


def test_shortest_server_passphrase_is_named() -> None:
    assert f"(`--passphrase-file`, at least {SHORTEST} characters)" in " ".join(text_of(OPERATORS).split())


def test_every_action_of_the_log_is_explained() -> None:
    actions = {str(node.args[0].value) for _, node in calls() if isinstance(node.args[0], ast.Constant)}
    table = text_of(OPERATORS).partition("| action |")[2].partition("\n\n")[0]
    assert sorted(action for action in actions if f"`{action}`" not in table) == []


def test_supported_question_types_are_listed() -> None:
    assert f"Question types: {SUPPORTED}; and" in " ".join(text_of(RESEARCHERS).split())


def test_excerpts_have_the_columns_of_the_export() -> None:
    headers = [excerpt.splitlines()[0].split(",") for excerpt in blocks(RESEARCHERS, "csv")]
    expected = (
        tables.LONG_HEADER,
        tables.WIDE_HEADER,
        dispositions.HEADER,
        consents.HEADER,
        visit_files.HEADER,
    )
    assert headers == [list(header) for header in expected]


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
    assert rows["`outages.csv`"].partition(":")[0] == codes(OUTAGE_COLUMNS)
    assert rows["`visits.csv`"].partition(":")[0] == codes(VISIT_COLUMNS)


def test_export_columns_are_those_of_the_export() -> None:
    rows = parts("Export")
    assert rows["`answers_long.csv`"] == codes(tables.LONG_HEADER)
    assert rows["`answers_wide.csv`"].partition(";")[0] == codes(tables.WIDE_HEADER)
    assert rows["`dispositions.csv`"] == codes(dispositions.HEADER)
    assert rows["`consents.csv`"] == codes(consents.HEADER)
    assert rows["`response.csv`"] == codes(response.HEADER)
    assert rows["`contacts.csv`"] == codes(contacts.HEADER)
    assert rows["`visits.csv`"] == codes(visits.HEADER)
    assert rows["`visit_files.csv`"].partition(":")[0] == codes(visit_files.HEADER)


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
    assert CODES_ALLOWED == 5 and "After five messages that are no good code" in page
    assert WITHIN.total_seconds() == 3600 and "silent in this chat for an hour" in page
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


def test_researchers_figure_of_what_is_late_is_that_of_the_program() -> None:
    assert MISSED_AFTER.total_seconds() == 3 * 3600
    assert "once it is more than three hours late" in " ".join(text_of(RESEARCHERS).split())
