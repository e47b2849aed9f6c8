"""``cora keys``: researchers' keys, and the opening test that a study needs before it opens for participants.

Secrets are typed or read from a file, never echoed, never an argument (arguments are seen by every process list).
Every command says which computer it belongs to: a key file never comes near the server.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import click

from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import SystemClock
from cora_bot.base.errors import CoraError
from cora_bot.cli import passphrases
from cora_bot.cli.failures import HandledGroup
from cora_bot.vault import drill as drills
from cora_bot.vault import identity, passphrase, private_files
from cora_bot.vault.agefile import Recipient, is_agefile
from cora_bot.vault.drill_file import load_drills, save_drills
from cora_bot.vault.server_keys import save_keys
from cora_bot.vault.working import WorkingKeys

_FILE = click.Path(path_type=Path, dir_okay=False)
_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_PASSPHRASE_FILE = click.option(
    "--passphrase-file", type=_EXISTING, help="Read the passphrase from this file instead of asking (for scripts)."
)


@click.group(cls=HandledGroup)
def keys() -> None:
    """Who can open the answers: key files, and the opening test."""


@keys.command()
@click.option("--holder", required=True, help="Who keeps this key, e.g. 'Team lead, Tirana'.")
@click.option("--study", default="", help="The study's id, when the key is for one study only.")
@click.option("--to", "path", required=True, type=_FILE, help="The key file to be written, e.g. anna.key")
@click.option("--generate", is_flag=True, help="Show a strong passphrase to write down, and ask for it once.")
@_PASSPHRASE_FILE
def new(holder: str, study: str, path: Path, *, generate: bool, passphrase_file: Path | None) -> None:
    """Make a key file and the public file beside it. For the RESEARCHER'S computer.

    The key file opens answers: keep it, and a copy elsewhere. The public file goes to whoever sets up the study.
    """
    chance = SystemChance()
    public_file = identity.public_path(path)
    for taken in (path, public_file):
        if taken.exists():
            raise CoraError(f"{taken} exists already and is not overwritten", "Choose another name.")
    key = identity.ResearcherKey.generate(holder, chance, created=SystemClock().now().date(), study=study)
    secret = _generated_passphrase() if generate else _new_passphrase(passphrase_file)
    identity.write_key_file(path, key, secret, chance)
    private_files.write_new(public_file, key.public().document().encode())
    click.echo(f"Key file:    {path}   (secret; without it and its passphrase the answers stay closed)")
    click.echo(f"Public file: {public_file}   (to be given away)")
    _show(key.public())


@keys.command()
@click.argument("file", type=_EXISTING)
@_PASSPHRASE_FILE
def show(file: Path, passphrase_file: Path | None) -> None:
    """Show the public facts of a public file, or of a key file (asks its passphrase).

    For any computer with a public file; for the RESEARCHER'S computer with a key file. Shows no secret.
    """
    if is_agefile(private_files.read(file)):
        _show(identity.read_key_file(file, _passphrase(passphrase_file)).public())
    else:
        _show(identity.read_public_file(file))


@keys.command("change-passphrase")
@click.argument("file", type=_EXISTING)
@_PASSPHRASE_FILE
@click.option("--new-passphrase-file", type=_EXISTING, help="Read the new passphrase from this file (for scripts).")
def change_passphrase(file: Path, passphrase_file: Path | None, new_passphrase_file: Path | None) -> None:
    """Protect a key file with another passphrase; the key stays the same. For the RESEARCHER'S computer."""
    old = _passphrase(passphrase_file)
    identity.read_key_file(file, old)  # before a new passphrase is asked for
    key = identity.change_passphrase(file, old, _new_passphrase(new_passphrase_file), SystemChance())
    click.echo(f"{file} has a new passphrase. The key is the same: {key.identity.recipient.fingerprint()}")
    click.echo("Copies made before still open with the old passphrase.")


@keys.command()
@click.option(
    "--to", "path", required=True, type=_FILE, help="The file, outside the data folder, e.g. /etc/cora/server.key"
)
@click.option("--passphrase-file", type=_EXISTING, help="Protect it with the passphrase in this file.")
def server(path: Path, passphrase_file: Path | None) -> None:
    """Make the server's own key file: for addresses, open sessions, links. It opens no answer. For the SERVER.

    Name it in CORA_SERVER_KEY. Keep one copy apart from the data's backups: without it nobody can be reached again.
    Without a passphrase the file itself is the secret (readable by its owner only), and a reboot needs nobody.

    Exit codes: 0 made; 1 not made, and why; 2 typed wrongly.
    """
    chance = SystemChance()
    words = passphrase.checked(passphrases.passphrase(passphrase_file, of=path)) if passphrase_file else None
    save_keys(path, WorkingKeys.generate(chance), chance, passphrase=words)
    click.echo(f"{path} holds the server's keys. Set CORA_SERVER_KEY to it; keep it out of CORA_HOME and its backups.")


