"""F-47 what a tablet records by itself (a place, a sound) stays blank in the chat: at the first load and behind a
trigger, after resuming and in the instance; the author is told, and nobody is asked or tracked instead."""

from __future__ import annotations

from pathlib import Path

from cora_bot.forms.model import Kind
from cora_bot.forms.serialise import instance_xml
from cora_bot.forms.support import CHAT
from cora_bot.forms.walk import Walk
from tests.cli.running import cora
from tests.forms.support import SETTINGS, begin, form, moment, problems, stored, table

PLACES = """
| survey |
| | type | name | label::English (en) | trigger | calculation | relevant |
| | start-geopoint | began | | | | |
| | background-audio | heard | | | | |
| | text | who | Who? | | | |
| | background-geopoint | there | | ${who} | | |
| | calculate | where | | | if(${there} = '' and ${began} = '', 'nowhere', 'somewhere') | |
| | text | near | Is it ${there}? | | | ${there} != '' |
| | note | end | You are ${where}. | | | |
"""


def asked(walk: Walk) -> str:
    shown = walk.shown("en")
    assert shown is not None
    return shown.label


def test_author_is_told_once_for_each() -> None:
    told = [("form.type", 3), ("form.type", 4), ("form.type", 6)]
    assert problems(PLACES, channel=CHAT) == told


def test_check_warns_and_lets_the_form_pass(tmp_path: Path) -> None:
    (tmp_path / "places.md").write_bytes(table(PLACES, SETTINGS))
    said = cora("check", tmp_path / "places.md")
    assert said.code == 0
    assert [line for line in (said.out + said.err).splitlines() if "leaves" in line] == [
        f"warning: places.md, sheet survey, row {row}: the chat leaves “{what}” empty"
        for row, what in ((3, "start-geopoint"), (4, "background-audio"), (6, "background-geopoint"))
    ]


def test_nothing_is_asked_for_and_nothing_recorded() -> None:
    made = form(PLACES, channel=CHAT)
    assert [(each.name, each.kind) for each in made.questions] == [
        ("who", Kind.TEXT),
        ("near", Kind.TEXT),
        ("end", Kind.NOTE),
    ]
    walk = Walk.begin(made, moment())
    stored(walk.type("Ana"))
    assert asked(walk) == "You are nowhere."
    walk = Walk.resume(made, walk.save(), moment())
    walk.back()
    stored(walk.type("Bea"))
    assert walk.values() == {"/data/where": "nowhere"}  # who: sealed on arrival


def test_record_has_the_columns_of_a_tablet_and_its_instance_empty_nodes() -> None:
    walk = begin(PLACES)
    stored(walk.type("Ana"))
    stored(walk.done(2))
    assert walk.finish() is None
    assert {"began", "there"} <= {column.name for column in walk.form.columns}
    xml = instance_xml(walk.form, walk.values(), moment(), instance_id="uuid:1")
    assert "<began/><heard/><who/><there/><where>nowhere</where><end/>" in xml


def test_place_recorded_on_a_tablet_has_its_place_in_the_form() -> None:
    made = form(PLACES, channel=CHAT)
    xml = instance_xml(made, {"/data/there": "52.5 13.4 0 5", "/data/who": "Ana"}, moment(), instance_id="uuid:1")
    assert "<there>52.5 13.4 0 5</there>" in xml
