"""EX-72 sealing anew: the same records with the same content, for those who can open now; nothing lost, nothing deleted
EX-73 a run that is stopped at any record is gone on with, and ends as if it had never been stopped
EX-74 what was sealed anew is exported alone, or lends to a newer bundle what does not open there
"""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.export import rewrap as module
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.export.export_bundle import export_bundle
from cora_bot.export.opening import open_all
from cora_bot.export.reconciliation import Reconciliation
from cora_bot.export.rewrap import Account, Keys, rewrap
from cora_bot.vault.agefile import Identity
from cora_bot.vault.record import open_record
from tests.export.bundles import ANNA, BERAT, CASE, STRANGER, STUDY, Draft
from tests.export.test_export_bundle import FIRST, SECOND, THIRD, draft, of_form, text

CHANCE = SeededChance("rewrap")
CARLA = Identity.generate(CHANCE)
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
NEW = Keys((ANNA,), (ANNA.recipient, CARLA.recipient))


class StoppedError(Exception):
    """What a kill looks like from inside."""


def ordered(**changes: Any) -> Draft:
    """The sample's bundle with its records as ``cora bundle`` writes them."""
    made = draft(**changes)
    made.records = dict(sorted(made.records.items()))
    return made


def _rewrap(source: Path, target: Path, keys: Keys = NEW, *, stop_at: int = 0) -> Account:
    def show(done: int, of: int) -> None:
        if done == stop_at:
            raise StoppedError

    return rewrap(source, target, keys, chance=CHANCE, now=NOW, progress=show)


def _opened(path: Path, identity: Identity) -> dict[str, object]:
    with open_bundle(path) as bundle:
        opening = open_all(bundle, [identity], progress=lambda done, of: None)
    return {one.head.record: (one.head, one.body) for one in opening.opened}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return ordered().write(tmp_path / "november.bundle")


def test_every_record_opens_for_the_new_set_and_only_for_it(tmp_path: Path, source: Path) -> None:
    before, original = _opened(source, ANNA), source.read_bytes()
    account = _rewrap(source, tmp_path / "new.bundle")
    assert account == Account(sealed=4, resealed=4, carried_over=0, kept=())
    assert account.fits
    assert _opened(tmp_path / "new.bundle", CARLA) == before
    assert _opened(tmp_path / "new.bundle", ANNA) == before
    assert _opened(tmp_path / "new.bundle", BERAT) == {}
    assert source.read_bytes() == original
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.bundle", "november.bundle"]
    assert (tmp_path / "new.bundle").stat().st_mode & 0o777 == 0o600


def test_tables_and_forms_come_along_unchanged(tmp_path: Path, source: Path) -> None:
    _rewrap(source, tmp_path / "new.bundle")
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(tmp_path / "new.bundle") as after:
        assert sorted(before.namelist()) == sorted(after.namelist())
        assert after.testzip() is None
        others = [name for name in before.namelist() if not name.startswith("records/") and name != "manifest.json"]
        assert len(others) == 6
        assert {name: before.read(name) for name in others} == {name: after.read(name) for name in others}
        old, new = (json.loads(archive.read("manifest.json")) for archive in (before, after))
    fingerprint = ANNA.recipient.fingerprint()
    assert new.pop("resealed") == {"from": old["bundle"], "by": fingerprint, "at": "2026-12-01T09:00:00Z"}
    assert new.pop("bundle") != old.pop("bundle")
    assert new.pop("recipients") == [fingerprint, CARLA.recipient.fingerprint()]
    del old["recipients"]
    assert new == old


@pytest.mark.parametrize("stop_at", [1, 2, 3, 4])
@pytest.mark.parametrize("cut", [0, 1, 500])
def test_a_stopped_run_is_gone_on_with(tmp_path: Path, source: Path, stop_at: int, cut: int) -> None:
    before = _opened(source, ANNA)
    with pytest.raises(StoppedError):
        _rewrap(source, tmp_path / "new.bundle", stop_at=stop_at)
    part = tmp_path / "new.bundle.part"
    part.write_bytes(part.read_bytes()[: part.stat().st_size - cut])
    assert not (tmp_path / "new.bundle").exists()
    assert _rewrap(source, tmp_path / "new.bundle").fits
    assert _opened(tmp_path / "new.bundle", CARLA) == before
    assert not part.exists()


