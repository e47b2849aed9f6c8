"""``cora restore``: stores put back from a backup, made true again, proved; or only tried."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from cora_bot.base.chance import SystemChance
from cora_bot.base.errors import CoraError
from cora_bot.base.hardening import no_core_dumps
from cora_bot.cli.alone import alone
from cora_bot.cli.open_house import check_place, open_clock, open_house, server_keys, server_settings
from cora_bot.cli.passphrases import EXISTING, open_keys, passphrase
from cora_bot.dialogue.script import Script
from cora_bot.settings import Settings
from cora_bot.store import copies
from cora_bot.store.database import Database, connect
from cora_bot.store.keystore import KeyStore
from cora_bot.usecases import backup_file, restoring
from cora_bot.usecases.backup_file import Manifest, Opening, Part
from cora_bot.usecases.belonging import in_use
from cora_bot.usecases.house import House
from cora_bot.usecases.load_study import load_script
from cora_bot.usecases.restoring import Applied, Proved
from cora_bot.vault.agefile import Recipient
from cora_bot.vault.working import WorkingKeys

STORE = backup_file.STORE["sqlite"]


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be done, with what."""

    settings: Settings
    script: Script
    keys: WorkingKeys
    records: Path
    keystore: Path | None
    by: Opening


@click.command()
@click.option("--records", type=EXISTING, help="The records' file of a backup.")
@click.option("--keys", "keystore", type=EXISTING, help="The key store's file.  [default: the key store that is here]")
@click.option("--key", "key_files", type=EXISTING, multiple=True, help="Key file of somebody the files are sealed to.")
@click.option("--passphrase-file", "words", type=EXISTING, help="Passphrase of the key file, or of the backup itself.")
@click.option("--check", is_flag=True, help="Only try it, beside what is here; nothing is changed.")
@click.option("--finish", is_flag=True, help="The stores were put in place by hand (PostgreSQL): make them true again.")
def restore(
    records: Path | None,
    keystore: Path | None,
    key_files: Sequence[Path],
    words: Path | None,
    *,
    check: bool,
    finish: bool,
) -> None:
    """Put both stores back from a backup, or try it with --check. For the SERVER.

    Stop the bot first (not for --check). Needs the server's key file of that time and the study. The records may be of
    any day; the key store must not be older than they are, and never older than the one that is here: give the newest
    there is, or none, where the one that is here is whole. Whoever was erased, cut off, or stopped, paused or moved
    since is so again before anything else happens. What waited or fell due since may have been sent: it is noted as
    uncertain, and not sent again. Everything is opened once as a proof. What was here lies in before-upgrade
    afterwards: delete it within a week.

    Exit codes: 0 restored, or it would fit; 1 not, and why: nothing was changed; 2 typed wrongly.
    """
    no_core_dumps()
    settings = server_settings()
    script = load_script(settings.study)
    if finish:
        with alone(settings.home):
            _tell(*asyncio.run(_finish(settings)))
        return
    if records is None:
        raise click.UsageError("--records is missing")
    if not settings.half_restored.exists():
        check_place(settings, script.study)
    by = _opening(records, key_files, words)
    order = _Order(settings, script, server_keys(settings), records, keystore, by)
    if check:
        _tell(*asyncio.run(_restore(order, only_try=True)))
        click.echo("It fits. Nothing was changed.")
        return
    with alone(settings.home):
        _tell(*asyncio.run(_restore(order, only_try=False)))
    click.echo("Start the bot when cora doctor finds nothing. Tell the researchers the time of the records.")
    click.echo("Bundles handed out since then are in no list any more: ask the researchers, and note them.")


def _opening(records: Path, key_files: Sequence[Path], words: Path | None) -> Opening:
    if key_files:
        return tuple(key.identity for key in open_keys(key_files, (words,) if words else ()))
    return passphrase(words, of=records)


async def _finish(settings: Settings) -> tuple[Applied, Proved]:
    async with open_house(settings, contacting=False) as house:
        return await restoring.apply(house), await restoring.prove(house)


async def _restore(order: _Order, *, only_try: bool) -> tuple[Applied, Proved]:
    """In a folder of its own; only what was proved there takes its place."""
    scratch = order.settings.scratch / "restore"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        for part in Part:
            (scratch / part).mkdir(mode=0o700, parents=True)
        await _lay_out(order, scratch)
        async with _tried(order, scratch) as house:
            done = await restoring.apply(house), await restoring.prove(house)
        if not only_try:
            _put_in_place(order, scratch)
        return done
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


