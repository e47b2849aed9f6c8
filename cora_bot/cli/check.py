"""``cora check``: everything that is wrong in a study or a form, in one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from cora_bot.base.catalogs import LoadedCatalog, load_catalogs
from cora_bot.base.clock import SystemClock
from cora_bot.base.errors import CoraError
from cora_bot.base.problems import Problem, Severity, errors
from cora_bot.base.resources import shipped
from cora_bot.base.values import replace
from cora_bot.cli.catalogs import SOURCE_LANGUAGE, catalog_problems, seen_unasked
from cora_bot.cli.failures import show_problems
from cora_bot.dialogue.approval import changed_texts, text_hashes
from cora_bot.dialogue.phrases import Phrases
from cora_bot.dialogue.placeholders import unfinished
from cora_bot.dialogue.script import Script
from cora_bot.forms.compile import compile_form
from cora_bot.forms.load import SUFFIXES
from cora_bot.forms.model import Form
from cora_bot.study.check import check_help, check_never_show
from cora_bot.study.model import Study
from cora_bot.study.reader import read_study
from cora_bot.usecases.load_study import STUDY_FILE, Reading, read_folder, read_forms
from cora_bot.usecases.signatures import MEND, signature
from cora_bot.vault.statements import FILE

STATES = {"reviewed": "reviewed by a speaker", "draft": "DRAFT", "original": "as written", "missing": "MISSING"}


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.pass_context
def check(ctx: click.Context, path: Path) -> None:
    """Check a study's folder or a single form. For ANY machine; needs no key and no network.

    PATH is a folder with study.toml and forms/, or a form: an .xlsx workbook, Markdown tables (.md) or an XForm (.xml).
    Prints all problems at once, each with file, sheet, row and how to mend it. Then shows, for a study, which languages
    a speaker has reviewed, and for each form which questions are sealed on arrival.

    Exit codes: 0 no errors (warnings are shown); 1 errors; 2 typed wrongly.
    """
    problems = _check_study(path) if path.is_dir() else _check_form(path)
    show_problems(problems)
    if errors(problems):
        ctx.exit(1)


def _check_form(path: Path) -> list[Problem]:
    if path.name == STUDY_FILE:
        raise CoraError(
            f"{path} is a study's definition, not a form", f"Check the whole folder: cora check {path.parent}"
        )
    if path.suffix.lower() not in SUFFIXES:
        raise CoraError(f"{path} is not a form", f"A form ends in {', '.join(SUFFIXES)}; a study is a folder.")
    compiled = compile_form(path.read_bytes(), file=path.name)
    if compiled.form is not None:
        _show_forms([compiled.form])
    return list(compiled.problems)


def _check_study(folder: Path) -> list[Problem]:
    reading, problems = study_problems(folder)
    study = reading.script.study if reading.script else _study(folder)
    if study is not None:
        _show_study(study, _catalogs())
    if reading.script is not None:
        _show_approval(reading.script)
    forms = reading.script.forms if reading.script else read_forms(folder / "forms", under="forms")[0]
    _show_forms(forms.values())
    return problems


def study_problems(folder: Path) -> tuple[Reading, list[Problem]]:
    """The study as far as it can be read, and everything that is wrong with it, its sentences and its approval."""
    catalogs = _catalogs()
    reading = read_folder(folder, catalogs=catalogs)
    problems = list(reading.problems)
    study = reading.script.study if reading.script else _study(folder)
    if study is not None:
        problems += _help_problems(study)
        problems += check_never_show(study.never_show, seen_unasked(study, Phrases(catalogs)))
        problems += catalog_problems(shipped("locales"), [language.code for language in study.languages])
    if reading.script is not None:
        problems += _approval_problems(reading.script)
        problems += _unfinished_problems(reading.script)
        problems += _signature_problems(folder, reading.script.study)
    return reading, problems


def _help_problems(study: Study) -> list[Problem]:
    """Nobody is helped by the help list of a demonstration."""
    found = () if study.demo else check_help(study, SystemClock().now().date())
    return [replace(problem, file=STUDY_FILE) for problem in found]


def _approval_problems(script: Script) -> list[Problem]:
    """One for each part whose texts are not the approved ones."""
    hint = "Put the approved text back, or have the new one approved and write [approval] anew: cora book STUDY"
    return [
        Problem("study.approval", f"approval: changed since it was approved: {part}", hint, STUDY_FILE)
        for part in changed_texts(script.study, script.forms, script.media)
    ]


def _unfinished_problems(script: Script) -> list[Problem]:
    """A warning for each part that still has something to be replaced."""
    hint = "Write what belongs there in every language, and take the brackets out. Nobody can be invited before."
    return [
        Problem("study.unfinished", f"texts still hold ⟦ ⟧: {part}", hint, STUDY_FILE, severity=Severity.WARNING)
        for part in unfinished(script.study, script.forms)
    ]


def _signature_problems(folder: Path, study: Study) -> list[Problem]:
    """A study that was never signed is warned about once somebody can open; one that was must be as it was signed."""
    if study.demo or not study.recipients:
        return []
    try:
        found = signature(folder, study)
    except CoraError as error:
        return [Problem("study.signature", str(error), error.hint, FILE)]
    if not found.chain.signed:
        message = "nobody has signed this study: whoever can write to its folder can have answers sealed to themselves"
        hint = "cora keys sign STUDY --key KEYFILE"
        return [Problem("study.signature", message, hint, FILE, severity=Severity.WARNING)]
    return [Problem("study.signature", f"not as it was signed: {change}", MEND, FILE) for change in found.changes]


def _show_approval(script: Script) -> None:
    approval = script.study.approval
    said = f"approved by {approval.by} on {approval.on}" if approval else "not approved by anybody yet"
    if not script.enrolling:
        said += ", and changed since: nobody can be enrolled"
    click.echo(f"  texts {text_hashes(script.study, script.forms, script.media).whole[:16]}: {said}")


def _study(folder: Path) -> Study | None:
    """The study by itself: its words are checked also while a form is broken."""
    try:
        return read_study((folder / STUDY_FILE).read_text(encoding="utf-8"), file=STUDY_FILE)[0]
    except (OSError, UnicodeDecodeError):
        return None  # read_folder has said so


def _catalogs() -> dict[str, LoadedCatalog]:
    """None of them when one is broken: ``catalog_problems`` then says which, and where."""
    try:
        return load_catalogs(shipped("locales"))
    except CoraError:
        return {}


def _show_study(study: Study, catalogs: Mapping[str, LoadedCatalog]) -> None:
    click.echo(f"Study {study.id}, version {study.version}: {study.title}")
    for language in study.languages:
        own = "original" if language.code == SOURCE_LANGUAGE else "missing"
        own = catalogs[language.code].review if language.code in catalogs else own
        texts = f"study's texts {STATES[language.review]}, bot's own sentences {STATES[own]}"
        click.echo(f"  {language.code:<8} {language.name}: {texts}")
    click.echo(f"  {len(study.recipients)} can open the answers" + (" (demo study)" if study.demo else ""))


def _show_forms(forms: Iterable[Form]) -> None:
    for form in forms:
        sealed = [question.name for question in form.questions if question.sealed]
        click.echo(f"Form {form.id}, version {form.version or '(none)'}: {len(form.questions)} questions")
        click.echo(f"  languages: {', '.join(form.languages)}")
        click.echo(f"  sealed on arrival: {', '.join(sealed) or 'none'}")
        alerting = [column.name for column in form.columns if column.alert]
        if alerting:
            click.echo(f"  somebody must look: {', '.join(alerting)}")
