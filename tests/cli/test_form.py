"""CL-25 ``cora form xml`` prints the XForm that a tablet takes. CL-26 ``cora try --answers`` walks without asking and
tells line by line what JavaRosa tells of the same form and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from tests.cli.running import cora
from tests.forms.large_forms import household_survey, verbal_autopsy
from tests.support import javarosa

VISIT = """
| survey |
| | type | name | label::English (en) | label::Dari (fa-AF) | relevant | constraint | constraint_message::English (en) | required | choice_filter | repeat_count |
| | text | nick | Name? | نام؟ | | | | yes | | |
| | integer | age | Age of ${nick}? | سن؟ | | . < 120 | Too old | | | |
| | begin group | home | Home | خانه | ${age} > 3 | | | | | |
| | note | hello | Hello ${nick} | سلام | | | | | | |
| | select_one town | town | Town? | شهر؟ | | | | | region = 'n' | |
| | end group | | | | | | | | | |
| | begin repeat | child | Child | کودک | | | | | | |
| | begin group | about | About | | | | | | | |
| | text | called | Called? | | | | | | | |
| | end group | | | | | | | | | |
| | end repeat | | | | | | | | | |
| | begin repeat | trip | Trip | سفر | | | | | | ${age} |
| | text | to | To? | | | | | | | |
| | end repeat | | | | | | | | | |
| | date | since | Since? | | | . <= today() | | | | |
| choices |
| | list_name | name | label::English (en) | label::Dari (fa-AF) | region |
| | town | kabul | Kabul | کابل | n |
| | town | herat | Herat | | w |
| | town | mazar | Mazar | | n |
| settings |
| | form_title | form_id | version | default_language |
| | Visit | visit | 3 | English (en) |
"""  # noqa: E501 -- a table's row is one line
AGAIN = """
| survey |
| | type | name | label | calculation | bind::cora:keep |
| | csv-external | returnee | | | |
| | calculate | before | | ${last-saved#town} | |
| | calculate | was | | instance('returnee')/root/item/work | |
| | text | town | Still in ${before}? | | yes |
| | note | work | Still ${was}? | | |
| settings |
| | form_title | form_id | version | default_language | namespaces |
| | Again | again | 1 | English (en) | cora="urn:cora" |
"""
ANSWERS: dict[str, Any] = {
    "/data/nick": ["", "Amal"],
    "/data/age": ["200", "2"],
    "+/data/child": 1,
    "/data/child/about/called": "Ana",
    "/data/child[2]/about/called": "Bea",
    "/data/trip/to": "here",
    "/data/trip[2]/to": "there",
    "/data/since": ["2999-01-01", "2026-01-02"],
    "#lang": "English (en)",
}
HOUSEHOLD = {
    "/data/region": "north",
    "/data/town": "mazar",
    "/data/before": "kunduz",
    "/data/back": "2025-03-04",
    "/data/size": ["0", "2"],
    **{f"/data/member{n}/nick": nick for n, nick in (("", "Ana"), ("[2]", "Bea"))},
    **{f"/data/member{n}/age": age for n, age in (("", "34"), ("[2]", "9"))},
    **{f"/data/member{n}/illnesses": "2" for n in ("", "[2]")},
    "/data/member/illness/cost": "12",
    "/data/member/illness[2]/cost": "3",
    "/data/h0/h0_0": "yes no",
    "/data/h0/h0_0_how": "4",
    "+/data/source": 1,
    "/data/source/amount": "30.5",
    "/data/source[2]/amount": "9.25",
    "/data/again": "yes",
    "#lang": "Dari (fa-AF)",
}
AUTOPSY = {
    "/data/consent": "yes",
    "/data/deceased/sex": "f",
    "/data/deceased/born": "1981-02-03",
    "/data/deceased/died": ["1970-01-01", "2026-04-05"],
    **{f"/data/illness/s{n}": "yes" for n in range(0, 65, 3)},
    **{f"/data/illness/s{n}_unit": "days" for n in range(0, 65, 3)},
    **{f"/data/illness/s{n}_days": ["99", "9"] for n in range(0, 65, 3)},
    "/data/mother/pregnant": "yes",
    "#lang": "English (en)",
}


@pytest.fixture
def visit(tmp_path: Path) -> Path:
    path = tmp_path / "visit.md"
    path.write_text(VISIT, "utf-8")
    return path


def test_form_xml_prints_the_xform(visit: Path) -> None:
    said = cora("form", "xml", visit)
    top = fromstring(said.out)
    assert (said.code, top.tag.rpartition("}")[2], said.out.count("<bind ")) == (0, "html", 9)


def test_form_xml_writes_lists_into_the_form(tmp_path: Path) -> None:
    survey = VISIT.replace("select_one town |", "select_one_from_file towns.csv |")
    (tmp_path / "visit.md").write_text(survey, "utf-8")
    (tmp_path / "towns.csv").write_text("name,label,region\nkabul,Kabul,n\n", "utf-8")
    said = cora("form", "xml", tmp_path / "visit.md")
    assert (
        said.code,
        said.out.count("jr://file"),
        said.out.count("<name>kabul</name><label>Kabul</label><region>n</region>"),
    ) == (0, 0, 1)


def test_form_xml_of_a_form_with_errors_names_them(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text(VISIT.replace("${age} > 3", "${nobody} > 3"), "utf-8")
    said = cora("form", "xml", tmp_path / "bad.md")
    assert (said.code, said.out, "nobody" in said.err) == (1, "", True)


def test_form_xml_of_no_file_is_typed_wrongly(tmp_path: Path) -> None:
    assert cora("form", "xml", tmp_path / "nothing.md").code == 2


def test_answers_are_walked_without_asking(visit: Path) -> None:
    events = walked(visit, ANSWERS)
    assert events[0] == {
        "ref": "/data/nick",
        "event": "question",
        "label": "Name?",
        "required": True,
        "readonly": False,
        "answers": [
            {"value": "", "result": "required", "message": ""},
            {"value": "Amal", "result": "ok", "message": ""},
        ],
    }
    assert events[1]["answers"][0] == {"value": "200", "result": "constraint", "message": "Too old"}
    entered = ["/data/child", "/data/child/about", "/data/child/about/called", "/data/child[2]"]
    assert [each["ref"] for each in events[2:6]] == entered
    assert (events[-1]["event"], "<called>Bea</called>" in events[-1]["instance"]) == ("END", True)


def test_what_was_before_stands_in_the_file_of_answers(tmp_path: Path) -> None:
    form = tmp_path / "again.md"
    form.write_text(AGAIN, "utf-8")
    events = walked(form, {"#last": {"/data/town": "Herat"}, "#returnee": {"name": "p1", "work": "baker"}})
    assert [each["label"] for each in events[:-1]] == ["Still in Herat?", "Still baker?"]


def test_output_is_the_same_each_time(visit: Path) -> None:
    again = {**ANSWERS, "#now": "2026-02-01T10:00:00+00:00"}
    assert walked(visit, again) == walked(visit, again)
    too_early = walked(visit, {**ANSWERS, "#now": "2025-12-31T10:00:00+00:00"})
    assert [each["result"] for each in too_early[-2]["answers"]] == ["constraint", "constraint"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"#now": "soon"}',
        '{"#last": "x"}',
        '{"#returnee": {"a": 1}}',
        '{"/data/age": 1.5}',
        '{"/data/age": [1]}',
        "[" * 100_000,
    ],
)
def test_answers_in_another_shape_are_refused(visit: Path, text: str) -> None:
    (visit.parent / "answers.json").write_text(text, "utf-8")
    said = cora("try", visit, "--answers", visit.parent / "answers.json")
    assert (said.code, said.out) == (1, "")


def walked(form: Path, answers: dict[str, Any]) -> list[dict[str, Any]]:
    path = form.parent / "answers.json"
    path.write_text(json.dumps(answers), "utf-8")
    said = cora("try", form, "--answers", path)
    assert said.code == 0, said.err
    events: list[dict[str, Any]] = json.loads(said.out)
    return events


def lines(events: list[dict[str, Any]]) -> list[str]:
    """Every event but the last as a line of JSON. Levelled: the data type, which only the other one tells; what is
    blank or false is not there; how numbers are written, and NaN as text."""
    told = [_plain({key: value for key, value in each.items() if key != "type"}) for each in events[:-1]]
    return [json.dumps(each, ensure_ascii=False, sort_keys=True) for each in told]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"\bNaN\b", "", re.sub(r"(\d)\.0\b", r"\1", value)).strip()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return {key: _plain(each) for key, each in value.items() if each} if isinstance(value, dict) else value


def filled(theirs: Any, ours: Any) -> Any:
    """Where a language lacks a text, a tablet shows "-"; here the default language is shown."""
    if isinstance(theirs, list) and isinstance(ours, list):
        return [filled(a, b) for a, b in zip(theirs, ours, strict=False)] + theirs[len(ours) :]
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return {key: filled(value, ours.get(key)) for key, value in theirs.items()}
    return ours if theirs == "-" else theirs


def instance(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Places and texts of the final instance, without what each engine draws or times for itself.

    Levelled: in the second instance of a repeat, JavaRosa puts the instances of a repeat inside behind all the rest.
    """
    own = ("instanceID", "start", "end")
    found = _leaves(fromstring(events[-1]["instance"].encode()), "")
    return sorted((place, "" if place.rpartition("/")[2] in own else text) for place, text in found)


def _leaves(element: Any, around: str) -> Iterator[tuple[str, str]]:
    seen: dict[str, int] = {}
    yield around, re.sub(r"T00:00:00\.000\S*$", "", str(_plain(element.text or "")))
    for each in element:
        name = each.tag.rpartition("}")[2]
        seen[name] = seen.get(name, 0) + 1
        yield from _leaves(each, f"{around}/{name}[{seen[name]}]".replace("[1]", ""))


@pytest.mark.parametrize(
    ("name", "source", "answers"),
    [
        ("visit", VISIT, ANSWERS),
        ("visit in Dari", VISIT, {**ANSWERS, "#lang": "Dari (fa-AF)"}),
        ("household", household_survey(), HOUSEHOLD),
        ("autopsy", verbal_autopsy(), AUTOPSY),
        ("autopsy refused", verbal_autopsy(), {"/data/consent": "no", "#lang": "Dari (fa-AF)"}),
    ],
)
@pytest.mark.skipif(not javarosa.TOOLS, reason="CORA_JAVAROSA_TOOLS names no folder with WalkForm.java")
@pytest.mark.xdist_group("javarosa")
def test_recorded_walk_is_line_by_line_that_of_javarosa(
    tmp_path: Path, name: str, source: str, answers: dict[str, Any]
) -> None:
    form = tmp_path / "form.md"
    form.write_text(source, "utf-8")
    (tmp_path / "form.xml").write_text(cora("form", "xml", form).out, "utf-8")
    ours = walked(form, answers)
    assert javarosa.walked([tmp_path]) == {}
    theirs: list[dict[str, Any]] = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert lines(ours) == lines(filled(theirs, ours))
    assert instance(ours) == instance(theirs)
