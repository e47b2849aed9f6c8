"""``cora upgrade``: after a newer program was installed, before it runs."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import click

from cora_bot.base.clock import SystemClock
from cora_bot.base.hardening import no_core_dumps
from cora_bot.cli.alone import alone
from cora_bot.cli.open_house import check_place, server_keys, server_settings
from cora_bot.usecases.load_study import load_script
from cora_bot.usecases.upgrading import KEPT, Stores, Upgraded, bring_up_to_date, old_copies


@click.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the folder with the copies is made, named by the time.  [default: before-upgrade in CORA_HOME]",
)
def upgrade(folder: Path | None) -> None:
    """Bring the stores to this program's schema: copy, change, check, or leave them as they were. For the SERVER.

    Stop the bot first. Copies both stores (0600, in a folder named by the time), changes the main store and reads every
    profile and open form in one transaction. If anything fails, nothing is changed. Needs the server's key and the
    study, so that a program that could not run afterwards is found out before. Where there is nothing to change, it
    only reads.

    Exit codes: 0 up to date; 1 not, and why: the store is as it was; 2 typed wrongly.
    """
    no_core_dumps()
    settings, now = server_settings(), SystemClock().now()
    check_place(settings, load_script(settings.study).study)
    stores = Stores(settings.database, settings.keystore, server_keys(settings))
    with alone(settings.home):
        done = asyncio.run(bring_up_to_date(stores, folder or settings.upgrade_copies, now))
        for old in old_copies(settings.upgrade_copies, now):
            shutil.rmtree(old)
            click.echo(f"{old} is deleted: it was older than {KEPT.days} days")
    _tell(done)


def _tell(done: Upgraded) -> None:
    if done.before is None:
        click.echo("There is no store yet; the first start makes it.")
        return
    what = f"from schema {done.before} to {done.after}" if done.copy else f"schema {done.after}, nothing to change"
    click.echo(f"{what}: {done.read.people} people, every profile and open form can be read")
    if done.copy:
        click.echo(f"A copy from before lies in {done.copy}. It holds keys whose destruction erases people:")
        click.echo(f"delete it within {KEPT.days} days; the next upgrade does.")
