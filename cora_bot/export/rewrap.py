"""Seals the records of a bundle anew, to those who can open now, on the computer of somebody who can open them.

The result is a bundle of the same study with the same records, tables and forms, for ``cora export`` to read alone or
beside others. It never goes back to the server, which could not tell whether the records in it are those it sealed.
The bundle it was made from stays where it is: nothing is deleted here. Memory does not grow with the number of records;
a run that was killed is gone on with. A record that does not open is carried over as it is, and named.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from cora_bot.base.chance import Chance, new_id
from cora_bot.base.errors import CoraError
from cora_bot.export import bundle_format as fmt
from cora_bot.export.bundle_facts import AGAIN
from cora_bot.export.bundle_format import Manifest
from cora_bot.export.bundle_reader import LARGEST, LARGEST_RECORD, limit_of, read_manifest
from cora_bot.export.cells import instant
from cora_bot.export.zip_entries import Entry, Writing, content, entries
from cora_bot.vault.agefile import Identity, Recipient
from cora_bot.vault.recipients import check_one_kind
from cora_bot.vault.record import reseal_record

SYNC_EVERY: Final = 256
MOST_NAMED: Final = 20
_PART: Final = ".part"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the records: ``sealed`` in the bundle; opened and sealed anew; carried over as they were.

    ``kept`` names (the first of) those that did not open.
    """

    sealed: int
    resealed: int
    carried_over: int
    kept: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return self.carried_over == 0 and self.resealed == self.sealed


@dataclass(frozen=True, slots=True)
class Keys:
    """Who opens, and for whom is sealed. One who opens must be among those who can open afterwards."""

    identities: tuple[Identity, ...]
    recipients: tuple[Recipient, ...]

    def __post_init__(self) -> None:
        check_one_kind(self.recipients)  # later it would look like records that do not open
        if not any(identity.recipient in self.recipients for identity in self.identities):
            raise CoraError(
                "your key is not among those who can open now, so nothing that is sealed anew could be proven",
                "Let somebody do this who is named in study.toml and could open the records before.",
            )

    def fingerprints(self) -> list[str]:
        return [recipient.fingerprint() for recipient in self.recipients]

    def opener(self) -> str:
        return next(one for one in self.identities if one.recipient in self.recipients).recipient.fingerprint()


def study_of(source: Path) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest of a bundle and its study.toml (and what else says who can open), by entry name."""
    with _opened(source) as file:
        small = {
            entry.name: content(file, entry, limit_of(entry.name))
            for entry in entries(file)
            if entry.name in (fmt.MANIFEST, fmt.STUDY, fmt.SIGNATURES)
        }
    for name in (fmt.MANIFEST, fmt.STUDY):
        if name not in small:
            raise CoraError(f"the bundle has no {name}", AGAIN)
    return read_manifest(_text(small[fmt.MANIFEST])), small


def rewrap(
    source: Path,
    target: Path,
    keys: Keys,
    *,
    chance: Chance,
    now: datetime,
    progress: Progress,
    replaced: Mapping[str, bytes] | None = None,
) -> Account:
    """Writes ``target``, or goes on with what a killed run left beside it. Raises ``CoraError``.

    ``replaced`` are entries that come from elsewhere than the bundle: a study.toml that names those who can open now,
    and its signatures. An empty one is left out.
    """
    if target.exists():
        raise CoraError(f"{target} exists already and is not overwritten", "Choose another name.")
    part = target.with_name(target.name + _PART)
    manifest, small = study_of(source)
    with _opened(source) as file, Writing(part) as out:
        last = _found_so_far(out, manifest, keys, part)
        if not last:
            out.sync()
            out.add(fmt.MANIFEST, _manifest(small[fmt.MANIFEST], manifest, keys, new_id(chance).hex(), now))
            _copy_the_rest(file, out, replaced or {})
        _records(_Run(file, out, keys, manifest, chance, progress), last)
        out.finish()
    account = _compared(source, part, manifest)
    part.rename(target)
    return account


def _found_so_far(out: Writing, manifest: Manifest, keys: Keys, part: Path) -> str:
    """The last record that a killed run wrote whole; "" when it had not come to them. Refuses another run's file."""
    last, first = "", True
    for entry in out.whole():
        if first and not _same_run(out.read(entry, LARGEST[fmt.MANIFEST]), manifest, keys):
            raise CoraError(
                f"{part} is there from sealing another bundle anew, or for other people",
                "Finish that one first, or delete the file: the bundle it is made from is not touched.",
            )
        first = False
        match = fmt.RECORD.fullmatch(entry.name)
        last = match[1] if match else last
    if not last:
        out.empty()
    return last


