"""The one handler of every command: what a person can mend becomes a sentence on stderr, never a traceback.

Exit codes: 0 done; 1 something is wrong with what was given, and was named; 2 the command was typed wrongly.
Anything else that escapes is our mistake, and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from cora_bot.base.errors import CoraError
from cora_bot.base.problems import Problem, Severity


class HandledGroup(click.Group):
    """A group whose commands may raise ``CoraError``, or an ``OSError`` about a file the user named."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CoraError as error:
            click.echo(f"Error: {error}", err=True)
            if error.hint:
                click.echo(f"    {error.hint}", err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            raise  # click knows what to do when the reader of a pipe has gone
        except OSError as error:
            if error.filename is None or error.strerror is None:
                raise
            click.echo(f"Error: {error.filename}: {error.strerror}", err=True)
            ctx.exit(1)


def show_problems(problems: Sequence[Problem]) -> None:
    """All findings on stderr, errors first, and how many there are."""
    ordered = sorted(problems, key=lambda one: (one.severity is not Severity.ERROR, one.file, one.sheet, one.row or 0))
    for problem in ordered:
        click.echo(str(problem), err=True)
    wrong = sum(problem.severity is Severity.ERROR for problem in problems)
    click.echo(f"{_counted(wrong, 'error')}, {_counted(len(problems) - wrong, 'warning')}", err=True)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
