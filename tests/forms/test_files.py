"""F-40 lists from files beside the form are chosen from, filtered and looked up; F-41 they become part of the XForm, so
that it needs no file; F-42 a file that cannot be used is a problem with its name, in bounded time."""

from __future__ import annotations

import json

import pytest

from cora_bot.forms.compile import compile_form
from cora_bot.forms.files import MAX_FILE, MAX_ITEMS
from cora_bot.forms.load import load_xform
from cora_bot.forms.support import ANY
from cora_bot.forms.walk import Walk
from tests.forms.support import begin, form, moment, stored, table

TOWNS = """
| survey |
| | type | name | label::English (en) | choice_filter | calculation | parameters |
| | select_one_from_file regions.csv | region | Region? | | | |
| | select_one_from_file towns.csv | town | Town? | region = ${region} | | value=code label=called |
| | calculate | people | | | pulldata('towns', 'people', 'code', ${town}) | |
| | calculate | many | | | count(instance('towns')/root/item[people > 100]) | |
| | calculate | said | | | jr:choice-name(${town}, '${town}') | |
"""
FILES = {
    "regions.csv": b"name,label\nn,North\ns,South\n",
    "towns.csv": (
        "\ufeffcode;called;region;people;my notes\r\n"
        "maz;Mazar;n;400;x\r\n"
        'kun;"Kunduz; the town";n;90;\r\n'
        "zar;Zaranj;s;150;\r\n"
    ).encode(),
}


def test_choices_come_from_a_file_and_are_filtered() -> None:
    walk = begin(TOWNS, media=FILES)
    stored(walk.choose(0, 0))
    shown = walk.shown("en")
    assert shown is not None
    assert [(c.index, c.value, c.label) for c in shown.choices] == [(0, "maz", "Mazar"), (1, "kun", "Kunduz; the town")]
    stored(walk.choose(1, 1))
    assert walk.values() == {
        "/data/region": "n",
        "/data/town": "kun",
        "/data/people": "90",
        "/data/many": "2",
        "/data/said": "Kunduz; the town",
    }


def test_form_with_files_is_stored_whole() -> None:
    made = form(TOWNS, media=FILES)
    again = load_xform(made.xform)
    assert (again.hash, again.questions) == (made.hash, made.questions)
    assert form(TOWNS, media={**FILES, "regions.csv": b"name,label\nn,Nord\n"}).hash != made.hash


def test_column_that_cannot_be_named_is_left_out_with_a_warning() -> None:
    made = compile_form(table(TOWNS), file="test.md", media=FILES)
    assert [(p.code, p.message) for p in made.problems] == [
        ("form.file-column", "towns.csv: the column “my notes” cannot be named in a form and is left out")
    ]


def test_file_not_there_is_a_problem() -> None:
    made = compile_form(table(TOWNS), file="test.md", media={"regions.csv": FILES["regions.csv"]})
    assert made.form is None
    assert ("form.file", "the form reads jr://file-csv/towns.csv, which is not there") in [
        (problem.code, problem.message) for problem in made.problems
    ]


PLACES = """
| survey |
| | type | name | label::English (en) | calculation |
| | select_one_from_file camps.{suffix} | camp | Camp? | |
| | calculate | where | | instance('camps')/root/item[{key} = ${{camp}}]/geometry |
"""


def test_geojson_features_are_choices_with_their_place() -> None:
    features = [
        {
            "type": "Feature",
            "id": "c1",
            "geometry": {"type": "Point", "coordinates": [69.2, 34.5]},
            "properties": {"title": "Camp one", "open": True},
        },
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
            "properties": {"id": "c2", "title": "Camp two", "open": None},
        },
    ]
    file = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    walk = begin(PLACES.format(suffix="geojson", key="id"), media={"camps.geojson": file})
    stored(walk.choose(0, 0))
    assert walk.values() == {"/data/camp": "c1", "/data/where": "34.5 69.2 0 0"}
    walk.back()
    stored(walk.choose(0, 1))
    assert walk.values() == {"/data/camp": "c2", "/data/where": "2 1 0 0; 4 3 0 0"}


def test_xml_items_are_choices() -> None:
    file = b"<root><!-- two --><item><name>a</name><label>A &amp; B</label><geometry>1 2 0 0</geometry></item></root>"
    walk = begin(PLACES.format(suffix="xml", key="name"), media={"camps.xml": file})
    shown = walk.shown("en")
    assert shown is not None
    assert [(choice.value, choice.label) for choice in shown.choices] == [("a", "A & B")]
    stored(walk.choose(0, 0))
    assert walk.values()["/data/where"] == "1 2 0 0"


LAUGHS = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><root><item><name>&b;</name></item></root>'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("camps.csv", "name,label\ná,é\n".encode("latin-1"), "not UTF-8"),
        ("camps.csv", "name,label\na,b\n".encode("utf-16"), "not UTF-8"),
        ("camps.csv", b"name,label,name\na,b,c\n", "twice"),
        ("camps.csv", b"name,label\na,b,c\n", "more cells"),
        ("camps.csv", b"", "first row"),
        ("camps.csv", b'name,label\n"a,b\n', "row"),
        ("camps.csv", b"name,label\n" + b"a,b\n" * (MAX_ITEMS + 1), "rows"),
        ("camps.csv", b"a" * (MAX_FILE + 1), "bytes"),
        ("camps.xml", LAUGHS, "harmless"),
        ("camps.xml", b"<root>", "harmless"),
        ("camps.xml", b"<root>" + b"<a>" * 50 + b"</a>" * 50 + b"</root>", "nested"),
        ("camps.geojson", b"[" * 100_000, "GeoJSON"),
        ("camps.geojson", b'{"type": "FeatureCollection", "features": [1]}', "properties"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_file_that_cannot_be_used_is_a_problem_with_its_name(name: str, content: bytes, said: str) -> None:
    text = PLACES.format(suffix=name.rpartition(".")[2], key="name")
    made = compile_form(table(text), file="test.md", media={name: content}, channel=ANY)
    found = [problem.message for problem in made.problems if problem.code == "form.file"]
    assert made.form is None
    assert (len(found), found[0].startswith(f"{name}: "), said in found[0]) == (1, True, True)


def test_list_of_ten_thousand_is_filtered_in_a_walk() -> None:
    rows = "".join(f"t{n},Town {n},{'n' if n % 2 else 's'},{n}\n" for n in range(MAX_ITEMS))
    files = {**FILES, "towns.csv": f"code,called,region,people\n{rows}".encode()}
    walk = begin(TOWNS, media=files)
    stored(walk.choose(0, 1))
    shown = walk.shown("en")
    assert shown is not None
    assert (len(shown.choices), shown.choices[-1].value) == (5_000, "t9998")
    stored(walk.choose(1, 9_998))
    again = Walk.resume(walk.form, walk.save(), moment())
    assert again.values()["/data/people"] == "9998"