def test_records_that_are_done_are_not_done_again(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoppedError):
        _rewrap(source, tmp_path / "new.bundle", stop_at=3)
    again = []
    real = module.reseal_record

    def counted(*arguments: object, **named: object) -> bytes:
        again.append(named["record"])
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "reseal_record", counted)
    _rewrap(source, tmp_path / "new.bundle")
    assert again == [THIRD]


@pytest.mark.parametrize("other", ["bundle", "people"])
def test_what_another_run_left_is_not_gone_on_with(tmp_path: Path, source: Path, other: str) -> None:
    with pytest.raises(StoppedError):
        _rewrap(source, tmp_path / "new.bundle", stop_at=2)
    left = (tmp_path / "new.bundle.part").read_bytes()
    keys = NEW if other == "bundle" else Keys((ANNA,), (ANNA.recipient, STRANGER.recipient))
    second = ordered(manifest={"bundle": "88" * 16}).write(tmp_path / "december.bundle")
    with pytest.raises(CoraError, match="is there from sealing another bundle anew"):
        _rewrap(second if other == "bundle" else source, tmp_path / "new.bundle", keys)
    assert (tmp_path / "new.bundle.part").read_bytes() == left


def test_a_record_that_does_not_open_is_carried_over_and_named(tmp_path: Path) -> None:
    made = ordered()
    made.records[SECOND] = made.records[SECOND][:-1] + b"x"
    source = made.write(tmp_path / "november.bundle")
    account = _rewrap(source, tmp_path / "new.bundle")
    assert (account, account.fits) == (Account(4, 3, 1, (SECOND,)), False)
    with zipfile.ZipFile(tmp_path / "new.bundle") as after:
        assert after.read(f"records/{SECOND}.age") == made.records[SECOND]


def test_records_that_changed_places_are_not_sealed_anew_as_if_they_belonged_there(tmp_path: Path) -> None:
    made = ordered()
    made.records[FIRST], made.records[SECOND] = made.records[SECOND], made.records[FIRST]
    account = _rewrap(made.write(tmp_path / "november.bundle"), tmp_path / "new.bundle")
    assert (account.resealed, account.kept) == (2, (FIRST, SECOND))


def test_whoever_could_not_prove_it_seals_nothing(tmp_path: Path, source: Path) -> None:
    with pytest.raises(CoraError, match="nothing that is sealed anew could be proven"):
        Keys((ANNA,), (BERAT.recipient, CARLA.recipient))


def test_classic_and_hybrid_people_together_are_refused_before_anything_is_sealed() -> None:
    classic = Identity.generate(CHANCE, classic=True)
    with pytest.raises(CoraError, match="are mixed"):
        Keys((ANNA,), (ANNA.recipient, classic.recipient))


def test_a_bundle_out_of_order_is_refused(tmp_path: Path) -> None:
    made = ordered()
    made.records = dict(reversed(made.records.items()))
    with pytest.raises(CoraError, match="not in the order"):
        _rewrap(made.write(tmp_path / "november.bundle"), tmp_path / "new.bundle")
    assert not (tmp_path / "new.bundle").exists()


def test_an_existing_file_is_not_overwritten(tmp_path: Path, source: Path) -> None:
    (tmp_path / "new.bundle").write_text("mine")
    with pytest.raises(CoraError, match="exists already"):
        _rewrap(source, tmp_path / "new.bundle")
    assert (tmp_path / "new.bundle").read_text() == "mine"


def _export(folder: Path, identity: Identity, first: Path, *others: Path) -> Reconciliation:
    return export_bundle(
        first,
        [identity],
        folder,
        language="en",
        now=NOW,
        chance=SeededChance(1),
        progress=lambda done, of: None,
        others=others,
    )


