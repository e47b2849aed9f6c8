"""``cora audit``: what was done with people's data and with keys, and whether that log is whole."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click

from cora_bot.base.clock import from_millis
from cora_bot.base.errors import CoraError
from cora_bot.cli import tables
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.export.audit_log import wrong
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.export.folder import earlier_audit
from cora_bot.export.own_log import log_beside, read_log, study_of_log, wrong_in_log
from cora_bot.export.terminal import printable
from cora_bot.settings import Settings
from cora_bot.usecases.audit_log import Line, Verified
from cora_bot.usecases.audit_log import lines as read_lines
from cora_bot.usecases.audit_log import verify as read_chain
from cora_bot.vault.audit_chain import Entry

COLUMNS = ("seq", "at", "action", "case", "facts")
PROOF = frozenset({"study", "case", "signed_by", "signature"})
"""Facts of a signed line that say nothing to people in a table, or stand in a column of their own."""
BUNDLE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("audit")
def audit() -> None:
    """What was done with people's data and with keys: joins, consents, bundles, erasures, alerts. For the SERVER.

    Each entry is hashed with the one before. With a BUNDLE, or --seen, both belong to the RESEARCHER'S computer.
    """


@audit.command("list")
@click.argument("bundle", required=False, type=BUNDLE)
@click.option(
    "--seen",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="List instead what was exported or put together into this folder, as the log beside it says.",
)
@click.option("--csv", "as_csv", is_flag=True, help="As CSV instead of a table.")
def list_command(bundle: Path | None, folder: Path | None, *, as_csv: bool) -> None:
    """List the audit log, oldest first: what, when, and of whom by case code. For the SERVER; with BUNDLE, see below.

    The code is empty where an entry is of nobody, and once a person has left for good. Times are in UTC. With BUNDLE it
    is the log that a bundle carries (it names no codes), with --seen what was opened on this computer: each for the
    RESEARCHER'S computer, without any key. 'cora audit verify' says whether they are whole.

    Exit codes: 0 listed; 1 not listed, and why; 2 typed wrongly.
    """
    if bundle is not None and folder is not None:
        raise click.UsageError("give a BUNDLE or --seen, not both")
    if bundle is not None:
        found = [_line(each) for each in _carried(bundle)[1]]
    elif folder is not None:
        found = [_line(each) for each in _beside(folder)]
    else:
        found = asyncio.run(_lines(server_settings()))
    rows = [COLUMNS, *(_row(each) for each in found)]
    click.echo(tables.as_csv(rows) if as_csv else tables.as_table(rows), nl=False)


def _carried(bundle: Path) -> tuple[str, tuple[Entry, ...]]:
    """Of which study, and what the bundle's log says."""
    with open_bundle(bundle) as opened:
        study, log = opened.manifest.study, opened.audit
    if log is None:
        raise CoraError("this bundle carries no audit log", "Bundles of this version do: make a new one.")
    return study, log


def _beside(folder: Path) -> list[Entry]:
    path = log_beside(folder.absolute())
    if not path.exists():
        raise CoraError(f"there is no {path}", "Each export and each brief into FOLDER adds a line there.")
    return read_log(path)


def _line(each: Entry) -> Line:
    facts = {name: value for name, value in each.facts.items() if name not in PROOF}
    try:
        at = from_millis(each.at)
    except OverflowError:
        raise CoraError(f"entry {each.seq} names a time that is none", "Is this a bundle of ours?") from None
    return Line(each.seq, at, each.action, each.facts.get("case", ""), facts)


@audit.command()
@click.argument("bundle", required=False, type=BUNDLE)
@click.option(
    "--seen",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of an earlier export or of briefs: the log beside it must hold, and BUNDLE's must go on from it.",
)
@click.pass_context
def verify(ctx: click.Context, bundle: Path | None, folder: Path | None) -> None:
    """Check that nothing in the audit log was changed or taken out. For the SERVER; with BUNDLE, see below.

    Without BUNDLE the server's own log is read. With it, the log that a bundle carries, without any key: that is for
    the RESEARCHER'S computer. Only --seen finds that a log was cut or written anew as a whole: what nobody
    elsewhere has seen yet can be taken off its end unnoticed. --seen alone checks the log of exports and briefs beside
    FOLDER: its chain, and that each line is signed by the key it names.

    Exit codes: 0 whole; 1 it was changed, or could not be read; 2 typed wrongly.
    """
    if bundle is not None:
        study, log = _carried(bundle)
        problems = wrong(log, study, earlier_audit(folder) if folder else None)
        own = read_log(log_beside(folder.absolute())) if folder else []
        _say(ctx, len(log), log[-1].hash if log else "", problems + wrong_in_log(own, study))
    elif folder is not None:
        own = _beside(folder)
        _say(ctx, len(own), own[-1].hash if own else "", wrong_in_log(own, study_of_log(own)))
    else:
        found = asyncio.run(_verify(server_settings()))
        _say(ctx, found.entries, found.head, _broken(found))


def _broken(found: Verified) -> list[str]:
    return [] if found.broken is None else [f"the audit log does not hold from entry {found.broken} on: it was changed"]


def _say(ctx: click.Context, entries: int, head: str, problems: list[str]) -> None:
    for problem in problems:
        click.echo(f"DIFFERENCE: {problem}")
    if problems:
        ctx.exit(1)
    click.echo(f"{entries} entries, whole; the last is {head[:16] or '–'}")


async def _lines(settings: Settings) -> list[Line]:
    async with open_house(settings, contacting=False) as house:
        return await read_lines(house)


async def _verify(settings: Settings) -> Verified:
    async with open_house(settings, contacting=False) as house:
        return await read_chain(house)


def _row(each: Line) -> tuple[str, ...]:
    facts = json.dumps(dict(each.facts), ensure_ascii=False, sort_keys=True) if each.facts else ""
    texts = (each.action, each.case, facts)
    return (str(each.seq), f"{each.at:%Y-%m-%d %H:%M:%S}", *(printable(text) for text in texts))
