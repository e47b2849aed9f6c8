"""BK-01 a backup is two files, private and sealed, made while the bot works; the wrong hands open neither
BK-02 yesterday's backup with today's key store: who was erased since does not open, everyone else does
BK-03 --check fails unless both fit: study, pair, age of the key store, server keys; and changes nothing
BK-04 older files go when their time is over, the newest never; a full disk leaves everything as it was
BK-05 a restore that was cut short is noticed before anything starts; what was here lies aside
"""

from __future__ import annotations

import asyncio
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from cora_bot.base.clock import TravelClock
from cora_bot.base.values import replace
from cora_bot.cli.alone import alone
from cora_bot.cli.open_house import open_house
from cora_bot.dialogue.conversation import Status, Withdrawal
from cora_bot.dialogue.turn import Turn
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.settings import read_settings
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.maintain import maintain
from cora_bot.vault.agefile import is_agefile
from cora_bot.vault.identity import ResearcherKey, read_key_file, write_key_file
from cora_bot.vault.record import open_record
from tests.cli.running import Said, cora
from tests.cli.server import ADDRESS, CHANCE, PASSPHRASE, QUICK, Server, enrol, set_up
from tests.support.turns import meet, write

WORDS = "long enough passphrase"


@dataclass(frozen=True)
class Site:
    """A server with two people, and an operator whose key opens its backups."""

    server: Server
    folder: Path
    codes: tuple[str, ...]

    @property
    def clock(self) -> TravelClock:
        return TravelClock(self.folder / "clock")

    @property
    def to(self) -> Path:
        return self.folder / "backups"

    def does(self, *arguments: object, **settings: str) -> Said:
        return cora(*arguments, settings=self.server.settings | settings)

    def backs_up(self, *more: object) -> tuple[Path, Path]:
        said = self.does("backup", "--to", self.to, "--recipient", self.folder / "operator.public.txt", *more)
        assert said.code == 0, said.err
        records, keys = (line.split(": ", 1)[1] for line in said.out.splitlines()[:2])
        return Path(records), Path(keys)

    def restores(self, records: Path, keys: Path | None, *more: object, **settings: str) -> Said:
        named = [] if keys is None else ["--keys", keys]
        opens = ["--key", self.folder / "operator.key", "--passphrase-file", self.folder / "words"]
        return self.does("restore", "--records", records, *named, *opens, *more, **settings)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    server = set_up(tmp_path)
    server.settings["CORA_CLOCK_FILE"] = str(tmp_path / "clock")
    codes = cora("invite", "--count", 2, settings=server.settings).out.split()
    for place, code in enumerate(codes):
        enrol(server, code, address=ADDRESS + place)
    key = ResearcherKey.generate("Operator", CHANCE, created=TravelClock(tmp_path / "clock").now().date())
    write_key_file(tmp_path / "operator.key", key, WORDS, CHANCE, work=QUICK)
    (tmp_path / "operator.public.txt").write_text(key.public().document())
    (tmp_path / "words").write_text(WORDS)
    return Site(server, tmp_path, tuple(codes))


def erase(site: Site, address: int) -> str:
    """Whoever is reached there takes the answers back, and their time to undo it is over; the case, as hex."""

    async def run() -> str:
        async with open_house(read_settings(site.server.settings)) as house:
            before = await meet(house, address)
            who = before.participant
            assert who is not None
            over = house.clock.now() - timedelta(seconds=1)
            gone = replace(who, status=Status.STOPPED, withdrawal=Withdrawal.ANSWERS, withdraws_at=over)
            await write(house, before, Turn(replace(before, participant=gone)))
            await maintain(house)
            return who.case.hex()

    return asyncio.run(run())


def bundled(site: Site, name: str) -> tuple[set[str], set[str]]:
    """Whose records a researcher opens from a bundle of now, and which cases it lists as erased."""
    identity = read_key_file(site.server.key, PASSPHRASE).identity

    async def run() -> str:
        async with open_house(read_settings(site.server.settings)) as house:
            await write_bundle(house, site.folder / name, holder="Anna")
            return house.script.study.id

    study = asyncio.run(run())
    with open_bundle(site.folder / name) as bundle:
        opened = [
            open_record(bundle.sealed(one), [identity], study=study, case=None, record=one) for one in bundle.records
        ]
        assert bundle.differences == ()
        return {head.case for head, _ in opened}, set(bundle.manifest.erased)


def erasure_keys(site: Site, case: str) -> int:
    async def run() -> int:
        async with open_house(read_settings(site.server.settings)) as house:
            return len(await house.keystore.erasure_keys([bytes.fromhex(case)]))

    return asyncio.run(run())


