"""F-70 the finished instance is what a tablet would submit: what applies, in the form's order, blank leaves empty;
F-71 it is made from a finished record's values alone; F-72 an entity carries its attributes."""

from __future__ import annotations

import pytest
from defusedxml.ElementTree import fromstring

from cora_bot.forms.model import Form
from cora_bot.forms.serialise import instance_xml, xml_of
from cora_bot.forms.walk import Moment, Walk
from tests.forms.support import form, moment
from tests.forms.test_earlier import ENTITY, OWN
from tests.forms.test_repeats import COUNTED, two_children

ID = "uuid:00000000-0000-4000-8000-000000000001"


def body(xml: str) -> str:
    """What lies in the root."""
    return xml[xml.index(">", xml.index("<data")) + 1 : xml.rindex("</data>")]


def made(form_: Form, values: dict[str, str], at: Moment) -> str:
    return body(instance_xml(form_, values, at, instance_id=ID))


def test_instance_of_a_walk_and_of_its_record_are_the_same() -> None:
    walk = two_children()
    walk.choose(4, 1)
    walk.type("7")
    assert walk.finish("en") is None
    own = {ref: f"about {name}" for ref, name in zip(walk.sealed_refs(), ("Ana", "Bea"), strict=True)}
    assert made(walk.form, {**walk.values(), **own}, moment()) == (
        "<n>2</n>"
        "<child><nick>Ana</nick><age>3</age><place>1</place><story>about Ana</story></child>"
        "<child><nick>Bea</nick><age>5</age><place>2</place><story>about Bea</story></child>"
        f"<total>8</total><first>3</first><z>7</z><meta><instanceID>{ID}</instanceID></meta>"
    )


def test_instance_removed_leaves_no_gap() -> None:
    walk = two_children()
    walk.remove(4, 1)
    assert made(walk.form, walk.values(), moment()).count("<child>") == 1
    assert body(xml_of(walk.instance)).count("<child>") == 1


def test_instances_the_count_asks_for_are_there_though_nothing_was_answered() -> None:
    walk = Walk.begin(form(COUNTED), moment())
    walk.type("2")
    walk.type("Kabul")
    walk.skip(1)
    assert walk.finish("en") is None
    xml = made(walk.form, walk.values(), moment())
    assert xml.startswith("<n>2</n><trip><to>Kabul</to></trip><trip><to/></trip><trips>2</trips>")


def test_what_does_not_apply_is_left_out_and_what_was_skipped_is_empty() -> None:
    asked = form(
        """
| survey |
| | type | name | label::English (en) | relevant |
| | integer | n | N? | |
| | begin group | g | G | ${n} > 1 |
| | text | a | A? | |
| | end group | | | |
| | text | b | <B> & "C"? | |
"""
    )
    meta = f"<meta><instanceID>{ID}</instanceID></meta>"
    assert made(asked, {"/data/n": "1", "/data/b": '<&">'}, moment()) == f'<n>1</n><b>&lt;&amp;"&gt;</b>{meta}'
    assert made(asked, {"/data/n": "2"}, moment()) == f"<n>2</n><g><a/></g><b/>{meta}"


def test_root_names_form_and_version_and_the_instance_replaced() -> None:
    xml = instance_xml(form(COUNTED), {}, moment(), instance_id=ID, deprecated_id="uuid:old")
    root = fromstring(xml.encode())
    assert (root.tag, root.get("id"), root.get("version")) == ("data", "test", "1")
    assert root.findtext("meta/deprecatedID") == "uuid:old"


def test_value_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="path the form does not have"):
        instance_xml(form(COUNTED), {"/data/nothing": "1"}, moment(), instance_id=ID)


def test_entity_carries_its_attributes_and_label() -> None:
    asked = form(ENTITY, settings=OWN)
    xml = made(asked, {"/data/work": "farmer"}, moment())
    entity = fromstring(f"<data>{xml}</data>").find("meta/entity")
    assert entity is not None
    assert {key: entity.get(key) for key in ("dataset", "id", "update")} == {
        "dataset": "returnee",
        "id": "p1",
        "update": "1",
    }
    assert entity.findtext("label") == "x"


def test_record_of_another_day_is_judged_by_its_own() -> None:
    asked = form(
        """
| survey |
| | type | name | label::English (en) | relevant | calculation |
| | calculate | day | | | today() |
| | text | a | A? | today() < date('2026-12-01') | |
"""
    )
    december = moment("2026-12-02T00:00:00+00:00")
    values = {"/data/day": "2026-11-22", "/data/a": "yes"}
    assert made(asked, values, moment()).startswith("<day>2026-11-22</day><a>yes</a>")
    assert made(asked, values, december).startswith("<day>2026-11-22</day><meta>")
