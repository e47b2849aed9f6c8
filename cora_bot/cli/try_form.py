"""``cora try``: a form walked in the terminal, on the conversation that people have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from cora_bot.base.catalogs import load_catalogs
from cora_bot.base.chance import SeededChance, SystemChance
from cora_bot.base.clock import SystemClock
from cora_bot.base.errors import CoraError
from cora_bot.base.problems import errors
from cora_bot.base.resources import shipped
from cora_bot.cli.failures import show_problems
from cora_bot.cli.form import compiled_for_any, files_beside
from cora_bot.cli.staff import enter
from cora_bot.cli.trial import Trial, begun_alone, stand_in
from cora_bot.cli.walking import converse, show, show_stored
from cora_bot.dialogue.conversation import Mode
from cora_bot.dialogue.phrases import Phrases
from cora_bot.dialogue.script import Script
from cora_bot.forms import earlier, recorded
from cora_bot.forms.compile import compile_form
from cora_bot.forms.load import SUFFIXES
from cora_bot.forms.model import Form
from cora_bot.forms.moment import Moment
from cora_bot.study.model import Study
from cora_bot.study.reader import read_study
from cora_bot.usecases.load_study import STUDY_FILE

MODES = {"phone": Mode.PHONE, "in-person": Mode.IN_PERSON}
NOW = "#now"  # in a file of answers: when it is walked
LAST, PERSON = "#last", "#returnee"  # in a file of answers: what was answered before, what is known of the person


@click.command("try")
@click.argument("form", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--lang", "language", default="", help="Language to walk in, e.g. ar. [default: the form's, the person's]"
)
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Do not ask: take the answers from this JSON file, and print what happened as JSON.",
)
@click.option("--case", default="", help="Enter an interview with this person, by case code. On the SERVER.")
@click.option("--mode", type=click.Choice(list(MODES)), help="How that interview was had. Goes with --case.")
@click.option(
    "--study",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The study's folder. Goes with --case.  [default: CORA_STUDY]",
)
@click.pass_context
def try_form(
    ctx: click.Context,
    form: Path,
    language: str,
    answers: Path | None,
    *,
    case: str,
    mode: str | None,
    study: Path | None,
) -> None:
    """Walk through a form in the terminal, as a person would in the chat. For ANY machine; with --case the SERVER.

    Buttons are numbered: type a number, or text where the question asks for it (there, a button is :1). Type b to go
    back and q to quit. Where a place is asked for type @34.5 69.2, where a file is +photo, +voice, +video or
    +document. Shows at the end what would have been stored. Nothing is written to disk.

    With --case and --mode you enter what a person of the study answers on the phone or face to face. FORM is then the
    id of one of the study's forms, or its file. The answers are sealed to the researchers like those from the chat and
    say how they were given; if an occasion of this form is open, it is settled and its reminders stop. Nothing is
    stored before you say so at the end; quitting asks whether to keep what was answered. Refused for somebody who has
    stopped or has not agreed, and for the consent form. What you see stays in the terminal: clear it afterwards.

    With --answers nothing is asked, and everything a form may hold is walked, also what the chat cannot ask. The file
    holds one object: {"/data/age": ["", "17"], "+/data/child": 2, "#lang": "Dari (fa-AF)"}. A list is a series of
    tries, + says how many instances of a repeat are added, #lang is the language; #last is what the last record keeps
    ({"/data/town": "Herat"}), #returnee what is known of the person (property and value), #now when it is walked.
    Printed is a list of events: ref, event, label, hint, required, readonly, choices, answers (value, result,
    message); the last one is END with the instance's XML.

    Exit codes: 0 done or quit; 1 the form has errors, or this person cannot be asked it; 2 typed wrongly.
    """
    if case or mode or study:
        if not case or not mode or answers:
            raise click.UsageError("an interview needs --case and --mode, and takes no --answers")
        enter(form, case, MODES[mode], study=study, language=language)
        return
    if not form.is_file():
        raise click.UsageError(f"there is no file {form}")
    if form.suffix.lower() not in SUFFIXES:
        raise CoraError(f"{form} is not a form", f"A form ends in {', '.join(SUFFIXES)}.")
    if answers is not None:
        _walk_recorded(ctx, form, answers, language)
        return
    compiled = compile_form(form.read_bytes(), file=form.name, media=files_beside(form))
    if compiled.form is None or errors(compiled.problems):
        show_problems(compiled.problems)
        ctx.exit(1)
    script = _script(form, compiled.form)
    chance = SystemChance()
    chosen = _language(script.study, compiled.form, language)
    trial = Trial(script, begun_alone(script, compiled.form, language=chosen, now=_now(), chance=chance), chance=chance)
    if converse(trial, _now):
        show(trial, _now())
        show_stored(trial)
    else:
        click.echo("Left. Nothing was stored.")


def _walk_recorded(ctx: click.Context, form: Path, answers: Path, language: str) -> None:
    compiled = compiled_for_any(ctx, form)
    given, before = _recorded(answers)
    last, person = before.get(LAST, {}), before.get(PERSON, {})
    # What is drawn (ids, shuffled lists) is the same each time, so that two outputs can be compared.
    chance, at = SeededChance(compiled.hash), _instant(str(given.get(NOW, "")))
    moment = Moment(at, "UTC", {"deviceid": "trial"}, chance, last, {earlier.PERSON: person})
    happened = recorded.events(compiled, {"#lang": language, **given}, moment)
    click.echo(json.dumps(happened, ensure_ascii=False, indent=2))


def _instant(text: str) -> datetime:
    """Now, unless the answers say which instant it is to be."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else _now()
    except ValueError as error:
        raise CoraError(f"{NOW} is no instant", "Write it as 2026-11-22T10:00:00+00:00.") from error


def _recorded(path: Path) -> tuple[recorded.Answers, Mapping[str, Mapping[str, str]]]:
    """The answers, and what was there before: of the last record, and of the person's entity."""
    hint = 'Write one JSON object: {"/data/age": ["", "17"], "+/data/child": 2}.'
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise CoraError(f"{path} holds no JSON", hint) from error
    if not isinstance(held, dict):
        raise CoraError(f"{path} holds no answers", hint)
    before = {key: held.pop(key) for key in (LAST, PERSON) if key in held}
    answers = all(isinstance(value, str | int) or _texts(value) for value in held.values())
    if not answers or not all(isinstance(each, dict) and _texts(list(each.values())) for each in before.values()):
        raise CoraError(f"{path} holds no answers", hint)
    return dict(held), before


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _script(path: Path, form: Form) -> Script:
    """The form's own study where it lies in one that can be read; else a stand-in."""
    home = path.absolute().parent.parent / STUDY_FILE
    study = read_study(home.read_text(encoding="utf-8"), file=STUDY_FILE)[0] if home.is_file() else None
    return Script(
        study or stand_in(form), {form.id: form}, {form.hash: form}, Phrases(load_catalogs(shipped("locales")))
    )


def _language(study: Study, form: Form, wanted: str) -> str:
    known = [language.code for language in study.languages]
    if wanted and wanted not in known:
        raise CoraError(f"there is no language {wanted!r} here", f"There are: {', '.join(known)}.")
    return wanted or (form.default_language if form.default_language in known else study.default_language)


def _now() -> datetime:
    return SystemClock().now()
