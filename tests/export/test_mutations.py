"""EX-13 However a bundle is bent, it is either refused in a sentence or read; no mutation ends in another exception.
EX-24 No mutation of a sealed record changes an exported answer: it is opened as it was sealed, or named as not opened.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance, below
from cora_bot.base.errors import CoraError
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.export.opening import open_all
from tests.export.bundles import ANNA, Draft, head, occurrence
from tests.export.samples import STUDY_TOML

ROUNDS = 60


def sound() -> Draft:
    draft = Draft(study_toml=STUDY_TOML, forms=["<form/>"], occurrences=[occurrence()])
    draft.add(head("d" * 32, "complete"), {"values": {"/data/work": "no"}})
    return draft


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("seed", range(8))
def test_mutated_bundle_is_refused_in_a_sentence_or_read(tmp_path: Path, seed: int) -> None:
    chance = SeededChance(f"bundle {seed}")
    original = sound().write(tmp_path / "b.zip").read_bytes()
    refused = 0
    for _ in range(ROUNDS):
        bent = bytearray(original)
        for _ in range(1 + below(chance, 3)):
            at = below(chance, len(bent))
            match below(chance, 4):
                case 0:
                    bent[at] ^= 1 << below(chance, 8)
                case 1:
                    del bent[at : at + 1 + below(chance, 40)]
                case 2:
                    bent[at:at] = chance.bytes(1 + below(chance, 8))
                case _:
                    bent[at] = below(chance, 256)
        path = tmp_path / "bent.zip"
        path.write_bytes(bent)
        try:
            with open_bundle(path) as bundle:
                opened = open_all(bundle, [ANNA], progress=lambda done, of: None).opened
        except CoraError:
            refused += 1
        else:
            assert [one.body for one in opened] in ([], [{"values": {"/data/work": "no"}}])
    assert refused > 0


def test_mutated_record_never_opens_as_something_else(tmp_path: Path) -> None:
    chance = SeededChance("record")
    draft = sound()
    original = draft.records["d" * 32]
    for _ in range(200):
        bent = bytearray(original)
        bent[below(chance, len(bent))] ^= 1 << below(chance, 8)
        draft.records["d" * 32] = bytes(bent)
        with open_bundle(draft.write(tmp_path / "b.zip")) as bundle:
            opening = open_all(bundle, [ANNA], progress=lambda done, of: None)
        assert (opening.opened, [trouble.record for trouble in opening.failures]) == ((), ["d" * 32])