async def _lay_out(order: _Order, scratch: Path) -> None:
    """Both stores as files, of one study and one pair, the key store not the older one. Raises ``CoraError``."""
    ours = backup_file.read(order.records, scratch / Part.RECORDS, order.by)
    _check_manifest(order, ours, Part.RECORDS, order.records)
    if order.keystore is not None:
        theirs = backup_file.read(order.keystore, scratch / Part.KEYS, order.by)
        _check_manifest(order, theirs, Part.KEYS, order.keystore)
        if theirs.keystore != ours.keystore:
            raise CoraError(f"{order.keystore} belongs to other records than {order.records}", "Take a pair that fits.")
        if theirs.changes < ours.changes:
            raise CoraError(
                f"{order.keystore} is older than {order.records}",
                "It would bring back who was erased, and lack who came since: take a newer one.",
            )
        await _check_not_newer_here(order, theirs)
    else:
        await _copy_keystore(order, ours, scratch / Part.KEYS / STORE)
    for part in Part:
        copies.check_copy(scratch / part / STORE)


def _check_manifest(order: _Order, found: Manifest, part: Part, path: Path) -> None:
    if found.part is not part:
        raise CoraError(f"{path} holds {found.part}, not {part}", "records-….age is --records, keys-….age is --keys.")
    if found.study != order.script.study.id:
        raise CoraError(f"{path} belongs to the study {found.study}", "Set CORA_STUDY to that study's folder.")
    if found.engine != "sqlite" or order.settings.store_files[0] is None:
        raise CoraError(
            f"{path} or this server's database is PostgreSQL's",
            "age --decrypt FILE | tar x; pg_restore store.dump; then: cora restore --finish (docs/operators.md)",
        )
    missing = set(found.generations) - {one.id.hex() for one in order.keys.generations}
    if missing:
        raise CoraError(
            f"{path} lies under server keys that are not in the key file: {', '.join(sorted(missing))}",
            "Take the copy of the key file of that time (cora server-keys show says which one holds what).",
        )


async def _check_not_newer_here(order: _Order, theirs: Manifest) -> None:
    here = order.settings.store_files[1]
    if here is None or not here.is_file():
        return
    async with _keystore(order, here) as found:
        same = await found.identity(SystemChance()) == theirs.keystore
        if same and await found.changes() > theirs.changes:
            raise CoraError(
                f"the key store that is here is newer than {order.keystore}",
                "An older one would bring back who was erased since: leave --keys out.",
            )


async def _copy_keystore(order: _Order, ours: Manifest, target: Path) -> None:
    """The key store that is here, as it is."""
    here = order.settings.store_files[1]
    if here is None or not here.is_file():
        raise CoraError("there is no key store here", "Name the newest one of the backups with --keys.")
    async with _keystore(order, here) as found:
        if await found.identity(SystemChance()) != ours.keystore:
            raise CoraError(
                "the key store that is here belongs to other records", "Name one of the backups with --keys."
            )
        if await found.changes() < ours.changes:
            raise CoraError(
                f"the key store that is here is older than {order.records}", "Name a newer one with --keys."
            )
        await copies.copy_store(found.database, target)


@asynccontextmanager
async def _keystore(order: _Order, path: Path) -> AsyncIterator[KeyStore]:
    found = await KeyStore.open(_url(path), order.keys)
    try:
        yield found
    finally:
        await found.close()


@asynccontextmanager
async def _tried(order: _Order, scratch: Path) -> AsyncIterator[House]:
    """A house that stands on the unpacked stores."""
    database = await Database.open(_url(scratch / Part.RECORDS / STORE), create=False)
    try:
        keys = await in_use(database, order.keys)
        keystore = KeyStore(Database(connect(_url(scratch / Part.KEYS / STORE))), keys)
        recipients = tuple(Recipient.parse(text) for text in order.script.study.recipients)
        try:
            yield House(database, keystore, keys, recipients, order.script, open_clock(order.settings), SystemChance())
        finally:
            await keystore.close()
    finally:
        await database.close()


def _put_in_place(order: _Order, scratch: Path) -> None:
    """What was here goes aside. Killed in between, nothing starts before this was done again."""
    settings = order.settings
    aside = settings.upgrade_copies / open_clock(settings).now().strftime("%Y-%m-%dT%H%M%SZ")
    aside.mkdir(mode=0o700, parents=True)
    settings.half_restored.touch(mode=0o600)
    for part, store in zip(Part, settings.store_files, strict=True):
        if store is None or (part is Part.KEYS and order.keystore is None):
            continue
        for end in ("", "-wal", "-shm"):
            old = store.with_name(store.name + end)
            if old.is_file():
                old.replace(aside / old.name)
        (scratch / part / STORE).replace(store)
    settings.half_restored.unlink()


def _url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def _tell(applied: Applied, proved: Proved) -> None:
    click.echo(f"{proved.read.people} people and {proved.records} records open")
    click.echo(
        f"again as it was before the restore: {applied.erased} erased, {applied.cut} cut off, "
        f"{applied.fenced} stopped, paused or moved"
    )
    click.echo(
        f"perhaps sent since, and not sent again: {applied.messages} messages that waited, "
        f"{applied.occasions} occasions that fell due"
    )
