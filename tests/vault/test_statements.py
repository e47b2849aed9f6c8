"""V-95 signed statements: a chain from whoever signed first to the newest, each link by somebody named before
V-96 whatever is changed in the file, moved, left out or added, the chain does not hold
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError
from cora_bot.vault.identity import ResearcherKey, encode_verify_key
from cora_bot.vault.statements import Chain, Statement, read_chain

CHANCE = SeededChance("statements")
ANNA, BEHAR, CARLA, MALLORY = (
    ResearcherKey.generate(name, CHANCE, created=date(2026, 3, 1)) for name in ("Anna", "Behar", "Carla", "Mallory")
)


def fingerprint(key: ResearcherKey) -> str:
    return key.identity.recipient.fingerprint()


def statement(chain: Chain, *keys: ResearcherKey, **changes: Any) -> Statement:
    newest = chain.newest
    return Statement(
        **{
            "study": "follow_up",
            "number": len(chain.signed) + 1,
            "previous": newest.digest() if newest else "",
            "at": "2026-11-26T12:00:00Z",
            "recipients": tuple(map(fingerprint, keys)),
            "signers": {fingerprint(key): encode_verify_key(key.public().verify_key) for key in keys},
            "parts": {"study.toml": "aa" * 32},
        }
        | changes
    )


def chain_of(*steps: tuple[tuple[ResearcherKey, ...], ResearcherKey]) -> Chain:
    chain = Chain()
    for named, signer in steps:
        chain = chain.followed_by(statement(chain, *named)).signed_as(signer)
    return chain


GOOD = chain_of(((ANNA, BEHAR), ANNA), ((ANNA, BEHAR, CARLA), BEHAR), ((ANNA, CARLA), CARLA))


def read(chain: Chain) -> Chain:
    return read_chain(chain.document(), study="follow_up")


def test_a_chain_comes_back_and_whoever_signed_any_of_it_vouches_for_it() -> None:
    assert read(GOOD) == GOOD
    keys = {"anna": ANNA, "behar": BEHAR, "carla": CARLA, "mallory": MALLORY}
    assert {name: GOOD.vouched_for([key.public().verify_key]) for name, key in keys.items()} == {
        "anna": True,
        "behar": True,
        "carla": True,
        "mallory": False,
    }


def test_the_message_has_one_spelling() -> None:
    compact = json.dumps(json.loads(GOOD.document())).encode()
    turned = json.dumps(json.loads(GOOD.document()), sort_keys=True).encode()
    assert read_chain(compact, study="follow_up") == read_chain(turned, study="follow_up") == GOOD


@pytest.mark.parametrize(
    "steps",
    [
        (((ANNA, BEHAR), MALLORY),),
        (((ANNA, BEHAR), ANNA), ((ANNA, MALLORY), MALLORY)),
        (((ANNA, BEHAR), ANNA), ((ANNA, BEHAR, CARLA), CARLA)),
        (((ANNA, BEHAR), ANNA), ((BEHAR, CARLA), ANNA), ((BEHAR, CARLA, ANNA), ANNA)),
    ],
)
def test_nobody_approves_their_own_coming(steps: Any) -> None:
    with pytest.raises(CoraError, match=r"does not hold|nobody who may has signed"):
        read(chain_of(*steps))


def test_whoever_is_new_may_sign_as_well_but_not_alone() -> None:
    both = chain_of(((ANNA, BEHAR), ANNA), ((ANNA, CARLA), ANNA)).signed_as(CARLA)
    assert read(both).vouched_for([CARLA.public().verify_key])
    with pytest.raises(CoraError, match="does not hold"):
        read(both.signed_as(MALLORY))


def test_a_statement_without_signature_does_not_count() -> None:
    with pytest.raises(CoraError, match="nobody who may has signed statement 4"):
        read(GOOD.followed_by(statement(GOOD, ANNA)))


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize(
    "change",
    [
        {"study": "other"},
        {"number": 7},
        {"previous": "00" * 32},
        {"at": "2026-11-27T12:00:00Z"},
        {"recipients": (fingerprint(MALLORY),)},
        {"parts": {"study.toml": "bb" * 32}},
        {"signers": {fingerprint(MALLORY): encode_verify_key(MALLORY.public().verify_key)}},
    ],
)
def test_a_changed_statement_does_not_hold(which: int, change: dict[str, Any]) -> None:
    signed = list(GOOD.signed)
    signed[which] = msgspec.structs.replace(
        signed[which], statement=msgspec.structs.replace(signed[which].statement, **change)
    )
    with pytest.raises(CoraError):
        read(Chain(tuple(signed)))


def _document(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(GOOD.document())
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["statements"].pop(0),
        lambda d: d["statements"].pop(1),
        lambda d: d["statements"].reverse(),
        lambda d: d["statements"].append(d["statements"][0]),
        lambda d: d["statements"].clear(),
        lambda d: d.update(v=2),
        lambda d: d.update(more=1),
        lambda d: d["statements"][0]["statement"].update(more=1),
        lambda d: d["statements"][0].update(signatures={}),
        lambda d: d["statements"][0].update(signatures={fingerprint(ANNA): "zz"}),
        lambda d: d["statements"][1].update(signatures=d["statements"][0]["signatures"]),
        lambda d: d["statements"][1]["signatures"].update({fingerprint(ANNA): "00" * 64}),
    ],
)
def test_a_changed_file_does_not_hold(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(CoraError):
        read_chain(_document(change), study="follow_up")


def test_a_chain_of_another_study_does_not_hold() -> None:
    with pytest.raises(CoraError, match="does not belong there"):
        read_chain(GOOD.document(), study="other")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_file_of_something_else_is_refused_in_a_sentence(text: bytes) -> None:
    with pytest.raises(CoraError, match="cannot be read"):
        read_chain(text, study="follow_up")
