"""AU-01 a chain shows any change, removal, insertion and reordering, but a cut end · AU-02 its text form says it all
AU-03 a commitment says of whom an entry is only to who has the salt.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cora_bot.base.values import replace
from cora_bot.vault.audit_chain import Entry, beginning, commitment, first_broken, following, read_lines, write_lines


def chain(length: int = 5, log: str = "study") -> list[Entry]:
    made: list[Entry] = []
    for seq in range(1, length + 1):
        previous = made[-1].hash if made else beginning(log)
        made.append(following(previous, seq, at=1000 * seq, action=f"did_{seq}", facts={"count": str(seq)}))
    return made


def test_chain_as_written_holds_and_so_does_none() -> None:
    assert [first_broken(chain(length), log="study") for length in (0, 1, 5)] == [None, None, None]


@pytest.mark.parametrize(
    "change",
    [
        {"at": 1},
        {"action": "did_nothing"},
        {"subject": "00"},
        {"facts": {"count": "9"}},
        {"facts": {}},
        {"hash": "00" * 32},
        {"seq": 7},
    ],
)
def test_every_field_of_every_entry_is_covered(change: dict[str, object]) -> None:
    for place in range(5):
        changed = chain()
        changed[place] = replace(changed[place], **change)  # type: ignore[arg-type]
        assert first_broken(changed, log="study") == place + 1


def test_removed_swapped_and_inserted_entries_are_found() -> None:
    whole = chain()
    without, swapped, doubled = whole[:2] + whole[3:], [whole[1], whole[0], *whole[2:]], [*whole[:2], *whole[1:]]

    assert [first_broken(each, log="study") for each in (without, swapped, doubled)] == [3, 1, 3]


def test_rewritten_entry_needs_all_that_follow_rewritten() -> None:
    whole = chain()
    forged = following(whole[1].hash, 3, at=3000, action="did_nothing")

    assert first_broken([*whole[:2], forged], log="study") is None
    assert first_broken([*whole[:2], forged, *whole[3:]], log="study") == 4


def test_chain_of_another_log_does_not_pass() -> None:
    assert first_broken(chain(log="other"), log="study") == 1


def test_cut_end_is_not_seen_in_the_chain_alone() -> None:
    assert first_broken(chain()[:3], log="study") is None


@given(st.lists(st.tuples(st.text(), st.dictionaries(st.text(), st.text())), max_size=5))
def test_lines_say_all_there_is(content: list[tuple[str, dict[str, str]]]) -> None:
    made: list[Entry] = []
    for seq, (action, facts) in enumerate(content, start=1):
        previous = made[-1].hash if made else beginning("study")
        made.append(following(previous, seq, at=seq, action=action, facts=facts))

    assert read_lines(write_lines(made)) == made


@pytest.mark.parametrize(
    "line", [b"{}", b"[1]", b'[1, 2, "a", "", {"b": 1}, "00"]', b'["1", 2, "a", "", {}, "00"]', b"\xff", b"x"]
)
def test_lines_that_are_something_else_are_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        read_lines(line + b"\n")


def test_commitment_is_another_for_each_salt_and_code() -> None:
    made = {commitment(salt, code) for salt in (b"a" * 16, b"b" * 16) for code in ("K7F-2QX", "K7F-2QY")}

    assert len(made) == 4
