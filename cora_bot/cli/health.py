"""``cora health``: whether the bot that runs on this data folder does its work. For a container's health check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import click

from cora_bot.base.clock import SystemClock
from cora_bot.base.pulse import CONFLICT, LOOPS, SILENT_AFTER, read_pulses, silent
from cora_bot.cli.open_house import server_settings


@click.command()
@click.pass_context
def health(ctx: click.Context) -> None:
    """Say whether the running bot does its work. For the SERVER; opens nothing, asks nobody.

    The bot's three loops (receive: Telegram answered; due: what is due was looked for; deliver: what waits was sent)
    leave a sign in CORA_HOME each time they have gone round. Older than two minutes means that it does not work. Where
    several processes share the work (cora run --only), each one's loops are looked at.

    Exit codes: 0 all that should go round do; 1 not, and which.
    """
    now = SystemClock().now()
    pulses = read_pulses(server_settings().home) or {"all": {}}
    click.echo("\n".join(told(beats, now, role=role) for role, beats in pulses.items()))
    if any(silent(beats, now, LOOPS[role]) for role, beats in pulses.items()):
        ctx.exit(1)


def told(beats: Mapping[str, datetime], now: datetime, *, role: str = "all") -> str:
    """One line: each loop and how long ago it went round."""
    if not beats:
        return "the bot is not running here"
    quiet = silent(beats, now, LOOPS[role])
    loops = [f"{loop} {_ago(beats.get(loop), now)}{' (too long)' if loop in quiet else ''}" for loop in LOOPS[role]]
    seen = beats.get(CONFLICT)
    if seen is not None and abs(now - seen) <= SILENT_AFTER:
        loops.append(f"another process polls with this bot's token (seen {_ago(seen, now)}): stop it")
    return ", ".join(loops)


def _ago(beat: datetime | None, now: datetime) -> str:
    if beat is None:
        return "never"
    seconds = round((now - beat).total_seconds())
    return f"{seconds} s ago" if seconds >= 0 else "in the future"
