"""V-90 the opening test: who opened the file knows the phrase; the server can check it without any private key
V-91 a study opens only when two can open, each proven
V-92 tests of another study, another recipient, an older file prove nothing
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.vault.agefile import Identity, seal
from cora_bot.vault.drill import DrillState, answer_drill, check, confirm, drilled, make_drill, readiness
from cora_bot.vault.drill_file import load_drills, save_drills

CHANCE = SeededChance("drill")
ANNA, BEHAR = Identity.generate(CHANCE), Identity.generate(CHANCE)
STUDY = "returnee_follow_up"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
NAMED = [ANNA.recipient.encode(), BEHAR.recipient.encode()]


def _drilled(*identities: Identity) -> DrillState:
    state = DrillState(STUDY)
    for identity in identities:
        sealed, proof = make_drill(identity.recipient, CHANCE, study=STUDY, at=NOW)
        fingerprint = identity.recipient.fingerprint()
        state = confirm(state.having(proof), fingerprint, answer_drill(sealed, identity), NOW)
    return state


def _codes(recipients: list[str], state: DrillState, study: str = STUDY) -> list[str]:
    return [problem.code for problem in readiness(recipients, state, study=study)]


def test_the_phrase_proves_that_the_file_was_opened() -> None:
    sealed, proof = make_drill(ANNA.recipient, CHANCE, study=STUDY, at=NOW)
    phrase = answer_drill(sealed, ANNA)
    assert check(phrase, proof, study=STUDY)
    assert check(f" {phrase.lower().replace('-', ' ')} ", proof, study=STUDY)


def test_another_identity_does_not_open_the_test() -> None:
    sealed, _ = make_drill(ANNA.recipient, CHANCE, study=STUDY, at=NOW)
    with pytest.raises(NotOpened):
        answer_drill(sealed, BEHAR)


def test_a_record_is_not_taken_for_a_test() -> None:
    for content in (b"", b"one line", b"\xff\xfe", b"a\nb\nc\nphrase: AAAA"):
        with pytest.raises(CoraError, match="not an opening test"):
            answer_drill(seal(content, [ANNA.recipient], CHANCE), ANNA)


def test_another_phrase_study_or_recipient_is_refused() -> None:
    sealed, proof = make_drill(ANNA.recipient, CHANCE, study=STUDY, at=NOW)
    phrase = answer_drill(sealed, ANNA)
    assert not check("", proof, study=STUDY)
    assert not check(phrase[:-1], proof, study=STUDY)
    assert not check(phrase, proof, study="other")
    other, _ = make_drill(ANNA.recipient, CHANCE, study=STUDY, at=NOW)
    assert not check(answer_drill(other, ANNA), proof, study=STUDY)
    with pytest.raises(CoraError, match="not the phrase"):
        confirm(DrillState(STUDY).having(proof), proof.fingerprint, "AAAA-AAAA-AAAA-AAAA", NOW)
    with pytest.raises(CoraError, match="no opening test was made"):
        confirm(DrillState(STUDY), proof.fingerprint, phrase, NOW)


def test_what_the_server_keeps_does_not_hold_the_phrase(tmp_path: Path) -> None:
    sealed, proof = make_drill(ANNA.recipient, CHANCE, study=STUDY, at=NOW)
    phrase = answer_drill(sealed, ANNA)
    path = tmp_path / "drills.json"
    save_drills(path, DrillState(STUDY, (proof,)))
    kept = path.read_text()
    assert proof.expected.hex() in kept
    assert [text in kept for text in (phrase, phrase.replace("-", ""))] == [False, False]


def test_a_study_is_ready_when_two_have_opened_their_test() -> None:
    assert _codes(NAMED, _drilled(ANNA, BEHAR)) == []
    assert drilled([ANNA.recipient, BEHAR.recipient], _drilled(BEHAR)) == (False, True)


def test_everything_that_is_missing_is_said_at_once() -> None:
    both = _drilled(ANNA, BEHAR)
    assert _codes(NAMED, DrillState(STUDY)) == ["keys.drill", "keys.drill"]
    assert _codes(NAMED, _drilled(ANNA)) == ["keys.drill"]
    assert _codes(NAMED[:1], both) == ["keys.few"]
    assert _codes([], both) == ["keys.few"]
    assert _codes([NAMED[0], NAMED[0]], both) == ["keys.twice", "keys.few"]
    assert _codes(["age1pq1mistyped", NAMED[0]], both) == ["keys.recipient", "keys.few"]
    third = Identity.generate(CHANCE).recipient.encode()
    assert _codes([*NAMED, third], both) == ["keys.drill"]
    assert _codes(NAMED, both, study="other") == ["keys.study"]


def test_a_test_that_was_made_but_not_opened_proves_nothing() -> None:
    state = DrillState(STUDY)
    for identity in (ANNA, BEHAR):
        state = state.having(make_drill(identity.recipient, CHANCE, study=STUDY, at=NOW)[1])
    assert _codes(NAMED, state) == ["keys.drill", "keys.drill"]


def test_a_new_test_replaces_the_earlier_one() -> None:
    state = _drilled(ANNA).having(make_drill(ANNA.recipient, CHANCE, study=STUDY, at=NOW)[1])
    assert (len(state.proofs), drilled([ANNA.recipient], state)) == (1, (False,))


def test_the_first_opening_is_what_is_remembered() -> None:
    sealed, proof = make_drill(ANNA.recipient, CHANCE, study=STUDY, at=NOW)
    state, phrase = DrillState(STUDY).having(proof), answer_drill(sealed, ANNA)
    for days in (1, 2):
        state = confirm(state, proof.fingerprint, phrase, NOW + timedelta(days=days))
    assert [one.opened_at for one in state.proofs] == [NOW + timedelta(days=1)]


def test_the_state_file_gives_the_state_back(tmp_path: Path) -> None:
    path = tmp_path / "drills.json"
    assert load_drills(path, study=STUDY) == DrillState(STUDY)
    state = _drilled(ANNA).having(make_drill(BEHAR.recipient, CHANCE, study=STUDY, at=NOW)[1])
    save_drills(path, state)
    assert load_drills(path, study=STUDY) == state
    with pytest.raises(CoraError, match="opening tests of study"):
        load_drills(path, study="other")


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"v":2,"study":"returnee_follow_up","proofs":[{}]}'])
def test_a_state_file_of_another_shape_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "drills.json"
    path.write_text(content)
    with pytest.raises(CoraError, match="does not hold opening tests"):
        load_drills(path, study=STUDY)