@keys.command()
@click.option("--study", "folder", required=True, type=_FOLDER, help="The study's folder (with study.toml).")
@click.option("--state", required=True, type=_FILE, help="Where the server keeps its opening tests (JSON, no secrets).")
@click.option("--to", "target", type=_FOLDER, help="Write a test file here for everyone who has not opened one.")
@click.option("--confirm", "who", help="Whose phrase is typed: a fingerprint (or its beginning), or a public file.")
def drill(folder: Path, state: Path, target: Path | None, who: str | None) -> None:
    """Prove that each named person can open, before the first participant. For the SERVER.

    With --to: writes one sealed test file per person. They open it (cora keys open-drill) and tell the phrase.
    With --confirm: asks for that phrase and notes that this person can open.
    With neither: says who has opened a test; exit code 1 while the study may not open yet.
    """
    if target is not None and who is not None:
        raise click.UsageError("--to and --confirm are two steps.")
    study, recipients = _named(folder)
    known = load_drills(state, study=study)
    if target is not None:
        _make_tests(known, recipients, state, target)
    elif who is not None:
        fingerprint = _whose(who, recipients)
        phrase = click.prompt(f"Phrase of {fingerprint}")
        save_drills(state, drills.confirm(known, fingerprint, phrase, SystemClock().now()))
        click.echo(f"{fingerprint} can open.")
    else:
        _report(known, recipients)


@keys.command("open-drill")
@click.argument("file", type=_EXISTING)
@click.option("--key", "key_file", required=True, type=_EXISTING, help="The key file.")
@_PASSPHRASE_FILE
def open_drill(file: Path, key_file: Path, passphrase_file: Path | None) -> None:
    """Open a test file and show its phrase, to be told to the server's keeper. For the RESEARCHER'S computer."""
    key = identity.read_key_file(key_file, _passphrase(passphrase_file))
    click.echo(drills.answer_drill(private_files.read(file), key.identity))


def _make_tests(known: drills.DrillState, recipients: list[str], state: Path, target: Path) -> None:
    chance, now = SystemChance(), SystemClock().now()
    parsed = [Recipient.parse(text) for text in recipients]
    target.mkdir(parents=True, exist_ok=True)
    for recipient, opened in zip(parsed, drills.drilled(parsed, known), strict=True):
        if opened:
            click.echo(f"{recipient.fingerprint()} has opened a test already")
            continue
        sealed, proof = drills.make_drill(recipient, chance, study=known.study, at=now)
        path = target / f"opening-test-{recipient.fingerprint()}.age"
        private_files.replace(path, sealed)
        known = known.having(proof)
        click.echo(f"{path}   for {recipient.fingerprint()}")
    save_drills(state, known)


def _report(known: drills.DrillState, recipients: list[str]) -> None:
    problems = drills.readiness(recipients, known, study=known.study)
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        sys.exit(1)
    click.echo(f"{len(recipients)} can open, and each has opened a test.")


def _named(folder: Path) -> tuple[str, list[str]]:
    """Id and recipients from study.toml; the rest of the study may be unfinished."""
    path = folder / "study.toml"
    try:
        study = tomllib.loads(private_files.read(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CoraError(f"{path} is not TOML: {error}", "cora check says more.") from None
    study_id, recipients = study.get("id"), study.get("recipients")
    if not isinstance(study_id, str) or not isinstance(recipients, list) or not _all_text(recipients):
        raise CoraError(f"{path} does not name the study and its recipients", 'id = "…" and recipients = ["age1pq1…"]')
    return study_id, recipients


def _all_text(values: list[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _whose(who: str, recipients: list[str]) -> str:
    path = Path(who)
    if path.is_file():
        who = identity.read_public_file(path).recipient.fingerprint()
    found = [Recipient.parse(text).fingerprint() for text in recipients]
    matching = sorted({fingerprint for fingerprint in found if fingerprint.startswith(who.upper())})
    if len(matching) != 1 or not who:
        raise CoraError(f"“{who}” names {len(matching)} of those who can open", f"They are: {', '.join(found)}")
    return matching[0]


def _passphrase(file: Path | None) -> str:
    if file is not None:
        return _read_passphrase(file)
    return str(click.prompt("Passphrase", hide_input=True))


def _new_passphrase(file: Path | None) -> str:
    if file is not None:
        return passphrase.checked(_read_passphrase(file))
    click.echo(f"Choose a passphrase of at least {passphrase.SHORTEST} characters. It cannot be recovered.", err=True)
    typed = passphrase.checked(str(click.prompt("New passphrase", hide_input=True, err=True)))
    again = passphrase.as_typed(str(click.prompt("Once more", hide_input=True, err=True)))
    if again != typed:
        raise CoraError("the two passphrases differ; nothing was written")
    return typed


def _generated_passphrase() -> str:
    """Written down and typed back: a passphrase that was never typed is a passphrase that was never noted."""
    secret = passphrase.generated(SystemChance())
    click.echo(
        f"Write this passphrase down; it is shown this once and cannot be recovered:\n\n    {secret}\n", err=True
    )
    if passphrase.as_typed(str(click.prompt("Type it", hide_input=True, err=True))) != secret:
        raise CoraError("this is not the passphrase that was shown; nothing was written")
    return secret


def _read_passphrase(file: Path) -> str:
    try:
        return private_files.read(file).decode()
    except UnicodeDecodeError:
        raise CoraError(f"{file} is not a text file") from None


def _show(public: identity.PublicKey) -> None:
    click.echo(f"Holder:      {public.holder}")
    if public.study:
        click.echo(f"Study:       {public.study}")
    click.echo(f"Created:     {public.created.isoformat()}")
    click.echo(f"Fingerprint: {public.recipient.fingerprint()}")
    click.echo("Recipient (one line of study.toml, under recipients):")
    click.echo(public.recipient.encode())