def test_backup_is_two_private_sealed_files(site: Site) -> None:
    records, keys = site.backs_up()
    assert [path.stat().st_mode & 0o777 for path in (records, keys)] == [0o600, 0o600]
    assert [is_agefile(path.read_bytes()) for path in (records, keys)] == [True, True]
    assert b"SQLite format" not in records.read_bytes() + keys.read_bytes()
    assert sorted(path.name for path in site.to.rglob("*")) == sorted([records.name, keys.name, "keys"])
    assert not (site.folder / "data" / "copies-under-way").exists()


def test_yesterdays_backup_opens_for_everyone_but_the_erased(site: Site) -> None:
    records, _ = site.backs_up()
    site.clock.move(timedelta(days=1))
    gone = erase(site, ADDRESS)
    _, keys = site.backs_up()
    before, _ = bundled(site, "before")
    for store in ("cora.db", "keystore.db"):
        (site.folder / "data" / store).unlink()

    said = site.restores(records, keys)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[:2] == [
        "1 people and 1 records open",
        "again as it was before the restore: 1 erased, 1 cut off, 0 stopped, paused or moved",
    ]
    after, erased = bundled(site, "after")
    assert (gone in after, after, erased) == (False, before, {gone})
    assert (len(after), erasure_keys(site, gone)) == (1, 0)
    assert len(site.does("people").out.splitlines()) == 2


def test_records_alone_are_restored_under_the_key_store_that_is_here(site: Site) -> None:
    records, _ = site.backs_up()
    site.clock.move(timedelta(days=1))
    gone = erase(site, ADDRESS)
    assert site.restores(records, None).code == 0
    after, erased = bundled(site, "after")
    assert (gone in after, erased) == (False, {gone})
    aside = list((site.folder / "data" / "before-upgrade").glob("*/*"))
    assert "cora.db" in {path.name for path in aside}
    assert "keystore.db" not in {path.name for path in aside}


def test_older_key_store_is_refused_both_ways(site: Site) -> None:
    _, old = site.backs_up()
    site.clock.move(timedelta(days=1))
    erase(site, ADDRESS)
    records, _ = site.backs_up()
    before = (site.folder / "data" / "cora.db").read_bytes()
    older = site.restores(records, old)
    assert (older.code, f"Error: {old} is older than {records}" in older.err) == (1, True)
    (yesterday,) = (path for path in site.to.glob("records-*") if path != records)
    beside = site.restores(yesterday, old)
    assert (beside.code, "the key store that is here is newer" in beside.err) == (1, True)
    assert (site.folder / "data" / "cora.db").read_bytes() == before


def test_check_changes_nothing_and_works_beside_the_bot(site: Site) -> None:
    records, keys = site.backs_up()
    data = site.folder / "data"
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.suffix == ".db"}
    with alone(data):
        said = site.restores(records, keys, "--check")
        refused = site.restores(records, keys)
    assert (said.code, said.out.splitlines()[-1]) == (0, "It fits. Nothing was changed.")
    assert (refused.code, "another process works on" in refused.err) == (1, True)
    assert {path.name: path.read_bytes() for path in data.iterdir() if path.suffix == ".db"} == before


def test_check_fails_unless_both_fit(site: Site, tmp_path: Path) -> None:
    records, keys = site.backs_up()
    other = tmp_path / "other"
    other.mkdir()
    theirs = set_up(other)
    cora("invite", "--count", 1, settings=theirs.settings)
    cora("backup", "--to", other / "b", "--recipient", tmp_path / "operator.public.txt", settings=theirs.settings)
    (foreign,) = (other / "b" / "keys").iterdir()
    said = {
        "pair": site.restores(records, foreign, "--check"),
        "swapped": site.restores(keys, records, "--check"),
        "server keys": site.restores(records, keys, "--check", CORA_SERVER_KEY=str(other / "server.key")),
    }
    assert {name: one.code for name, one in said.items()} == dict.fromkeys(said, 1)
    assert "lies under server keys that are not in the key file" in said["pair"].err
    assert "holds keys, not records" in said["swapped"].err
    assert "lies under server keys that are not in the key file" in said["server keys"].err
    toml = site.server.study / "study.toml"
    toml.write_text(toml.read_text().replace('id = "returnee_follow_up"', 'id = "another"'))
    study = site.restores(records, keys, "--check")
    assert (study.code, "belongs to the study returnee_follow_up" in study.err) == (1, True)