def test_what_was_sealed_anew_is_exported_alone(tmp_path: Path, source: Path) -> None:
    _rewrap(source, tmp_path / "new.bundle")
    account = _export(tmp_path / "carla", CARLA, tmp_path / "new.bundle")
    assert account.fits, account
    assert any("was sealed anew from" in note for note in account.notes)
    _export(tmp_path / "anna", ANNA, source)
    for name in ("answers_long.csv", "answers_wide.csv"):
        assert text(tmp_path / "carla", name) == text(tmp_path / "anna", name)


def _december(folder: Path) -> Path:
    """A newer bundle: the same records, and one more that is sealed to Carla as well."""
    from cora_bot.vault.record import seal_record

    made: Draft = ordered(manifest={"bundle": "88" * 16, "made_at": "2026-12-22T10:00:00Z"})
    one = of_form("e" * 32, "complete", number=3, session="99" * 16)
    made.records["e" * 32] = seal_record(one, {"values": {"/data/work": "yes"}}, [CARLA.recipient], CHANCE)
    return made.write(folder / "december.bundle")


@pytest.mark.parametrize("turned", [False, True])
def test_it_lends_to_a_newer_bundle_what_does_not_open_there(tmp_path: Path, source: Path, turned: bool) -> None:
    _rewrap(source, tmp_path / "new.bundle")
    newer = _december(tmp_path)
    alone = _export(tmp_path / "alone", CARLA, newer)
    assert (alone.opened, len(alone.not_opened)) == (1, 4)
    pair = (newer, tmp_path / "new.bundle")
    account = _export(tmp_path / "both", CARLA, *(pair[::-1] if turned else pair))
    assert account.fits, account
    assert (account.sealed, account.opened) == (5, 5)


def test_an_older_bundle_brings_nobody_back(tmp_path: Path, source: Path) -> None:
    _rewrap(source, tmp_path / "new.bundle")
    later = ordered(manifest={"bundle": "88" * 16, "made_at": "2026-12-22T10:00:00Z", "erased": [CASE]})
    later.records = {THIRD: later.records[THIRD]}
    later.codes = {"22" * 16: "M3A-9ZW"}
    later.occurrences, later.contacts = later.occurrences[2:], later.contacts[1:]
    newer = later.write(tmp_path / "december.bundle")
    account = _export(tmp_path / "out", CARLA, tmp_path / "new.bundle", newer)
    assert (account.opened, account.exported) == (1, 1)
    assert any("3 records are in older bundles only" in note for note in account.notes)
    assert "K7F-2QX" not in text(tmp_path / "out", "answers_long.csv")


def test_two_studies_or_the_same_bundle_twice_are_refused(tmp_path: Path, source: Path) -> None:
    with pytest.raises(CoraError, match="given twice"):
        _export(tmp_path / "out", ANNA, source, source)
    other = ordered(manifest={"bundle": "88" * 16, "study": "other"}).write(tmp_path / "other.bundle")
    with pytest.raises(CoraError, match="different studies"):
        _export(tmp_path / "out", ANNA, source, other)


def test_the_content_is_carried_byte_for_byte(tmp_path: Path) -> None:
    """Also what this program would have written otherwise: spaces, an unknown order of keys."""
    from cora_bot.vault.agefile import open_sealed, seal
    from cora_bot.vault.padding import pad, unpad

    made = ordered()
    plain = unpad(open_sealed(made.records[FIRST], [ANNA])).replace(b',"body"', b',  "body"')
    made.records[FIRST] = seal(pad(plain), [ANNA.recipient], CHANCE)
    assert open_record(made.records[FIRST], [ANNA], study=STUDY, case=CASE, record=FIRST)
    _rewrap(made.write(tmp_path / "november.bundle"), tmp_path / "new.bundle")
    with zipfile.ZipFile(tmp_path / "new.bundle") as after:
        sealed = after.read(f"records/{FIRST}.age")
    assert open_sealed(sealed, [CARLA]) == pad(plain)
    with pytest.raises(NotOpened):
        open_sealed(sealed, [BERAT])
