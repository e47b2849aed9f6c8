"""V-50 sealed records: the head and body come back as they were; a record opens only where it belongs
V-51 what is inside is read as strictly as what is outside
V-52 a lone surrogate, an unusual language, a huge answer: nothing a person sends prevents sealing
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.base.values import replace
from cora_bot.vault.agefile import Identity, open_sealed, seal
from cora_bot.vault.padding import pad, unpad
from cora_bot.vault.record import RecordHead, open_record, seal_record

CHANCE = SeededChance("record")
ANNA, BEHAR = Identity.generate(CHANCE), Identity.generate(CHANCE)
HEAD = RecordHead(
    study="returnee_follow_up",
    case="11" * 16,
    kind="complete",
    record="22" * 16,
    session="33" * 16,
    form="check_in",
    form_version="3",
    form_hash="44" * 32,
    wave="monthly",
    number=2,
    order=1,
    language="fa-AF",
    started_at=datetime(2026, 3, 1, 9, 30, 0, 120_000, tzinfo=UTC),
    at=datetime(2026, 3, 1, 9, 33, 7, 999_000, tzinfo=UTC),
)
PLACE = {"study": HEAD.study, "case": HEAD.case, "record": HEAD.record}
BODY = {"answers": {"/data/work": "yes", "/data/why": "چون «کار» یافتم 🌱"}, "count": 2, "none": None}


def _seal_inside(content: object) -> bytes:
    return seal(pad(json.dumps(content).encode()), [ANNA.recipient], CHANCE)


def _inside() -> dict[str, Any]:
    sealed = seal_record(HEAD, BODY, [ANNA.recipient], CHANCE)
    inside: dict[str, Any] = json.loads(unpad(open_sealed(sealed, [ANNA])))
    return inside


def test_a_record_comes_back_for_everyone_it_was_sealed_to() -> None:
    sealed = seal_record(HEAD, BODY, [ANNA.recipient, BEHAR.recipient], CHANCE)
    assert [open_record(sealed, [identity], **PLACE) for identity in (ANNA, BEHAR)] == [(HEAD, BODY)] * 2


def test_the_inside_is_the_documented_json() -> None:
    times = {"started_at": "2026-03-01T09:30:00.120Z", "at": "2026-03-01T09:33:07.999Z"}
    assert _inside() == {"v": 1, "head": asdict(HEAD) | times, "body": BODY}


@pytest.mark.parametrize("elsewhere", [{"study": "other"}, {"case": "00" * 16}, {"record": "00" * 16}])
def test_a_record_moved_elsewhere_does_not_open(elsewhere: dict[str, str]) -> None:
    sealed = seal_record(HEAD, BODY, [ANNA.recipient], CHANCE)
    with pytest.raises(NotOpened):
        open_record(sealed, [ANNA], **(PLACE | elsewhere))


def test_where_the_place_names_no_case_study_and_record_still_bind() -> None:
    sealed = seal_record(HEAD, BODY, [ANNA.recipient], CHANCE)
    assert open_record(sealed, [ANNA], study=HEAD.study, case=None, record=HEAD.record) == (HEAD, BODY)
    for study, record in (("other", HEAD.record), (HEAD.study, "00" * 16)):
        with pytest.raises(NotOpened):
            open_record(sealed, [ANNA], study=study, case=None, record=record)


def test_two_records_swapped_between_their_rows_do_not_open() -> None:
    other = replace(HEAD, record="55" * 16)
    rows = {head.record: seal_record(head, BODY, [ANNA.recipient], CHANCE) for head in (HEAD, other)}
    swapped = dict(zip(rows, reversed(rows.values()), strict=True))
    for record, sealed in swapped.items():
        with pytest.raises(NotOpened):
            open_record(sealed, [ANNA], study=HEAD.study, case=HEAD.case, record=record)


def test_another_version_is_named_and_not_guessed() -> None:
    sealed = _seal_inside({"v": 2, "header": "unknown"})
    with pytest.raises(CoraError, match="format version 2, and this program reads version 1") as caught:
        open_record(sealed, [ANNA], **PLACE)
    assert not isinstance(caught.value, NotOpened)


@pytest.mark.parametrize(
    "change",
    [
        {"v": "1"},
        {"v": True},
        {"head": None},
        {"body": []},
        {"body": None},
        {"more": 1},
        {"head": {"number": "2"}},
        {"head": {"number": 2.5}},
        {"head": {"at": "2026-03-01T09:33:07.999"}},
        {"head": {"at": "2026-03-01T09:33:07.999+01:00"}},
        {"head": {"at": 0}},
        {"head": {"language": None}},
    ],
)
def test_an_inside_of_another_shape_does_not_open(change: dict[str, Any]) -> None:
    inside = _inside()
    if isinstance(change.get("head"), dict):
        change = {"head": inside["head"] | change["head"]}
    with pytest.raises(NotOpened):
        open_record(_seal_inside(inside | change), [ANNA], **PLACE)


def test_the_unchanged_inside_sealed_by_hand_opens() -> None:
    assert open_record(_seal_inside(_inside()), [ANNA], **PLACE) == (HEAD, BODY)


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{", b'{"v":1', b"\xff", b"[" * 100_000])
def test_an_inside_that_is_not_json_does_not_open(content: bytes) -> None:
    with pytest.raises(NotOpened):
        open_record(seal(pad(content), [ANNA.recipient], CHANCE), [ANNA], **PLACE)


def test_an_inside_without_padding_does_not_open() -> None:
    with pytest.raises(NotOpened):
        open_record(seal(json.dumps(_inside()).encode(), [ANNA.recipient], CHANCE), [ANNA], **PLACE)


@given(st.dictionaries(st.text(max_size=9), st.text() | st.integers(-(2**53), 2**53) | st.booleans(), max_size=9))
@settings(max_examples=50, deadline=None)
def test_any_answers_come_back(body: dict[str, Any]) -> None:
    sealed = seal_record(HEAD, body, [ANNA.recipient], CHANCE)
    assert open_record(sealed, [ANNA], **PLACE) == (HEAD, body)


def test_a_lone_surrogate_becomes_the_replacement_character_and_the_rest_is_kept() -> None:
    sealed = seal_record(HEAD, {"text": "before \ud83d after 🌱"}, [ANNA.recipient], CHANCE)
    assert open_record(sealed, [ANNA], **PLACE)[1] == {"text": "before \ufffd after 🌱"}


def test_short_records_all_have_the_same_length() -> None:
    bodies: list[dict[str, Any]] = [{}, {"a": "b"}, {"answer": "x" * 300}]
    assert len({len(seal_record(HEAD, body, [ANNA.recipient], CHANCE)) for body in bodies}) == 1


@given(st.integers(0, 2600), st.integers(1, 255))
@settings(max_examples=200, deadline=None)
def test_a_changed_byte_never_opens(place: int, change: int) -> None:
    sealed = bytearray(seal_record(HEAD, BODY, [ANNA.recipient], CHANCE))
    sealed[place] ^= change
    with pytest.raises(NotOpened):
        open_record(bytes(sealed), [ANNA], **PLACE)
