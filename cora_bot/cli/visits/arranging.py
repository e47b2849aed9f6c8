"""``cora visits move | cancel | ill | done | missed``: what people cannot arrange themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, TypeVar

import click

from cora_bot.base.logging import start_logging
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.usecases.finding import as_code
from cora_bot.usecases.house import House
from cora_bot.usecases.visits import arranging

Given = TypeVar("Given")
TOLD: Final = {
    True: "the person is told",
    False: "the person cannot be told, because the chat is blocked or gone: call them ('cora tasks')",
}


def _do(act: Callable[[House], Awaitable[Given]]) -> Given:
    start_logging()

    async def in_house() -> Given:
        async with open_house(server_settings()) as house:
            return await act(house)

    return asyncio.run(in_house())


@click.command("move")
@click.argument("case")
@click.argument("time", type=int)
def move(case: str, time: int) -> None:
    """Book TIME, by its number in cora visits show, for CASE instead of what they had. For the SERVER.

    The person is told by the neutral sentence and can choose another time.

    Exit codes: 0 done; 1 not done (taken, over), and why; 2 typed wrongly.
    """
    told = _do(lambda house: arranging.move(house, case, time))
    click.echo(f"{as_code(case)}: time {time} is booked, and {TOLD[told]}")


@click.command("cancel")
@click.argument("case")
def cancel(case: str) -> None:
    """Call off the meeting of CASE. The person is told kindly and can choose another time. For the SERVER.

    Exit codes: 0 done; 1 not done, and why; 2 typed wrongly.
    """
    told = _do(lambda house: arranging.cancel(house, case))
    click.echo(f"{as_code(case)}: the meeting is called off, and {TOLD[told]}")


@click.command("ill")
@click.argument("trip")
@click.argument("interviewer")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
def ill(trip: str, interviewer: str, day: datetime) -> None:
    """Call off every time of INTERVIEWER on DAY: somebody fell ill. For the SERVER.

    Whoever had booked one is told and offered another time; who can be reached in no chat loses it too, and is a task
    for somebody who calls ('cora tasks'). What is over stays as it is.

    Exit codes: 0 done; 1 not done, and why; 2 typed wrongly.
    """
    off = _do(lambda house: arranging.ill(house, trip, interviewer, day.date()))
    told = off.visits - off.untold
    click.echo(f"{interviewer}, {day:%Y-%m-%d}: called off; {told} people are told and offered another time")
    if off.untold:
        click.echo(f"{off.untold} cannot be told, because their chat is blocked or gone: call them ('cora tasks')")


@click.command("done")
@click.argument("case")
def done(case: str) -> None:
    """Note that the meeting of CASE took place. For the SERVER.

    Exit codes: 0 noted; 1 not noted, and why; 2 typed wrongly.
    """
    _do(lambda house: arranging.done(house, case))
    click.echo(f"{as_code(case)}: met")


@click.command("missed")
@click.argument("case")
def missed(case: str) -> None:
    """Note that CASE was not met. One kind message, and another time while there are some. For the SERVER.

    Exit codes: 0 noted; 1 not noted, and why; 2 typed wrongly.
    """
    _do(lambda house: arranging.missed(house, case))
    click.echo(f"{as_code(case)}: missed; the person is told kindly and offered another time")
