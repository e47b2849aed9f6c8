"""``cora server-keys``: the server's own keys exchanged for new ones while the bot serves."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import click

from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import Clock, from_millis, to_millis
from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.cli.alone import alone
from cora_bot.cli.failures import HandledGroup
from cora_bot.cli.open_house import open_clock, open_house, server_settings
from cora_bot.cli.passphrases import EXISTING, passphrase
from cora_bot.cli.server_key_file import KeyFile, key_file
from cora_bot.settings import Settings
from cora_bot.usecases import rotating
from cora_bot.usecases.house import House
from cora_bot.usecases.rotating import Left
from cora_bot.vault.server_keys import has_passphrase, load_keys
from cora_bot.vault.working import WorkingKeys


@click.group("server-keys", cls=HandledGroup)
def server_keys_group() -> None:
    """The server's own keys (addresses, open forms, links): exchange them, see what they still hold. For the SERVER.

    'cora keys server' makes the first. They open no finished answer.
    """


@server_keys_group.command()
def show() -> None:
    """Say which generations of keys the file holds, and what still lies under the earlier ones. For the SERVER.

    Exit codes: 0 said; 1 not, and why; 2 typed wrongly.
    """
    asyncio.run(_show(server_settings()))


async def _show(settings: Settings) -> None:
    async with open_house(settings, contacting=False) as house:
        for one in house.keys.generations:
            use = "seals" if one.id == house.keys.id else "opens"
            if one.made > house.keys.made:
                use = "waits for the bot to be started again"
            click.echo(f"{one.id.hex()}  made {_day(one)}  {use}")
        _tell(await rotating.left(house), house.clock.now(), house.keys)


@server_keys_group.command()
@click.option(
    "--to",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the file with the new keys here; the present one stays as it is.  [default: in its place]",
)
def rotate(path: Path | None) -> None:
    """Add new keys to the key file; the earlier ones stay in it and open what lies under them. For the SERVER.

    Then start the bot again: from that moment everything is sealed under the new keys, and what lies under the earlier
    ones is sealed anew, some of it every hour. Nothing is lost by the start: Telegram keeps what comes meanwhile. Where
    no bot runs the new keys are used at once. 'cora server-keys drop' ends it.

    Keep a copy of the new file offline; keep the old copy as long as backups from before.

    Exit codes: 0 added; 1 not, and why; 2 typed wrongly.
    """
    settings, chance = server_settings(), SystemChance()
    file = key_file(settings)
    keys = file.load()
    asyncio.run(_check_taken_up(settings, keys, file))
    new = replace(WorkingKeys.generate(chance), made=_later(open_clock(settings), keys), others=keys.generations)
    if path is None:
        file.replace(new, chance)
    else:
        file.write(path, new, chance)
    click.echo(f"{path or file.path} holds new keys: {new.id.hex()}")
    if path is not None:
        click.echo("Put it in the place of the present file, then start the bot again.")
        return
    try:
        with alone(settings.home):
            asyncio.run(_take_up(settings, file))
    except CoraError:
        click.echo("Start the bot again (systemctl restart cora): until then it seals under the earlier keys.")
    else:
        click.echo("They are in use.")


def _later(clock: Clock, keys: WorkingKeys) -> int:
    """Now, or after the newest keys where the clock has gone back."""
    return max(to_millis(clock.now()), keys.made + 1)


async def _check_taken_up(settings: Settings, keys: WorkingKeys, file: KeyFile) -> None:
    async with open_house(settings, contacting=False, file=file) as house:
        if house.keys.id != keys.newest.id:
            raise CoraError(
                "the keys that were added last are not in use yet", "Start the bot again: systemctl restart cora"
            )


async def _take_up(settings: Settings, file: KeyFile) -> None:
    async with open_house(settings, contacting=False, file=file) as house:
        await rotating.take_up(house)


@server_keys_group.command()
@click.argument("older", type=EXISTING)
@click.option("--passphrase-file", type=EXISTING, help="Passphrase of the older file, where it has one.")
def take(older: Path, passphrase_file: Path | None) -> None:
    """Add the keys of an older copy of the key file, to read an old backup under the present file. For the SERVER.

    They only open. After the restore, 'cora server-keys drop' takes them out again.

    Exit codes: 0 added, or there already; 1 not, and why; 2 typed wrongly.
    """
    settings = server_settings()
    file = key_file(settings)
    words = passphrase(passphrase_file, of=older) if has_passphrase(older) else None
    keys, found = file.load(), load_keys(older, passphrase=words)
    known = {one.id for one in keys.generations}
    new = tuple(one for one in found.generations if one.id not in known)
    if new:
        sealing = keys.generations[0]
        earlier = tuple(replace(one, made=min(one.made, sealing.made - 1)) for one in new)
        file.replace(replace(keys, others=(*keys.others, *earlier)), SystemChance())
    click.echo(f"{file.path} holds {len(keys.generations) + len(new)} generations of keys, {len(new)} of them new")


@server_keys_group.command()
@click.option("--dry-run", is_flag=True, help="Only say what still needs the earlier keys.")
def drop(*, dry_run: bool) -> None:
    """Seal anew what is left under earlier keys, and take these out of the key file. For the SERVER.

    Works beside the running bot. Refuses while an enrolment code made under earlier keys is still good, and for two
    days after the exchange: codes and messages are found by their index alone. Backups made before need the earlier
    keys: keep the old copy of the file as long as you keep them.

    Exit codes: 0 dropped, or nothing to drop; 1 not, and why; 2 typed wrongly.
    """
    settings = server_settings()
    file = key_file(settings)
    keys = asyncio.run(_without_earlier(settings, file, dry_run=dry_run))
    if keys is not None:
        file.replace(keys, SystemChance())
        click.echo(f"{file.path} holds one generation of keys: {keys.id.hex()}. Start the bot again when it suits.")


async def _without_earlier(settings: Settings, file: KeyFile, *, dry_run: bool) -> WorkingKeys | None:
    """The keys without those nothing needs any more; None where nothing is to be done. Raises ``CoraError``."""
    async with open_house(settings, contacting=False, file=file) as house:
        if house.keys.id != house.keys.newest.id:
            raise CoraError("the newest keys are not in use yet", "Start the bot again: systemctl restart cora")
        if not dry_run:
            await _reseal_all(house)
        found, now = await rotating.left(house), house.clock.now()
        _tell(found, now, house.keys)
        if dry_run or not house.keys.others:
            return None
        if found.needed(now):
            raise CoraError("earlier keys are still needed", "Try it again then; the bot goes on meanwhile.")
        return house.keys.generations[0]


async def _reseal_all(house: House) -> None:
    while await rotating.go_on(house):
        pass


def _tell(found: Left, now: datetime, keys: WorkingKeys) -> None:
    if not keys.others:
        click.echo("there are no earlier keys")
        return
    click.echo(f"{found.values} values lie under earlier keys")
    if found.found_until is not None and found.found_until > now:
        click.echo(f"codes and messages are found by earlier keys until {found.found_until:%Y-%m-%d %H:%M} UTC")


def _day(keys: WorkingKeys) -> str:
    return f"{from_millis(keys.made):%Y-%m-%d}" if keys.made else "with the store"
