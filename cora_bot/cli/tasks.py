"""``cora tasks``: whom somebody of the team has to look after, and why."""

from __future__ import annotations

import asyncio
from typing import Final

import click

from cora_bot.cli import tables
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.settings import Settings
from cora_bot.usecases import tasks as usecase
from cora_bot.usecases.tasks import COPY, Duty

COLUMNS: Final = ("task", "case", "reason", "about", "since", "days", "with")
CLOSED: Final = ("done", "by")
MEANINGS: Final = {
    "untold": "a meeting was called off or moved, and the person could not be told: call",
    "unreachable": "the chat is blocked or gone",
    "contact": "said that the number changes, or that it is not theirs",
    "message": "wrote to the team and has no answer",
    "visit": "missed a meeting, or wants something about one",
    "missed": "missed an occasion",
    COPY: "a copy holds withdrawn answers, or is overdue: cora bundles",
}


@click.command()
@click.option("--done", metavar="TASK", help="Note that this task is done.")
@click.option("--by", default="", metavar="NAME", help="Who did it, with --done. A name or role of the team.")
@click.option("--pass", "passed", metavar="TASK", help="Note that somebody else takes this task.")
@click.option("--to", default="", metavar="NAME", help="Who takes it, with --pass. A name or role of the team.")
@click.option("--all", "everything", is_flag=True, help="List what was done, too.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV instead of a table.")
def tasks(*, done: str | None, by: str, passed: str | None, to: str, everything: bool, as_csv: bool) -> None:
    """List whom somebody of the team has to look after, by reason and age. For the SERVER.

    A task opens when somebody misses an occasion, cannot be reached any more, or writes to the team; first come those
    who could not be told that their meeting was called off or moved. It says which case
    it is about, never what was written. It closes by itself when the person answers an occasion, is reached again, gets
    an answer (cora reply), or stops. Else note it with --done, or hand it over with --pass TASK --to NAME. Copies to be
    deleted are listed as well: 'cora bundles' closes those.

    Exit codes: 0 listed or noted; 1 not, and why; 2 typed wrongly.
    """
    if done is not None and passed is not None:
        raise click.UsageError("--done and --pass are two different steps")
    if (by and done is None) or (to and passed is None):
        raise click.UsageError("--by belongs to --done, --to to --pass")
    if done is not None:
        click.echo(f"task {done}, {asyncio.run(_done(server_settings(), done, by))}: done")
    elif passed is not None:
        click.echo(f"task {passed}, {asyncio.run(_passed(server_settings(), passed, to))}: passed on")
    else:
        _list(asyncio.run(_read(server_settings(), everything=everything)), everything=everything, as_csv=as_csv)


def _list(found: list[Duty], *, everything: bool, as_csv: bool) -> None:
    head = (*COLUMNS, *CLOSED) if everything else COLUMNS
    rows = [head, *(_row(each)[: len(head)] for each in found)]
    if as_csv:
        click.echo(tables.as_csv(rows), nl=False)
        return
    click.echo(tables.as_table(rows), nl=False)
    still = [each for each in found if each.done_at is None]
    for reason, count in usecase.reasons_of(still).items():
        click.echo(f"{count} {reason}: {MEANINGS[reason]}")
    click.echo(f"{len(still)} open {'task' if len(still) == 1 else 'tasks'}")


async def _read(settings: Settings, *, everything: bool) -> list[Duty]:
    async with open_house(settings, contacting=False) as house:
        return await usecase.duties(house, closed=everything)


async def _done(settings: Settings, task: str, by: str) -> str:
    async with open_house(settings, contacting=False) as house:
        return await usecase.done(house, task, by=by)


async def _passed(settings: Settings, task: str, to: str) -> str:
    async with open_house(settings, contacting=False) as house:
        return await usecase.pass_on(house, task, to=to)


def _row(each: Duty) -> tuple[str, ...]:
    days, since = str(each.age.days), f"{each.opened_at:%Y-%m-%d}"
    closed = (f"{each.done_at:%Y-%m-%d}" if each.done_at else "", each.done_by)
    return (each.id, each.code, each.reason, each.about, since, days, each.with_whom, *closed)
