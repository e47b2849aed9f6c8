"""``cora reply``: the team's answer to one person."""

from __future__ import annotations

import asyncio
from typing import IO

import click

from cora_bot.base.errors import CoraError
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.usecases.finding import as_code
from cora_bot.usecases.reply import reply


@click.command("reply")
@click.argument("case")
@click.option(
    "--text", "file", required=True, type=click.File("rb"), help="File with the answer, UTF-8; - reads what is typed."
)
def reply_command(case: str, file: IO[bytes]) -> None:
    """Answer one person, known by the code CASE (K7F-2QX). For the SERVER.

    The person gets the neutral sentence, like for any message; the answer is shown only after it was opened, and is
    emptied when it was read. It waits for quiet hours to end. Write in the person's language (cora people shows it),
    and nothing that a stranger with the phone should not know. Delete the file afterwards.

    Exit codes: 0 taken; 1 not taken, and why; 2 typed wrongly.
    """
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CoraError("the file is not UTF-8 text", "Save it as plain text, UTF-8.") from error
    waits = asyncio.run(_reply(case, text))
    told = "is shown when their break ends and they open a message" if waits else "is announced now"
    click.echo(f"{as_code(case)}: the answer is locked and {told}")


async def _reply(case: str, text: str) -> bool:
    async with open_house(server_settings()) as house:
        return await reply(house, case, text)
