"""``cora bundles``: which copies are out, with whom, and what is to be done about them."""

from __future__ import annotations

import asyncio

import click

from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.settings import Settings
from cora_bot.usecases.copies import Copy, Task, close, copies

COLUMNS = ("bundle", "holder", "made", "expires", "erased", "withdrawn", "task")
TASKS = {
    Task.NONE: "",
    Task.ERASED: "bring a newer bundle, have this one deleted",
    Task.OVERDUE: "its time has run out: have it deleted",
}
SHOWN = 8


@click.command()
@click.option("--gone", metavar="BUNDLE", help="Note that this copy was deleted, with every export made of it.")
@click.option("--all", "everything", is_flag=True, help="List the copies that are gone, too.")
def bundles(*, gone: str | None, everything: bool) -> None:
    """List the bundles that were carried away and not yet deleted, and what is to be done. For the SERVER.

    'erased' counts the people whose answers were erased since a bundle was made, 'withdrawn' those who took them back
    and may still undo it. Such a copy is a task: its holder needs a newer bundle, exports it into the same folder, and
    deletes the old one. Then note it with --gone. People are told the day by which the last open copy expires.

    Exit codes: 0 listed or noted; 1 not, and why; 2 typed wrongly.
    """
    if gone is not None:
        copy = asyncio.run(_close(server_settings(), gone))
        click.echo(f"{copy.name[:SHOWN]}, carried by {copy.out.holder}: noted as deleted")
        return
    found = [each for each in asyncio.run(_read(server_settings())) if everything or each.out.gone_at is None]
    click.echo(table([COLUMNS, *(_row(each) for each in found)]), nl=False)
    open_tasks = sum(each.task is not Task.NONE for each in found)
    click.echo(f"{open_tasks} open {'task' if open_tasks == 1 else 'tasks'}")


async def _read(settings: Settings) -> list[Copy]:
    async with open_house(settings, contacting=False) as house:
        return await copies(house)


async def _close(settings: Settings, typed: str) -> Copy:
    async with open_house(settings, contacting=False) as house:
        return await close(house, typed)


def _row(copy: Copy) -> tuple[str, ...]:
    out = copy.out
    task = f"deleted {out.gone_at:%Y-%m-%d}" if out.gone_at else TASKS[copy.task]
    days = f"{out.at:%Y-%m-%d}", f"{out.expires:%Y-%m-%d}"
    return (copy.name[:SHOWN], out.holder, *days, str(copy.erased), str(copy.withdrawn), task)


def table(rows: list[tuple[str, ...]]) -> str:
    """Columns one under the other, for a terminal."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines) + "\n"
