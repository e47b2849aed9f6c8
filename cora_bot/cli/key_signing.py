"""``cora keys sign``: a researcher approves what a study is and who can open."""

from __future__ import annotations

from pathlib import Path

import click

from cora_bot.base.clock import SystemClock
from cora_bot.base.errors import CoraError
from cora_bot.cli.key_holders import STUDY
from cora_bot.cli.passphrases import EXISTING, PASSPHRASE_FILE, passphrase
from cora_bot.study.model import Study
from cora_bot.usecases.load_study import load_script
from cora_bot.usecases.signatures import changes, signature, statement
from cora_bot.vault import private_files
from cora_bot.vault.identity import ResearcherKey, decode_verify_key, encode_verify_key, read_key_file, signs_as
from cora_bot.vault.statements import FILE, Chain, Statement, may_approve


@click.command("sign")
@STUDY
@click.option("--key", "key_file", required=True, type=EXISTING, help="Your key file.")
@PASSPHRASE_FILE
def sign(folder: Path, key_file: Path, *, passphrase_file: Path | None) -> None:
    """Approve a study as it stands in its folder, and who can open. For the RESEARCHER'S computer.

    Shows what has changed since it was last signed, and asks. Writes your signature into STUDY/signatures.json: copy
    the folder to the server then. Once a study is signed, the bot does not start, and no codes are made, while
    something in it differs from what was signed. A new statement counts once somebody signs it who was named before.

    Exit codes: 0 signed (or signed by you already); 1 not signed, and why; 2 typed wrongly.
    """
    script = load_script(folder, catalogs={})
    study = script.study
    key = read_key_file(key_file, passphrase(passphrase_file, of=key_file))
    found = signature(folder, study)
    chain = found.chain
    if not found.holds:
        new = statement(folder, study, chain, at=SystemClock().now())
        _check_may_sign(key, chain, new)
        chain = chain.followed_by(new)
    elif chain.signed[-1].is_signed_by(key.public().verify_key):
        click.echo(f"You have signed statement {len(chain.signed)} already, and nothing has changed.")
        return
    else:
        _check_named(key, study)
    _show(study, chain)
    click.confirm("Is this what you approve?", abort=True, err=True)
    _write(folder / FILE, chain.signed_as(key))
    click.echo(f"{folder / FILE}: statement {len(chain.signed)}, signed by {key.identity.recipient.fingerprint()}")


def _check_may_sign(key: ResearcherKey, chain: Chain, new: Statement) -> None:
    approvers = may_approve(chain, new)
    fingerprint = key.identity.recipient.fingerprint()
    if approvers.get(fingerprint) != encode_verify_key(key.public().verify_key):
        raise CoraError(
            f"{fingerprint} may not approve this; nothing was signed",
            f"One of these may: {', '.join(sorted(approvers))}"
            if approvers
            else "Name those who can open with: cora keys add STUDY PUBLIC_FILE",
        )


def _check_named(key: ResearcherKey, study: Study) -> None:
    fingerprint = key.identity.recipient.fingerprint()
    if study.signers.get(fingerprint) != encode_verify_key(key.public().verify_key):
        raise CoraError(f"{fingerprint} is not among those who can open this study; nothing was signed")


def _show(study: Study, chain: Chain) -> None:
    """Everything that the signature is about, for eyes to compare."""
    newest = chain.signed[-1].statement
    click.echo(f"Study {study.id}, version {study.version}: {study.title}", err=True)
    for fingerprint in newest.recipients:
        verify_key = newest.signers.get(fingerprint)
        shown = signs_as(decode_verify_key(verify_key, what="study.toml")) if verify_key else "cannot sign"
        click.echo(f"    {fingerprint}   signs as {shown}", err=True)
    before = Chain(chain.signed[:-1])
    since = changes(before, newest)
    click.echo("Changed since it was last signed:" if since else "", err=True)
    for change in since:
        click.echo(f"    {change}", err=True)


def _write(path: Path, chain: Chain) -> None:
    """Readable by whom study.toml is: the server runs as somebody else."""
    private_files.replace(path, chain.document())
    path.chmod((path.parent / "study.toml").stat().st_mode & 0o777)
