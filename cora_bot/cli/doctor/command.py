"""The command: everything that is wrong with a server, in one run, each with its mend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import click

from cora_bot.base.clock import SystemClock
from cora_bot.base.errors import CoraError
from cora_bot.base.examination import Checked, failed, warning, wrong
from cora_bot.base.problems import Problem, Severity, errors
from cora_bot.base.pulse import LOOPS, read_pulses, silent
from cora_bot.base.values import replace
from cora_bot.cli.check import study_problems
from cora_bot.cli.doctor import machine, secrets, stores
from cora_bot.cli.doctor.examined import Checks, Examined
from cora_bot.cli.failures import show_problems
from cora_bot.cli.health import told
from cora_bot.cli.open_house import check_place, open_clock, server_keys, server_settings
from cora_bot.usecases.load_study import Reading

HELP = """Examine this server: everything that is wrong with it, each with its mend. For the SERVER.

Looks at the study, the server's key, the token, permissions, the stores, who can open and their opening tests, disk
space, swap, core dumps, time-zone data and the clock; asks Telegram about the token, a webhook, and words in the bot's
public texts that must never be shown. Changes nothing, sends nothing to anybody. Run it as the bot's user.

Exit codes: 0 no errors (warnings are shown); 1 errors; 2 typed wrongly.
"""


async def _nothing_more(_examined: Examined) -> tuple[Checked, ...]:
    return ()


def doctor_command(more: Checks = _nothing_more) -> click.Command:
    """``cora doctor``; ``more`` is examined last, unless --offline."""

    @click.command("doctor", help=HELP)
    @click.option("--live", is_flag=True, help="The bot should be running: also examine whether it does its work.")
    @click.option("--offline", is_flag=True, help="Ask Telegram nothing.")
    @click.pass_context
    def doctor(ctx: click.Context, *, live: bool, offline: bool) -> None:
        checked = asyncio.run(_all(more, live=live, offline=offline))
        for each in checked:
            if each.said:
                click.echo(f"ok       {each.part}: {each.said}")
        problems = [problem for each in checked for problem in each.problems]
        show_problems(problems)
        if errors(problems):
            ctx.exit(1)

    return doctor


doctor = doctor_command()


async def _all(more: Checks, *, live: bool, offline: bool) -> list[Checked]:
    return [each async for each in _each(more, live=live, offline=offline)]


async def _each(more: Checks, *, live: bool, offline: bool) -> AsyncIterator[Checked]:
    settings = server_settings()
    yield machine.core_dumps(Examined(settings))  # before the keys are read
    examined, found = _read(Examined(settings))
    for each in found:
        yield each
    if settings.home.is_dir():
        now = open_clock(settings).now()  # a demonstration's time, where it has one
        yield machine.account(examined)
        yield secrets.permissions(examined)
        yield await stores.stores(examined, now)
        yield stores.copies(examined, now)
        yield machine.disk(examined)
    yield secrets.server_key(examined)
    yield secrets.token_file(examined)
    yield secrets.who_can_open(examined)
    yield machine.swap(examined)
    yield machine.zones(examined, year=SystemClock().now().year)
    if live:
        yield _alive(examined)
    if not offline:
        for each in await more(examined):
            yield each


def _read(examined: Examined) -> tuple[Examined, list[Checked]]:
    """What the others need: the study and the keys; and what is wrong with them."""
    reading, problems = study_problems(examined.settings.study)
    found = [_study(examined.settings.study, reading, problems)]
    if reading.script is not None:
        examined = replace(examined, script=reading.script)
        try:
            check_place(examined.settings, reading.script.study)
        except CoraError as why:
            found.append(failed("settings", why))
    try:
        examined = replace(examined, keys=server_keys(examined.settings))
    except CoraError as why:
        found.append(failed("server key", why))
    return examined, found


def _study(folder: Path, reading: Reading, problems: Sequence[Problem]) -> Checked:
    """What ``cora check`` finds, counted: it is the author's to read."""
    count = len(errors(problems))
    if count or reading.script is None:
        return wrong("study", f"{folder} has {count} errors", f"Run: cora check {folder}")
    study = reading.script.study
    drafts = sum(problem.severity is Severity.WARNING for problem in problems)
    hint = f"Run: cora check {folder}"
    warned = (warning("study", f"{drafts} warnings", hint),) if drafts else ()
    return Checked("study", f"{study.id}, version {study.version}", warned)


def _alive(examined: Examined) -> Checked:
    now, pulses = SystemClock().now(), read_pulses(examined.settings.home) or {"all": {}}
    said = "; ".join(told(beats, now, role=role) for role, beats in pulses.items())
    if any(silent(beats, now, LOOPS[role]) for role, beats in pulses.items()):
        hint = "systemctl status cora; journalctl -u cora says why."
        return wrong("live", said, hint)
    return Checked("live", said)
