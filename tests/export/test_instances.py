"""EX-70 A complete record becomes the instance XML that a tablet would submit; nothing else does.
EX-71 What was drawn once (an entity's id) and the audit come from the record; the rest is worked out of its values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from cora_bot.base.values import replace
from cora_bot.export.instances import files, told, well_formed
from cora_bot.export.opened import Answering
from cora_bot.forms.walk import Walk
from tests.export.samples import answering
from tests.export.test_export_bundle import FIRST, FORM, SECOND, draft, export, of_form
from tests.forms.support import form, moment

PERSON = """
| survey |
| | type | name | label | save_to | relevant |
| | audit | audit | | | |
| | text | work | Work? | work | |
| | integer | hours | Hours? | | ${work} != '' |
| entities |
| | list_name | label | create_if |
| | returnee | ${work} | true() |
"""
ID = "uuid:00000000-0000-4000-8000-000000000001"


def finished(work: str) -> tuple[Answering, Walk]:
    asked = form(PERSON)
    walk = Walk.begin(asked, moment())
    walk.type(work)
    walk.skip(walk.cursor)
    assert walk.finish() is None
    body: dict[str, Any] = {"values": walk.values(), "instance_id": ID, **walk.submission()}
    assert well_formed(body)
    held = replace(answering(walk.values(), form=asked, record="1" * 32), **told(body))
    return replace(held, values={"/data/work": work}), walk


def entity(xml: bytes) -> dict[str, str]:
    found = fromstring(xml).find("meta/entity")
    assert found is not None
    return {**found.attrib, "label": found.findtext("label", "")}


def test_complete_record_is_an_instance_with_its_entity_and_audit() -> None:
    held, walk = finished("tailor & sons")
    made = files([held], {"K7F-2QX": "Asia/Kabul"})
    assert sorted(made) == [f"instances/{'1' * 32}/audit.csv", f"instances/{'1' * 32}/submission.xml"]
    xml = made[f"instances/{'1' * 32}/submission.xml"]
    top = fromstring(xml)
    assert [top.findtext(path) for path in ("work", "hours", "meta/instanceID", "meta/audit")] == [
        "tailor & sons",
        "",
        ID,
        "audit.csv",
    ]
    assert entity(xml)["label"] == "tailor & sons"
    assert entity(xml)["id"] == str(walk.submission()["meta"]["entity/@id"])  # type: ignore[index]
    assert made[f"instances/{'1' * 32}/audit.csv"].splitlines()[1].startswith(b"form start,,")


def test_instance_is_the_same_whenever_it_is_made() -> None:
    held, _ = finished("baker")
    assert files([held], {}) == files([held], {})


def test_case_that_was_cut_off_from_its_person_has_no_zone_and_is_an_instance_all_the_same() -> None:
    held, _ = finished("baker")
    assert files([held], {held.code: ""}) == files([held], {held.code: "UTC"})


@pytest.mark.parametrize("status", ["partial", "consent"])
def test_what_is_not_complete_is_no_instance(status: str) -> None:
    held, _ = finished("baker")
    assert files([replace(held, status=status)], {}) == {}


@pytest.mark.parametrize(
    "body", [{"meta": []}, {"meta": {"a": 1}}, {"audit": {}}, {"audit": [["a"]]}, {"audit": [1]}, {"instance_id": 3}]
)
def test_body_in_another_shape_is_seen(body: dict[str, Any]) -> None:
    assert not well_formed(body)


def test_export_writes_instances_and_replaces_them(tmp_path: Path) -> None:
    bundle = draft()
    values = {"/data/work": "no", "/data/needs": "home", "/data/balance": "-40"}
    body = {"values": values, "sealed": {}, "skipped": ["/data/story"], "not_reached": [], "instance_id": ID}
    bundle.add(of_form("e" * 32, "complete", number=3), body)
    out = tmp_path / "out"
    for _ in range(2):
        export(bundle, out)
    assert [path.name for path in (out / "instances").iterdir()] == ["e" * 32]
    top = fromstring((out / "instances" / ("e" * 32) / "submission.xml").read_bytes())
    assert {each.tag: each.text or "" for each in top if each.tag != "meta"} == {**_short(values), "story": ""}
    assert (FIRST, SECOND, FORM.id) == ("a" * 32, "b" * 32, top.get("id"))


def _short(values: dict[str, str]) -> dict[str, str]:
    return {ref.removeprefix("/data/"): value for ref, value in values.items()}
