"""Files of version 1, sealed once and kept: what was sealed then opens for as long as this program lives.

V-99 every format of the vault opens its committed vectors, and derives the same keys and indexes
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cora_bot.study.meaning import digests
from cora_bot.vault.agefile import Identity, open_sealed
from cora_bot.vault.drill import DrillProof, answer_drill, check
from cora_bot.vault.erasure import unwrap
from cora_bot.vault.identity import parse_public, read_key_file, verify_key_of
from cora_bot.vault.padding import pad, unpad
from cora_bot.vault.record import open_record
from cora_bot.vault.shares import KeyShare, join
from cora_bot.vault.statements import read_chain
from cora_bot.vault.working import Purpose, WorkingKeys
from tests.vectors.make import PATH, content

VECTORS: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
IDENTITIES = [Identity(bytes.fromhex(key["seed"])) for key in VECTORS["keys"]]


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def test_keys_are_derived_and_spelled_as_before() -> None:
    derived = [
        {
            "seed": identity.seed.hex(),
            "identity": identity.encode(),
            "recipient": identity.recipient.encode(),
            "fingerprint": identity.recipient.fingerprint(),
        }
        for identity in IDENTITIES
    ]
    assert VECTORS["keys"] == derived


@pytest.mark.parametrize("vector", VECTORS["files"], ids=lambda vector: str(vector["size"]))
def test_files_open_for_both_recipients(vector: dict[str, Any]) -> None:
    opened = [open_sealed(_bytes(vector["sealed"]), [identity]) for identity in IDENTITIES]
    assert opened == [content(vector["size"])] * 2


def test_padding_is_as_before() -> None:
    assert (b'{"v":1}', VECTORS["padded"].encode()) == (unpad(VECTORS["padded"].encode()), pad(b'{"v":1}'))


def test_the_record_opens() -> None:
    vector = VECTORS["record"]
    place = {name: vector["head"][name] for name in ("study", "case", "record")}
    head, body = open_record(_bytes(vector["sealed"]), IDENTITIES, **place)
    times = {name: datetime.fromisoformat(vector["head"][name]) for name in ("started_at", "at")}
    expected = vector["head"] | times
    assert ({name: getattr(head, name) for name in expected}, body) == (expected, vector["body"])


def test_the_wrap_opens() -> None:
    vector = VECTORS["wrap"]
    key, case, record = (bytes.fromhex(vector[name]) for name in ("key", "case", "record"))
    assert unwrap(key, _bytes(vector["wrapped"]), case=case, record=record) == b"sealed"


def test_working_values_open_and_the_index_is_the_same() -> None:
    vector = VECTORS["working"]
    keys = WorkingKeys(**{name: bytes.fromhex(value) for name, value in vector["keys"].items()})
    opened = {name: keys.open(Purpose(name), b"row", _bytes(sealed)) for name, sealed in vector["sealed"].items()}
    assert opened == {purpose.value: purpose.encode() for purpose in Purpose}
    assert keys.index(b"chat", b"12345").hex() == vector["index"]


def test_the_key_file_opens_and_its_signature_holds(tmp_path: Path) -> None:
    vector = VECTORS["key_file"]
    path = tmp_path / "vector.key"
    path.write_bytes(_bytes(vector["sealed"]))
    key, public = read_key_file(path, vector["passphrase"]), parse_public(vector["public"])
    assert key.public() == public
    assert public.verifies(_bytes(vector["signed"]), b"message")
    assert key.sign(b"message") == _bytes(vector["signed"])


def test_the_opening_test_is_still_proven_by_its_phrase() -> None:
    vector = VECTORS["drill"]
    salt, expected = bytes.fromhex(vector["salt"]), bytes.fromhex(vector["expected"])
    proof = DrillProof(VECTORS["keys"][0]["fingerprint"], salt, expected, datetime(2026, 3, 1, tzinfo=UTC))
    assert answer_drill(_bytes(vector["sealed"]), IDENTITIES[0]) == vector["phrase"]
    assert check(vector["phrase"], proof, study="returnee_follow_up")


def test_the_classic_file_opens() -> None:
    vector = VECTORS["classic"]
    identity = Identity.parse(vector["identity"])
    assert identity == Identity(IDENTITIES[0].seed, classic=True)
    assert (identity.recipient.encode(), identity.recipient.fingerprint()) == (
        vector["recipient"],
        vector["fingerprint"],
    )
    assert open_sealed(_bytes(vector["sealed"]), [identity]) == content(1000)


@pytest.mark.parametrize("pair", [(0, 1), (1, 2), (2, 0)])
def test_any_two_sheets_give_the_key_back(pair: tuple[int, int]) -> None:
    vector = VECTORS["shares"]
    some = [KeyShare.read(vector["sheets"][place].split(), what="a sheet") for place in pair]
    assert join(some, vector["fingerprint"]) == IDENTITIES[0]


def test_the_signatures_hold() -> None:
    vector = VECTORS["signatures"]
    chain = read_chain(vector["document"], study="returnee_follow_up")
    assert [each.statement.digest() for each in chain.signed] == vector["digests"]
    for number, each in enumerate(chain.signed, start=1):
        same = f'# said otherwise\nday=2026-03-01\n"title" = "V\\u00f8rsion {number}"\nrecipients = [ ]\n'
        assert each.statement.parts == digests(same)
    assert chain.vouched_for([verify_key_of(IDENTITIES[0])])
