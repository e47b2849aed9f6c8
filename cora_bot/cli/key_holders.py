"""``cora keys add`` and ``cora keys remove``: who can open, in a study's study.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cora_bot.base.errors import CoraError
from cora_bot.cli.passphrases import EXISTING
from cora_bot.study.who_opens import SHARES, SIGNERS, NotEditableError, Opener, with_opener, without_opener
from cora_bot.vault import private_files
from cora_bot.vault.agefile import Recipient
from cora_bot.vault.drill import FEWEST_WHO_CAN_OPEN
from cora_bot.vault.identity import PublicKey, encode_verify_key, read_public_file
from cora_bot.vault.recipients import check_one_kind

STUDY = click.argument("folder", metavar="STUDY", type=click.Path(path_type=Path, file_okay=False, exists=True))
BY_HAND = "Change recipients, [signers] and [shares] in study.toml by hand, then run: cora check STUDY"


@click.command()
@STUDY
@click.argument("public_files", metavar="PUBLIC_FILE...", nargs=-1, required=True, type=EXISTING)
def add(folder: Path, public_files: Sequence[Path]) -> None:
    """Name people who can open, from their public files, in STUDY/study.toml. For the RESEARCHER'S computer.

    Compare each fingerprint with its holder by phone first. Everything else in study.toml stays as it is written,
    comments too. Whoever is named already gets what is newer in the file (such as shares). Each new person has to
    open a test (cora keys drill) before the bot starts again, and the change has to be signed (cora keys sign).

    Exit codes: 0 written (or nothing to change); 1 not written, and why; 2 typed wrongly.
    """
    path, text = _study_text(folder)
    changed = text
    for file in public_files:
        public = read_public_file(file)
        _check_study(public, text, file)
        changed = _edited(with_opener, changed, _opener(public))
        click.echo(f"{public.recipient.fingerprint()}   signs as {public.signs_as()}   {public.holder}")
    named = _recipients(changed)
    check_one_kind(named)
    if changed == text:
        click.echo("They are named already; nothing was changed.")
        return
    _write(path, changed)
    _say_what_is_next(named, tomllib.loads(changed))


@click.command()
@STUDY
@click.argument("who")
def remove(folder: Path, who: str) -> None:
    """Take somebody out of those who can open, in STUDY/study.toml. For the RESEARCHER'S computer.

    WHO is a fingerprint (or its beginning), or a public file. New answers are then sealed without them; what was
    sealed before stays open to their key, wherever copies of it are. Refused when fewer than two could open, unless
    the one who is left has their key in shares on paper too. The change has to be signed (cora keys sign).

    Exit codes: 0 written; 1 not written, and why; 2 typed wrongly.
    """
    path, text = _study_text(folder)
    leaving = named_one(who, _recipients(text))
    opener = Opener(leaving.encode(), leaving.fingerprint())
    changed = _edited(without_opener, text, opener)
    left = _recipients(changed)
    shares = tomllib.loads(changed).get(SHARES, {})
    if len(left) < FEWEST_WHO_CAN_OPEN and not any(one.fingerprint() in shares for one in left):
        raise CoraError(
            f"{len(left)} could still open; nothing was changed",
            "Name somebody else first (cora keys add), or put the remaining key in shares (cora keys split).",
        )
    _write(path, changed)
    click.echo(f"{opener.fingerprint} is no longer among those who can open new answers.")
    click.echo("What was sealed before stays open to that key. For colleagues named later: cora keys rewrap")
    _say_what_is_next(left, tomllib.loads(changed))


def named_one(who: str, recipients: Sequence[Recipient]) -> Recipient:
    """The one of ``recipients`` that a public file, a fingerprint or its beginning names. Raises ``CoraError``."""
    path = Path(who)
    if path.is_file():
        who = read_public_file(path).recipient.fingerprint()
    matching = {one.fingerprint(): one for one in recipients if one.fingerprint().startswith(who.upper())}
    if len(matching) != 1 or not who:
        named = ", ".join(one.fingerprint() for one in recipients)
        raise CoraError(f"“{who}” names {len(matching)} of those who can open", f"They are: {named}")
    return next(iter(matching.values()))


def _study_text(folder: Path) -> tuple[Path, str]:
    path = folder / "study.toml"
    try:
        return path, private_files.read(path).decode()
    except UnicodeDecodeError:
        raise CoraError(f"{path} is not UTF-8", "Save it as UTF-8.") from None


def _edited(edit: Any, text: str, opener: Opener) -> str:
    try:
        return str(edit(text, opener))
    except NotEditableError as error:
        raise CoraError(f"study.toml was not changed: {error}", BY_HAND) from None


def _check_study(public: PublicKey, text: str, file: Path) -> None:
    try:
        study = tomllib.loads(text).get("id")
    except tomllib.TOMLDecodeError as error:
        raise CoraError(f"study.toml is not TOML: {error}", "cora check says more.") from None
    if public.study and public.study != study:
        raise CoraError(f"{file} is a key for the study “{public.study}”, not for “{study}”")


def _opener(public: PublicKey) -> Opener:
    recipient = public.recipient
    return Opener(recipient.encode(), recipient.fingerprint(), encode_verify_key(public.verify_key), public.shares)


def _recipients(text: str) -> list[Recipient]:
    return [Recipient.parse(str(each)) for each in tomllib.loads(text).get("recipients", [])]


def _write(path: Path, text: str) -> None:
    """In one step, readable by whom it was readable before: the server runs as somebody else."""
    mode = path.stat().st_mode & 0o777
    private_files.replace(path, text.encode())
    path.chmod(mode)


def _say_what_is_next(named: Sequence[Recipient], study: dict[str, Any]) -> None:
    in_shares = study.get(SHARES, {})
    click.echo(f"{len(named)} can open" + (f", {len(in_shares)} with their key in shares" if in_shares else ""))
    if len(named) < FEWEST_WHO_CAN_OPEN and not in_shares:
        click.echo("Warning: one lost key loses everything: name a second person before the study opens.", err=True)
    if any(one.classic for one in named):
        click.echo(
            "Warning: these are classic keys: what is sealed to them may be opened once large quantum computers exist.",
            err=True,
        )
    unsigned = [one.fingerprint() for one in named if one.fingerprint() not in study.get(SIGNERS, {})]
    if unsigned:
        click.echo(f"No verify key is known of {', '.join(unsigned)}: add their public files.", err=True)
    click.echo("Next: an opening test for each new person (cora keys drill), and: cora keys sign STUDY --key KEYFILE")
