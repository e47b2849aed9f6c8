"""CL-20 ``cora try`` walks a form on the conversation people have: numbers press, text answers, b goes back.
CL-21 It writes nothing, and shows at the end what would have been stored.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import cora
from tests.cli.test_check import FORM

STUDY = Path(__file__).parents[2] / "surveys" / "returnee_follow_up"

NUMBERS = """
| survey |
| | type | name | label::English (en) | required |
| | integer | rooms | How many rooms? | yes |

| settings |
| | form_id | form_title | version | default_language |
| | rooms | Rooms | 1 | English (en) |
"""


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "small.md"
    path.write_text(FORM)
    return path


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_try_walks_to_the_end_and_shows_what_would_be_stored(form: Path) -> None:
    said = cora("try", form, typed="1\nWe found a home\n")
    assert said.code == 0
    assert lines(said.out)[-3:] == [
        "Would be stored, sealed:",
        "/data/work = yes",
        "/data/story (sealed on arrival) = We found a home",
    ]
    assert [path.name for path in form.parent.iterdir()] == ["small.md"]


def test_try_goes_back_with_b_and_forgets_what_no_longer_counts(form: Path) -> None:
    said = cora("try", form, typed="1\nb\n2\n")
    assert lines(said.out)[-2:] == ["Would be stored, sealed:", "/data/work = no"]


def test_try_takes_a_bare_number_as_an_answer_where_one_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "rooms.md"
    path.write_text(NUMBERS)
    said = cora("try", path, typed="x\n1\n")
    assert lines(said.out)[-1] == "/data/rooms = 1"


def test_try_says_when_there_is_no_such_button(form: Path) -> None:
    said = cora("try", form, typed="99\nq\n")
    assert "There is no such button. Type a number, text, b (back) or q (quit)." in lines(said.out)


@pytest.mark.parametrize("typed", ["q\n", "1\nQ\n", ""])
def test_try_stores_nothing_when_left(form: Path, typed: str) -> None:
    said = cora("try", form, typed=typed)
    assert (said.code, lines(said.out)[-1].removeprefix("> ")) == (0, "Left. Nothing was stored.")


def test_try_walks_in_the_chosen_language() -> None:
    said = cora("try", STUDY / "forms" / "return_check.md", "--lang", "fa-AF", typed="q\n")
    assert "آیا روزی که به ما گفته بودید هنوز درست است؟" in said.out


def test_try_names_the_languages_there_are() -> None:
    said = cora("try", STUDY / "forms" / "return_check.md", "--lang", "fr", typed="q\n")
    assert (said.code, said.err) == (
        1,
        "Error: there is no language 'fr' here\n    There are: en, de, ar, fa-AF, sq.\n",
    )


def test_try_of_a_broken_form_prints_its_problems(form: Path) -> None:
    form.write_text(FORM.replace("${work}", "${wrok}"))
    said = cora("try", form)
    assert said.code == 1
    assert said.err.startswith("error: small.md, sheet survey, row 5: ")


@pytest.mark.parametrize("name", ["consent", "arrival", "check_in", "return_check"])
def test_try_shows_the_first_question_of_every_shipped_form(name: str) -> None:
    said = cora("try", STUDY / "forms" / f"{name}.md", typed="q\n")
    assert (said.code, said.err) == (0, "")
    assert "  1  " in said.out


def test_try_of_the_consent_form_ends_with_the_receipt_and_its_record() -> None:
    said = cora("try", STUDY / "forms" / "consent.md", typed="2\n1\n1\n1\n1\n1\n1\n2\n2\n2026-11-01\n1\n")
    assert said.code == 0
    stored = dict(line.split(" = ") for line in lines(said.out) if line.startswith("/data/"))
    assert (stored["/data/agree"], stored["/data/return_date"]) == ("yes", "2026-11-01")


def test_try_of_a_refused_consent_would_store_nothing() -> None:
    said = cora("try", STUDY / "forms" / "consent.md", typed="4\n1\n")
    assert (said.code, lines(said.out)[-1]) == (0, "Nothing would be stored.")


def test_try_takes_places_and_files(tmp_path: Path) -> None:
    path = tmp_path / "sent.md"
    path.write_text("""
| survey |
| | type | name | label::English (en) |
| | geopoint | here | Where? |
| | image | photo | A picture? |

| settings |
| | form_id | form_title | version | default_language |
| | sent | Sent | 1 | English (en) |
""")
    said = cora("try", path, typed="@nowhere\n@34.5 69.2\n+voice\n+photo\n")
    assert lines(said.out)[-2:] == ["/data/here (sealed on arrival) = 34.5 69.2 0 0", "/data/photo = (a file)"]