def _same_run(found: bytes, manifest: Manifest, keys: Keys) -> bool:
    try:
        before = read_manifest(_text(found))
    except CoraError:
        return False
    origin = before.resealed.origin if before.resealed else ""
    return (origin, list(before.recipients)) == (manifest.bundle, keys.fingerprints())


def _manifest(found: bytes, manifest: Manifest, keys: Keys, bundle: str, now: datetime) -> bytes:
    changed = {
        "bundle": bundle,
        "recipients": keys.fingerprints(),
        "resealed": {"from": manifest.bundle, "by": keys.opener(), "at": instant(now)},
    }
    return json.dumps(json.loads(found) | changed, indent=2).encode()


def _copy_the_rest(file: BinaryIO, out: Writing, replaced: Mapping[str, bytes]) -> None:
    for entry in entries(file):
        limit_of(entry.name)
        if entry.name not in (fmt.MANIFEST, *replaced) and not fmt.RECORD.fullmatch(entry.name):
            out.copy(file, entry)
    for name, plain in replaced.items():
        if plain:
            out.add(name, plain)


@dataclass(frozen=True, slots=True)
class _Run:
    file: BinaryIO
    out: Writing
    keys: Keys
    manifest: Manifest
    chance: Chance
    progress: Progress


def _records(run: _Run, last: str) -> None:
    of = run.manifest.counts["records"]
    done = 0
    for done, (record, entry) in enumerate(_in_order(run.file), start=1):
        if record > last:
            sealed = content(run.file, entry, LARGEST_RECORD)
            run.out.add(entry.name, _resealed(run, record, sealed))
            if done % SYNC_EVERY == 0:
                run.out.sync()
        run.progress(done, max(of, done))


def _resealed(run: _Run, record: str, sealed: bytes) -> bytes:
    keys = run.keys
    try:
        return reseal_record(
            sealed, keys.identities, keys.recipients, run.chance, study=run.manifest.study, record=record
        )
    except CoraError:
        return sealed  # somebody else may open it, or a newer program: nothing is lost on the way


def _in_order(file: BinaryIO) -> Iterator[tuple[str, Entry]]:
    """Records by id, as ``cora bundle`` writes them: so none can stand there twice, and no list of them is needed."""
    before = ""
    for entry in entries(file):
        match = fmt.RECORD.fullmatch(entry.name)
        if match is None:
            continue
        if match[1] <= before:
            raise CoraError("the bundle's records are not in the order in which bundles hold them", AGAIN)
        before = match[1]
        yield match[1], entry


def _compared(source: Path, part: Path, manifest: Manifest) -> Account:
    """Both files read once more from the disk, record by record: the same ids, and which of them were sealed anew."""
    resealed, carried, kept = 0, 0, list[str]()
    with _opened(source) as before, _opened(part) as after:
        fresh = _in_order(after)
        for record, entry in _in_order(before):
            made, found = next(fresh, ("", None))
            if made != record or found is None:
                raise AssertionError("a record was lost on the way")
            if content(after, found, LARGEST_RECORD) == content(before, entry, LARGEST_RECORD):
                carried += 1
                kept += [record] if len(kept) < MOST_NAMED else []
            else:
                resealed += 1
        if next(fresh, None) is not None:
            raise AssertionError("a record was made on the way")
    return Account(manifest.counts["records"], resealed, carried, tuple(kept))


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise CoraError(f"{path} could not be read: {error.strerror}") from None


def _text(found: bytes) -> str:
    try:
        return found.decode()
    except UnicodeDecodeError:
        raise CoraError("the bundle's manifest is not UTF-8", AGAIN) from None
