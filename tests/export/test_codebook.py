"""EX-50 The codebook has every question, option, language and rule of every version, and how to read the tables."""

from __future__ import annotations

from cora_bot.export import contacts
from cora_bot.export.bundle_facts import OutageFact
from cora_bot.export.codebook import codebook
from cora_bot.export.columns import form_columns
from cora_bot.export.reading import READING, RESPONSE
from cora_bot.export.reasons import OCCASIONS
from cora_bot.study.reader import read_study
from tests.export.samples import CHECK_IN, OLDER, STUDY_TOML


def sections() -> dict[str, str]:
    study, _ = read_study(STUDY_TOML, file="study.toml")
    assert study is not None
    text = codebook(form_columns([OLDER, CHECK_IN]), study=study, export="ab" * 16)
    head, *parts = text.split("\n## ")
    return {"": head} | {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def test_codebook_lists_forms_newest_version_first() -> None:
    assert list(sections()) == [
        "",
        "How to read the tables",
        "Reasons in missing",
        "Outcomes in dispositions.csv",
        "Response in response.csv",
        "Outcomes in visits.csv",
        "Messages in contacts.csv",
        "Outages",
        "Languages",
        "Form check_in, version 2: Check-in",
        "Form check_in, version 1: Check-in",
    ]


def test_codebook_describes_a_form_whole() -> None:
    assert (
        sections()["Form check_in, version 2: Check-in"]
        == f"""
Languages: en, ar, fa-AF. SHA-256 of the form: `{"b" * 64}`

### work

- path: `/data/work`
- type: select_one
- label (en): Do you have work?
- label (ar): هل لديك عمل؟
- label (fa-AF): آیا کار دارید؟
- required: `true()`

| code | en | ar | fa-AF |
| --- | --- | --- | --- |
| yes | Yes | نعم | بلی |
| no | No | لا |  |
| dont_know | I don't know | لا أعرف |  |

### needs

- path: `/data/needs`
- type: select_many
- label (en): What do you need?
- label (ar): ماذا تحتاج؟
- hint (en): Several are possible.
- relevant: `/data/work = 'no'`

| code | en | ar |
| --- | --- | --- |
| money | Money | مال |
| home | A home | سكن |

### story

- path: `/data/about/story`
- type: text
- sealed on arrival: the server could not read it even while the form was open
- label (en): Please tell | us more.

### score

- path: `/data/score`
- type: calculate
- calculate: `1 + 1`

### bye (note, no answer)

- text (en): Bye
"""
    )


def test_codebook_shows_the_options_an_older_version_had() -> None:
    assert "| food |" not in sections()["Form check_in, version 2: Check-in"]
    assert "| food | Food |\n| money | Cash |" in sections()["Form check_in, version 1: Check-in"]


def test_codebook_says_how_to_read_cells_and_which_texts_are_drafts() -> None:
    parts = sections()
    assert parts["How to read the tables"].strip() == READING.partition("\n")[2].strip()
    assert parts["Response in response.csv"].strip() == RESPONSE.partition("\n")[2].strip()
    assert "| ar | العربية | draft |" in parts["Languages"]


def test_codebook_lists_outages_where_there_were_any() -> None:
    study, _ = read_study(STUDY_TOML, file="study.toml")
    assert study is not None
    outages = [OutageFact("AF", "2027-01-10T00:00", "2027-01-15T00:00")]
    text = codebook([], study=study, export="ab" * 16, outages=outages).partition("\n## Outages")[2]
    row = "| AF | 2027-01-10T00:00 | 2027-01-15T00:00 |"
    assert (row in text.partition("\n## ")[0], row in sections()["Outages"]) == (True, False)


def test_codebook_explains_every_reason_of_an_occasion() -> None:
    text = sections()["Outcomes in dispositions.csv"]
    assert [code for code in OCCASIONS if f"\n| {code} | {OCCASIONS[code]} |" not in text] == []


def test_codebook_has_the_reasons_of_missing() -> None:
    assert [line.split("|")[1].strip() for line in sections()["Reasons in missing"].splitlines() if "|" in line] == [
        "missing",
        "---",
        "skipped",
        "not_asked",
        "not_reached",
        "waiting",
        "lost",
    ]


def test_codebook_explains_every_word_of_the_contact_ledger() -> None:
    text = sections()["Messages in contacts.csv"]
    words = {line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")}
    assert words - {"reason", "state", "outcome", "---"} == {
        *contacts.REASONS,
        *contacts.STATES,
        *(word or "(empty)" for word in contacts.OUTCOMES),
    }
