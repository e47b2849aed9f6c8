"""``cora keys split`` and ``cora keys join``: a key on sheets of paper, and back from paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import click

from cora_bot.base.chance import SystemChance
from cora_bot.base.errors import CoraError
from cora_bot.cli.passphrases import EXISTING, PASSPHRASE_FILE, new_passphrase, passphrase
from cora_bot.export import key_sheets
from cora_bot.export.key_sheets import Sheet
from cora_bot.vault import identity, private_files, shares
from cora_bot.vault.identity import PublicKey, ResearcherKey


@click.command()
@click.argument("file", type=EXISTING)
@click.option("--shares", "count", default=3, show_default=True, help="How many sheets.")
@click.option("--need", default=2, show_default=True, help="How many of them give the key back.")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A new or empty folder for the sheets.",
)
@PASSPHRASE_FILE
def split(file: Path, *, count: int, need: int, folder: Path, passphrase_file: Path | None) -> None:
    """Write a key on sheets of paper, any --need of which give it back. For the RESEARCHER'S computer, offline.

    FILE is a key file. Makes one page per sheet (HTML, printed from a browser) with 33 words each, three of them a
    checksum. One sheet alone tells nothing; enough of them are the key, without any passphrase. Before anything is
    written, each sheet was joined with others as a test. Delete the files once they are printed.

    Exit codes: 0 written; 1 not written, and why; 2 typed wrongly.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CoraError(f"{folder} is not empty", "Give --to a new folder: sheets of two splittings must not be mixed.")
    key = identity.read_key_file(file, passphrase(passphrase_file, of=file))
    made = shares.split(key.identity, shares=count, need=need)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for share in made:
        path = folder / f"sheet-{share.number}-of-{count}.html"
        sheet = Sheet(share, _facts(key.public()))
        private_files.write_new(path, key_sheets.document(sheet, of=count).encode())
        click.echo(f"{path}")
    click.echo(f"Any {need} of {count} give the key {key.identity.recipient.fingerprint()} back.")
    click.echo("Print them, delete the files, and keep each sheet in another place.")
    _note_in_public_file(identity.public_path(file), key, f"{need} of {count}")


def _facts(public: PublicKey) -> dict[str, str]:
    return {
        "holder": public.holder,
        "study": public.study,
        "created": public.created.isoformat(),
        "fingerprint": public.recipient.fingerprint(),
    }


def _note_in_public_file(path: Path, key: ResearcherKey, made: str) -> None:
    """The study counts a key in shares as one that cannot be lost with one person: see ``cora keys add``."""
    if path.exists() and identity.read_public_file(path).recipient == key.identity.recipient:
        private_files.replace(path, key.public().in_shares(made).document().encode())
        click.echo(f"{path} says so now: give it to whoever keeps the study.")


@click.command("join")
@click.argument("sheets", nargs=-1, type=EXISTING)
@click.option(
    "--to", "path", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The key file to be written."
)
@PASSPHRASE_FILE
def join(sheets: Sequence[Path], path: Path, *, passphrase_file: Path | None) -> None:
    """Make a key file again from enough of its sheets. For the RESEARCHER'S computer, offline.

    SHEETS are the files that 'cora keys split' wrote, or text files with what stands on paper: lines such as
    'fingerprint: …', then the words. Without SHEETS, asks for what stands on each sheet. The new file, under a new
    passphrase, opens what the first one opened. Nothing is sent anywhere.

    Exit codes: 0 written; 1 not written, and why (wrong, mixed, too few sheets); 2 typed wrongly.
    """
    public_file = identity.public_path(path)
    if path.exists():
        raise CoraError(f"{path} exists already and is not overwritten", "Choose another name.")
    found = [key_sheets.read(_text(each), what=each.name) for each in sheets] or list(_asked())
    facts = _same_facts(found)
    opened = shares.join([sheet.share for sheet in found], facts["fingerprint"].upper())
    key = ResearcherKey(facts["holder"], facts.get("study", ""), _day(facts["created"]), opened)
    identity.write_key_file(path, key, new_passphrase(passphrase_file), SystemChance())
    click.echo(f"Key file:    {path}   (secret; without it and its passphrase the answers stay closed)")
    if not public_file.exists():
        private_files.write_new(public_file, key.public().document().encode())
        click.echo(f"Public file: {public_file}   (to be given away)")
    click.echo(f"Fingerprint: {opened.recipient.fingerprint()}")


def _text(path: Path) -> str:
    try:
        return private_files.read(path).decode()
    except UnicodeDecodeError:
        raise CoraError(f"{path.name} is not a sheet: it is not text") from None


def _asked() -> Iterator[Sheet]:
    """What stands on paper, sheet by sheet, until there are enough."""
    facts = {name: str(click.prompt(name.capitalize(), default="", show_default=False)) for name in key_sheets.FACTS}
    given = 0
    need = 1
    while given < need:
        given += 1
        words = key_sheets.typed_words(str(click.prompt(f"All words of the {_nth(given)} sheet, in order")))
        share = shares.KeyShare.read(words, what=f"the {_nth(given)} sheet")
        need = share.need
        yield Sheet(share, facts)


def _nth(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")


def _same_facts(sheets: Sequence[Sheet]) -> dict[str, str]:
    facts: dict[str, str] = {}
    for sheet in sheets:
        for name, value in sheet.facts.items():
            if value and facts.setdefault(name, value) != value:
                raise CoraError(f"these sheets are mixed: they differ in “{name}”", "Use sheets of one key.")
    missing = [name for name in ("holder", "created", "fingerprint") if name not in facts]
    if missing:
        raise CoraError(
            f"the sheets do not say: {', '.join(missing)}", "Add the lines that stand above the words, e.g. holder: …"
        )
    return facts


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CoraError("“created” is not a day", "As on the sheet: 2026-03-01") from None
