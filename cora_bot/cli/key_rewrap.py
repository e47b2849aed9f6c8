"""``cora keys rewrap``: what was sealed before is sealed anew to those who can open now."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import SystemClock
from cora_bot.base.errors import CoraError
from cora_bot.cli.passphrases import EXISTING, open_keys
from cora_bot.cli.progress import progress
from cora_bot.export import bundle_format as fmt
from cora_bot.export.rewrap import Account, Keys, rewrap, study_of
from cora_bot.study.meaning import OPENERS_PART, digests
from cora_bot.vault import private_files
from cora_bot.vault.agefile import Recipient
from cora_bot.vault.identity import ResearcherKey
from cora_bot.vault.statements import FILE, read_chain

_SUFFIX = ".bundle"


@click.command("rewrap")
@click.argument("source", metavar="BUNDLE|FOLDER", type=click.Path(path_type=Path, exists=True))
@click.option("--key", "keys", required=True, multiple=True, type=EXISTING, help="Your key file. Several for several.")
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    help="The bundle to be written; for a FOLDER of bundles, another folder.",
)
@click.option(
    "--study",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Seal for those named in this study's folder, instead of those the bundle itself names.",
)
@click.option(
    "--passphrase-file",
    "passphrase_files",
    multiple=True,
    type=EXISTING,
    help="Read the passphrase from this file (for scripts). One for each --key, in the same order.",
)
@click.pass_context
def rewrap_command(
    ctx: click.Context,
    source: Path,
    *,
    keys: Sequence[Path],
    target: Path,
    folder: Path | None,
    passphrase_files: Sequence[Path],
) -> None:
    """Seal a bundle's records anew for those who can open now. For the RESEARCHER'S computer.

    For a colleague who was named after records were sealed. Writes a new bundle with the same records: 'cora export'
    reads it alone, or beside newer ones. It does not go back to the server. The old bundle is not
    touched; every record sealed anew was opened again before it was written. Called again after an interruption with
    the same --to, it goes on where it was. FOLDER: every *.bundle in it.

    Exit codes: 0 all sealed anew; 1 some records did not open and were carried over as they are, or nothing was
    written, and why; 2 typed wrongly.
    """
    opened = open_keys(keys, passphrase_files)
    fits = True
    for one, to in _pairs(source, target):
        account = _one(one, to, opened, folder)
        click.echo(_as_text(account, to))
        fits = fits and account.fits
    if not fits:
        ctx.exit(1)


def _pairs(source: Path, target: Path) -> list[tuple[Path, Path]]:
    """Each bundle and where it goes. In a folder, those that were finished earlier are left out."""
    if source.is_file():
        return [(source, target)]
    found = sorted(source.glob(f"*{_SUFFIX}"))
    if not found:
        raise CoraError(f"there is no *{_SUFFIX} in {source}")
    if target.exists() and target.samefile(source):
        raise CoraError("--to is the same folder", "Name another one: the old bundles stay as they are.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [(path, target / path.name) for path in found if not (target / path.name).exists()]


def _one(source: Path, target: Path, opened: Sequence[ResearcherKey], folder: Path | None) -> Account:
    manifest, small = study_of(source)
    replaced = _study_files(folder) if folder else {}
    said = small | replaced
    keys = Keys(tuple(key.identity for key in opened), _recipients(said[fmt.STUDY], manifest.study))
    _confirm(source, keys, signed=_signed(said, manifest.study, keys, opened))
    with progress(f"Sealing {source.name} anew") as show:
        return rewrap(
            source,
            target,
            keys,
            chance=SystemChance(),
            now=SystemClock().now(),
            progress=show,
            replaced=replaced,
        )


def _study_files(folder: Path) -> dict[str, bytes]:
    signatures = folder / FILE
    return {
        fmt.STUDY: private_files.read(folder / "study.toml"),
        fmt.SIGNATURES: private_files.read(signatures) if signatures.exists() else b"",
    }


def _recipients(study_toml: bytes, study: str) -> tuple[Recipient, ...]:
    try:
        read = tomllib.loads(study_toml.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise CoraError("study.toml cannot be read", "cora check says more.") from None
    if read.get("id") != study:
        raise CoraError(f"this study.toml is of “{read.get('id')}”, the bundle of “{study}”")
    return tuple(Recipient.parse(str(text)) for text in read.get("recipients", []))


def _signed(said: Mapping[str, bytes], study: str, keys: Keys, opened: Sequence[ResearcherKey]) -> bool:
    """Whether a statement vouched for by one of these keys names exactly those who can open. Raises ``CoraError``."""
    if not said.get(fmt.SIGNATURES):
        return False
    chain = read_chain(said[fmt.SIGNATURES], study=study)
    newest = chain.signed[-1].statement
    as_signed = newest.parts.get(OPENERS_PART) == digests(said[fmt.STUDY].decode())[OPENERS_PART]
    if not as_signed or list(newest.recipients) != keys.fingerprints():
        raise CoraError(
            "those who can open are not those who were signed for; nothing was sealed anew",
            "Ask who changed study.toml. If the change is right: cora keys sign STUDY, then give --study STUDY here.",
        )
    return chain.vouched_for([key.public().verify_key for key in opened])


def _confirm(source: Path, keys: Keys, *, signed: bool) -> None:
    """Whoever changed study.toml on the server could have themselves named here, and get what was sealed before."""
    click.echo(f"{source.name} will be sealed anew for:", err=True)
    for fingerprint in keys.fingerprints():
        click.echo(f"    {fingerprint}", err=True)
    if signed:
        click.echo("This follows from what was signed with your key.", err=True)
        return
    click.confirm("Do you know each of these, compared with its holder?", abort=True, err=True)


def _as_text(account: Account, target: Path) -> str:
    lines = [
        f"{target}:",
        f"sealed in the bundle  {account.sealed:>8}",
        f"opened and re-sealed  {account.resealed:>8}",
        f"carried over          {account.carried_over:>8}   (did not open with your key; as they were)",
    ]
    lines += [f"NOT OPENED: record {record}" for record in account.kept]
    lines.append("everything fits" if account.fits else "NOT ALL WERE SEALED ANEW: keep the old bundle")
    return "\n".join(lines)
