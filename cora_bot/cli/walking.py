"""A walk at the terminal: shows the card, takes a line, until the form is finished or the person quits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import click

from cora_bot.cli.trial import BACK, DIRECT, Trial

QUIT = "q"


def converse(trial: Trial, clock: Callable[[], datetime]) -> bool:
    """Until the form is finished (True) or the person quits (False)."""
    moved = True
    while not trial.finished:
        if moved:
            show(trial, clock())
        try:
            line = str(click.prompt(">", prompt_suffix=" ", default="", show_default=False))
        except click.Abort:
            line = QUIT
        if line.strip().lower() == QUIT:
            return False
        moved = trial.answer(line, clock())
        if not moved:
            click.echo(f"There is no such button. Type a number, text, {BACK} (back) or {QUIT} (quit).")
    return True


def show(trial: Trial, now: datetime) -> None:
    """The card as it stands, its buttons numbered."""
    click.echo(f"\n{trial.prompt.text}\n")
    mark = DIRECT if trial.typed(now) else ""
    for number, button in enumerate(trial.buttons, start=1):
        click.echo(f"  {mark}{number}  {button.label}")


def show_stored(trial: Trial) -> None:
    """What the walk would leave, question by question."""
    stored = trial.stored()
    click.echo("\nWould be stored, sealed:" if stored else "\nNothing would be stored.")
    for ref, value in stored:
        click.echo(f"  {ref} = {value}")
