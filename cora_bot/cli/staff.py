"""Staff enter an interview: asked at the terminal of the server, stored only when they say so."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from cora_bot.base.clock import Clock
from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.cli.form import files_beside
from cora_bot.cli.open_house import open_clock, open_house, server_settings
from cora_bot.cli.trial import AWAY, Trial
from cora_bot.cli.walking import converse
from cora_bot.dialogue.conversation import Mode
from cora_bot.dialogue.script import Script
from cora_bot.forms.compile import compile_form
from cora_bot.settings import Settings
from cora_bot.usecases import staff_entry
from cora_bot.usecases.belonging import check_belongs
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.staff_entry import Interview


def enter(form: Path, case: str, mode: Mode, *, study: Path | None, language: str) -> None:
    """One interview from its first question to the commit. Raises CoraError."""
    settings = server_settings()
    if study is not None:
        settings = replace(settings, study=study)
    asyncio.run(_enter(settings, form, case, mode, language))


async def _enter(settings: Settings, form: Path, case: str, mode: Mode, language: str) -> None:
    async with open_house(settings) as house:
        await check_belongs(house)
        await register_forms(house)
        name = _form_id(house.script, form)
        interview = await staff_entry.begin(house, case, name, mode=mode, language=language)
        click.echo(_heading(interview))
        trial = Trial(house.script, interview.begun, chance=house.chance, mode=mode, without=AWAY)
        # The loop waits for a person and holds no lock: the bot goes on beside it.
        if not await asyncio.to_thread(_walked, trial, open_clock(settings)):
            click.echo("Nothing was stored.")
            return
        kept = await staff_entry.keep(house, interview, trial.turns)
    click.echo(f"Stored, sealed: {kept.records} records of {interview.person.code}.")
    if kept.ended_in_chat:
        click.echo("What had been begun in the chat was kept beside it, as partial.")


def _form_id(script: Script, form: Path) -> str:
    """FORM is an id, or the file of a form exactly as the study has it."""
    if str(form) in script.forms or not form.is_file():
        return str(form)
    compiled = compile_form(form.read_bytes(), file=form.name, media=files_beside(form)).form
    if compiled is None or compiled.hash not in {each.hash for each in script.forms.values()}:
        raise CoraError(f"{form} is not a form of this study", f"There are: {', '.join(script.forms)}.")
    return compiled.id


def _heading(interview: Interview) -> str:
    about = interview.occurrence
    occasion = (
        f"occasion {about.wave} {about.number}, open until {about.closes:%Y-%m-%d %H:%M} UTC"
        if about
        else "no occasion of this form is open now: the answers are kept without one"
    )
    return f"{interview.person.code} · {interview.form} · {interview.mode.value} · {occasion}"


def _walked(trial: Trial, clock: Clock) -> bool:
    """Whether there is something to be stored, and it is to be. Who walks away has not said so."""
    try:
        if converse(trial, clock.now):
            return click.confirm("Store this interview?", default=True)
        if not click.confirm("Keep what was answered until here, as partial?", default=False):
            return False
    except click.Abort:
        return False
    trial.leave(clock.now())
    return bool(trial.stored())
