"""``cora mydata``: what is held about one person, to be handed over to them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from cora_bot.cli.new_files import check_new
from cora_bot.cli.open_house import open_house, server_settings
from cora_bot.settings import Settings
from cora_bot.usecases.finding import as_code
from cora_bot.usecases.own_data import OwnData, own_data
from cora_bot.vault import private_files

HTML = ".html"


@click.command("mydata")
@click.argument("case")
@click.option(
    "--to", "path", required=True, type=click.Path(path_type=Path, dir_okay=False), help="A new .html file to print."
)
@click.option("--answers", is_flag=True, help="Also the answers, from the copy that the person's own key opens.")
def mydata(case: str, path: Path, *, answers: bool) -> None:
    """Write what is held about one person, known by the code CASE, in their language. For the SERVER.

    A page for whoever asks for their data and cannot or will not use /mydata: what the server can read of them, what
    was planned and sent, what a form keeps readable, how many answers there are. Not the answers: no key here opens
    them; a researcher finds them by the case code. With --answers the person types the key that the chat showed them
    once, and the answers given since then stand on the page too. Make sure that you hand it to that person and nobody
    else, on paper rather than through Telegram, and delete the file. The audit log says that it was written.

    Exit codes: 0 written; 1 not written, and why; 2 typed wrongly.
    """
    check_new(path, "It is a page for a browser, to be printed.", HTML)
    own_code = str(click.prompt("The person's own key", hide_input=True, err=True)) if answers else ""
    written = asyncio.run(_own_data(server_settings(), case, own_code))
    private_files.write_new(path, written.html.encode())
    click.echo(f"{as_code(case)}: written to {path}, in {written.language}. Hand it over on paper, then delete it.")


async def _own_data(settings: Settings, case: str, own_code: str) -> OwnData:
    async with open_house(settings, contacting=False) as house:
        return await own_data(house, case, own_code=own_code)
