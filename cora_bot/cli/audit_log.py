"""``cora audit``: what was done with people's data and with keys, and whether that log is whole."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click

from cora_bot.base.errors import CoraError
from cora_bot.cli import tables
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.export.audit_log import wrong, wrong_beside
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.export.folder import earlier_audit
from cora_bot.settings import Settings
from cora_bot.usecases.audit_log import Line, Verified
from cora_bot.usecases.audit_log import lines as read_lines
from cora_bot.usecases.audit_log import verify as read_chain

COLUMNS = ("seq", "at", "action", "case", "facts")


@click.group("audit")
def audit() -> None:
    """What was done with people's data and with keys: joins, consents, bundles, erasures, alerts. For the SERVER.

    Each entry is hashed with the one before. 'cora audit verify BUNDLE' belongs to the RESEARCHER'S computer.
    """


@audit.command("list")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV instead of a table.")
def list_command(*, as_csv: bool) -> None:
    """List the audit log, oldest first: what, when, and of whom by case code. For the SERVER.

    The code is empty where an entry is of nobody, and once a person has left for good. Times are in UTC.

    Exit codes: 0 listed; 1 not listed, and why; 2 typed wrongly.
    """
    rows = [COLUMNS, *(_row(each) for each in asyncio.run(_lines(server_settings())))]
    click.echo(tables.as_csv(rows) if as_csv else tables.as_table(rows), nl=False)


@audit.command()
@click.argument("bundle", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--seen",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder of an earlier export: the bundle's log must go on from there. Checks its log of exports, too.",
)
@click.pass_context
def verify(ctx: click.Context, bundle: Path | None, folder: Path | None) -> None:
    """Check that nothing in the audit log was changed or taken out. For the SERVER; with BUNDLE, see below.

    Without BUNDLE the server's own log is read. With it, the log that a bundle carries, without any key: that is for
    the RESEARCHER'S computer. Only --seen finds that a log was cut or written anew as a whole: what nobody
    elsewhere has seen yet can be taken off its end unnoticed.

    Exit codes: 0 whole; 1 it was changed, or could not be read; 2 typed wrongly.
    """
    if bundle is None:
        if folder is not None:
            raise click.UsageError("--seen goes with a BUNDLE")
        found = asyncio.run(_verify(server_settings()))
        _say(ctx, found.entries, found.head, _broken(found))
        return
    with open_bundle(bundle) as opened:
        study, log = opened.manifest.study, opened.audit
    if log is None:
        raise CoraError("this bundle carries no audit log", "Bundles of this version do: make a new one.")
    problems = wrong(log, study, earlier_audit(folder) if folder else None)
    if folder is not None:
        problems += wrong_beside(folder.absolute(), study)
    _say(ctx, len(log), log[-1].hash if log else "", problems)


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
    return (str(each.seq), f"{each.at:%Y-%m-%d %H:%M:%S}", each.action, each.case, facts)
