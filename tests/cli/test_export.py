"""CL-40 ``cora export`` opens with several key files, each under its own passphrase, and names what was typed wrongly.
CL-41 It ends with the response by wave, as counted from the bundle.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.vault.agefile import Identity, Recipient
from cora_bot.vault.identity import ResearcherKey, write_key_file
from cora_bot.vault.record import seal_record
from tests.cli.running import cora
from tests.export.bundles import Draft, head, occurrence
from tests.export.samples import STUDY_TOML
from tests.export.test_export_bundle import FORM

CHANCE = SeededChance("export with several keys")
QUICK = 10  # scrypt's work for tests
OLD, NEW = "a" * 32, "b" * 32


def a_key(folder: Path, name: str) -> tuple[Path, Path, Identity]:
    """Key file, passphrase file, and what they open to; every holder has a passphrase of their own."""
    key = ResearcherKey.generate(name, CHANCE, created=date(2026, 11, 1))
    path, passphrase = folder / f"{name}.key", folder / f"{name}.txt"
    write_key_file(path, key, f"{name} has seven rivers", CHANCE, work=QUICK)
    passphrase.write_text(f"{name} has seven rivers")
    return path, passphrase, key.identity


def a_bundle(folder: Path, older: Recipient, newer: Recipient) -> Path:
    """One record sealed to the older key alone, one to the newer."""
    draft = Draft(study_toml=STUDY_TOML, forms=[FORM.xform], occurrences=[occurrence(), occurrence(number=2)])
    draft.manifest = {"recipients": [older.fingerprint(), newer.fingerprint()]}
    for number, (record, recipient) in enumerate([(OLD, older), (NEW, newer)], start=1):
        own = head(record, "complete", form_hash=FORM.hash, number=number)
        body = {"values": {"/data/work": "yes"}, "sealed": {}, "skipped": [], "not_reached": []}
        draft.records[record] = seal_record(own, body, [recipient], CHANCE)
    return draft.write(folder / "study.bundle")


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    a_bundle(tmp_path, *(a_key(tmp_path, name)[2].recipient for name in ("anna", "berat")))
    return tmp_path / "anna.key", tmp_path / "berat.key"


def opened(line: str) -> int:
    return int(line.removeprefix("opened").split()[0])


def test_export_opens_with_either_of_two_keys(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    anna, berat = keys
    asked = ("export", tmp_path / "study.bundle", "--to", tmp_path / "out")
    one = cora(*asked, "--key", anna, "--passphrase-file", tmp_path / "anna.txt")
    assert (one.code, opened(one.out.splitlines()[2])) == (1, 1)
    files = ("--passphrase-file", tmp_path / "anna.txt", "--passphrase-file", tmp_path / "berat.txt")
    both = cora(*asked, "--key", anna, "--key", berat, *files)
    assert (both.code, opened(both.out.splitlines()[2])) == (0, 2)


def test_export_ends_with_the_response(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    anna, berat = keys
    said = cora(
        "export", tmp_path / "study.bundle", "--to", tmp_path / "out", "--key", anna, "--key", berat,
        typed="anna has seven rivers\nberat has seven rivers\n",
    )  # fmt: skip
    lines = said.out.splitlines()
    assert lines[6].startswith("note: nobody signed who can open; compare with their holders: ")
    assert lines[7:] == [
        "everything fits",
        "",
        "wave     number  planned  invited  opened  complete  partial  refused  non_contact     RR1     RR2",
        "monthly       1        1        1       1         1        0        0            0  100.0%  100.0%",
        "monthly       2        1        1       1         1        0        0            0  100.0%  100.0%",
        "",
        f"Written to {tmp_path / 'out'}. It holds opened answers: read README.txt there.",
    ]


def test_export_with_passphrases_in_another_order_writes_nothing(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    anna, berat = keys
    files = ("--passphrase-file", tmp_path / "berat.txt", "--passphrase-file", tmp_path / "anna.txt")
    out = tmp_path / "out"
    said = cora("export", tmp_path / "study.bundle", "--to", out, "--key", anna, "--key", berat, *files)
    assert (said.code, said.out, out.exists()) == (1, "", False)


def test_export_with_fewer_passphrase_files_than_keys_is_typed_wrongly(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    anna, berat = keys
    one_file = ("--passphrase-file", tmp_path / "anna.txt")
    said = cora("export", tmp_path / "study.bundle", "--to", tmp_path / "o", "--key", anna, "--key", berat, *one_file)
    assert (said.code, said.err.splitlines()[-1]) == (
        2,
        "Error: there are 2 --key and 1 --passphrase-file: give one for each, or none",
    )


def test_export_counts_a_copied_key_file_once(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    anna, berat = keys
    copy = tmp_path / "copy.key"
    copy.write_bytes(anna.read_bytes())
    copy.chmod(0o600)
    typed = "anna has seven rivers\nberat has seven rivers\nanna has seven rivers\n"
    named = ("--key", anna, "--key", berat, "--key", copy)
    assert cora("export", tmp_path / "study.bundle", "--to", tmp_path / "out", *named, typed=typed).code == 0
    (line,) = (
        line for line in (tmp_path / "out" / "README.txt").read_text().splitlines() if line.startswith("opened with")
    )
    assert line.count(",") == 1
