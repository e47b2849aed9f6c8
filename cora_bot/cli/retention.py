"""``cora retention`` and ``cora sever``: what goes by itself, and the end of the study."""

from __future__ import annotations

import asyncio

import click

from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.settings import Settings
from cora_bot.usecases import cutting, severing
from cora_bot.usecases.retention import Expired, carry_out, preview


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go now.")
def retention(*, dry_run: bool) -> None:
    """Forget what study.toml promises to keep only so long. For the SERVER.

    'cora run' does this by itself once a day: contacts, so long after the last contact with somebody for whom nothing
    more is planned; records, so long after 'cora sever'. Answers of people whose contact goes stay, without a link.

    Exit codes: 0 said or done; 1 not, and why; 2 typed wrongly.
    """
    expired = asyncio.run(_expired(server_settings(), dry_run=dry_run))
    would = "would be" if dry_run else "were"
    click.echo(
        f"contacts: {expired.contacts} {would} forgotten (last contact before {expired.contacts_before:%Y-%m-%d})"
    )
    until = f"kept until {expired.records_until:%Y-%m-%d}" if expired.records_until else "kept: the study goes on"
    click.echo(f"records: {expired.records} {would} forgotten ({until})")


async def _expired(settings: Settings, *, dry_run: bool) -> Expired:
    async with open_house(settings, contacting=False) as house:
        if dry_run:
            return await preview(house)
        done = await carry_out(house)
        await cutting.follow(house)
        return done


@click.command()
@click.option("--prepare", is_flag=True, help="Make the code that a second operator types, a day later or more.")
@click.option("--approve", "code", metavar="CODE", help="Type the code somebody else has prepared: it is done.")
@click.option("--cancel", is_flag=True, help="Take a prepared code out of use.")
def sever(*, prepare: bool, code: str | None, cancel: bool) -> None:
    """Cut the study off from its people for good: addresses, links and open forms go, records stay. For the SERVER.

    Without an option it only says what would go. Two people are needed: one prepares and hands the code over, another
    one types it, a day later at the earliest and within two weeks. This cannot be undone. Stop 'cora run' first, make a
    last bundle, and delete backups afterwards.

    Exit codes: 0 said or done; 1 not, and why; 2 typed wrongly.
    """
    if prepare + cancel + (code is not None) > 1:
        raise click.UsageError("--prepare, --approve and --cancel are three different steps")
    asyncio.run(_sever(server_settings(), prepare=prepare, code=code, cancel=cancel))


async def _sever(settings: Settings, *, prepare: bool, code: str | None, cancel: bool) -> None:
    async with open_house(settings, contacting=False) as house:
        await severing.go_on(house)  # what a crash left undone
        if cancel:
            await severing.cancel(house)
            click.echo("no code is good any more")
            return
        if code is not None:
            _say(await severing.approve(house, code), "done:")
            return
        _say(await severing.dry_run(house), "would be done:")
        if prepare:
            made = await severing.prepare(house)
            click.echo(f"code for the second operator: {made.code}")
            click.echo(f"good from {made.earliest:%Y-%m-%d %H:%M} to {made.latest:%Y-%m-%d %H:%M} UTC; shown this once")


def _say(plan: severing.Plan, how: str) -> None:
    click.echo(
        f"{how} {plan.people} people cut off, of whom {plan.active} still take part; {plan.records} records stay"
    )
