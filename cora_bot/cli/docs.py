"""Writes docs/commands.md from the commands and the settings themselves: ``cora docs > docs/commands.md``."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from cora_bot.settings import SETTINGS

HEAD = """\
# Commands and settings

Written from the program itself by `cora docs`; a test keeps it current. `cora COMMAND --help` shows the same. Three
machines, three trusts: the **server** runs the bot and cannot open answers; the **researcher's computer** opens answers
and holds no contact addresses; **any** machine may author and check questionnaires.
"""


def document(group: click.Group) -> str:
    """The page for every command of ``group``, and all settings."""
    return "\n".join([HEAD, *_group(group, "cora", 2), *_settings()]) + "\n"


def _group(group: click.Group, path: str, level: int) -> Iterator[str]:
    context = click.Context(group, info_name=path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        yield from _command(command, f"{path} {name}", level)
        if isinstance(command, click.Group):
            yield from _group(command, f"{path} {name}", level + 1)


def _command(command: click.Command, path: str, level: int) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    yield f"{'#' * level} {path}"
    yield ""
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f"    {path} {pieces}"
    yield ""
    yield inspect.cleandoc(command.help or "").replace("\b", "").rstrip()
    yield ""
    options = [one for one in command.get_params(context) if isinstance(one, click.Option) and "--help" not in one.opts]
    for option in options:
        yield _option(option, context)
    if options:
        yield ""


def _option(option: click.Option, context: click.Context) -> str:
    names, help_text = option.get_help_record(context) or ("", "")
    return f"- `{names}`: {' '.join(help_text.split())}"


def _settings() -> Iterator[str]:
    yield "## Settings"
    yield ""
    yield "Environment variables, read by the server's commands. An unknown one that begins with CORA_ is refused."
    yield ""
    yield "| setting | meaning | when not set |"
    yield "| --- | --- | --- |"
    for setting in SETTINGS:
        yield f"| `{setting.name}` | {setting.description} | {setting.default} |"


@click.command(hidden=True)
@click.pass_context
def docs(ctx: click.Context) -> None:
    """Print docs/commands.md for everything that is attached. For ANY machine.

    Exit codes: 0 printed.
    """
    root = ctx.find_root().command
    if isinstance(root, click.Group):
        click.echo(document(root), nl=False)