def test_old_backup_is_read_after_an_exchange_of_keys_with_the_old_copy_of_the_file(site: Site) -> None:
    key = Path(site.server.settings["CORA_SERVER_KEY"])
    old = site.folder / "envelope.key"
    old.write_bytes(key.read_bytes())
    old.chmod(0o600)
    records, _ = site.backs_up()
    assert site.does("server-keys", "rotate").code == 0
    site.clock.move(timedelta(days=100))
    assert site.does("server-keys", "drop").code == 0
    refused = site.restores(records, None, "--check")
    assert (refused.code, "server keys that are not in the key file" in refused.err) == (1, True)
    taken = site.does("server-keys", "take", old)
    assert (taken.code, "2 generations of keys, 1 of them new" in taken.out) == (0, True)
    again = site.does("server-keys", "take", old)
    assert (again.code, "2 generations of keys, 0 of them new" in again.out) == (0, True)
    assert site.restores(records, None).code == 0
    assert (site.does("doctor", "--offline").code in (0, 1), len(site.does("people").out.splitlines())) == (True, 3)


@pytest.mark.parametrize("part", ["records", "keys"])
def test_damaged_or_foreign_files_are_refused(site: Site, part: str) -> None:
    pair = dict(zip(("records", "keys"), site.backs_up(), strict=True))
    whole = pair[part].read_bytes()
    for damaged in (whole[:-1], whole[:-20_000], whole[: len(whole) // 2] + b"x" + whole[len(whole) // 2 + 1 :], b"no"):
        pair[part].write_bytes(damaged)
        said = site.restores(pair["records"], pair["keys"], "--check")
        assert (said.code, "could not be opened" in said.err) == (1, True)


def test_wrong_passphrase_and_wrong_key_open_nothing(site: Site) -> None:
    records, keys = site.backs_up()
    site.folder.joinpath("words").write_text("another passphrase")
    assert site.restores(records, keys, "--check").code == 1
    anna = ["--key", site.server.key, "--passphrase-file", site.server.passphrase]
    said = site.does("restore", "--records", records, "--keys", keys, *anna, "--check")
    assert (said.code, "could not be opened" in said.err) == (1, True)


def test_backup_under_a_passphrase(site: Site) -> None:
    words = ["--passphrase-file", site.folder / "words"]
    said = site.does("backup", "--to", site.to, *words)
    records, keys = (line.split(": ", 1)[1] for line in said.out.splitlines()[:2])
    checked = site.does("restore", "--records", records, "--keys", keys, *words, "--check")
    assert (said.code, checked.code, checked.err) == (0, 0, "")


def test_older_files_go_the_newest_stays(site: Site) -> None:
    first = site.backs_up()
    site.clock.move(timedelta(days=8))
    second = site.backs_up()
    assert [path.exists() for path in (*first, *second)] == [True, False, True, True]
    (site.to / "records-notes.age").touch()
    site.clock.move(timedelta(days=31))
    third = site.backs_up()
    assert [path.exists() for path in (*first, *second, *third)] == [False, False, False, False, True, True]
    assert (site.to / "records-notes.age").exists()


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file can grow beyond ``size`` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.parametrize("size", [60_000, 250_000])
def test_full_disk_is_said_and_leaves_what_was_there(site: Site, size: int) -> None:
    first = site.backs_up()
    site.clock.move(timedelta(days=40))
    with full_disk(size):
        said = site.does("backup", "--to", site.to, "--recipient", site.folder / "operator.public.txt")
    assert (said.code, said.err.startswith("Error: ")) == (1, True)
    assert {path for path in site.to.rglob("*") if path.is_file()} == set(first)


def test_backup_needs_somebody_who_can_open_it_and_a_place_outside(site: Site) -> None:
    nobody = site.does("backup", "--to", site.to)
    inside = site.does("backup", "--to", site.folder / "data" / "b", "--recipient", site.folder / "operator.public.txt")
    assert [(one.code, one.err.splitlines()[0]) for one in (nobody, inside)] == [
        (1, "Error: say who can open the files"),
        (1, f"Error: {site.folder / 'data' / 'b'} lies in the data folder"),
    ]


def test_restore_cut_short_keeps_everything_from_starting(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    records, keys = site.backs_up()
    real = Path.replace

    def cut_short(self: Path, target: Path) -> Path:
        if target.name == "keystore.db":
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", cut_short)
    site.restores(records, keys)
    monkeypatch.undo()
    said = site.does("people")
    assert (said.code, "the last restore was cut short" in said.err) == (1, True)
    site.clock.move(timedelta(seconds=2))
    assert site.restores(records, keys).code == 0
    assert len(site.does("people").out.splitlines()) == 3


def test_backup_holds_a_store_that_sqlite_reads(site: Site) -> None:
    records, _ = site.backs_up()
    site.restores(records, None)
    with sqlite3.connect(site.folder / "data" / "cora.db") as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert store.execute("SELECT count(*) FROM record").fetchone() == (2,)
    store.close()
