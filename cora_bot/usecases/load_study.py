"""A study's folder → the Script it is played from, or everything that is wrong with it, in one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from cora_bot.base.catalogs import load_catalogs
from cora_bot.base.errors import CoraError
from cora_bot.base.kept import Kept, maker, source_of
from cora_bot.base.problems import Problem, errors
from cora_bot.base.resources import shipped
from cora_bot.base.values import Value, replace
from cora_bot.dialogue.approval import changed_texts
from cora_bot.dialogue.phrases import Catalog, Phrases
from cora_bot.dialogue.script import Script
from cora_bot.forms.load import load_xform
from cora_bot.forms.model import MEDIA, Form, Kind
from cora_bot.study import model
from cora_bot.study.check import FormFacts, check_against_forms
from cora_bot.study.model import Study
from cora_bot.usecases.form_files import form_files, form_maker
from cora_bot.usecases.media import media_beside
from cora_bot.vault.statements import FILE as SIGNATURES

STUDY_FILE: Final = "study.toml"
_STUDY: Final = msgspec.msgpack.Decoder(Study)


class StudyError(CoraError):
    """The study has errors; ``problems`` are all findings."""

    def __init__(self, folder: Path, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        wrong = errors(self.problems)
        listed = "\n".join(str(problem) for problem in wrong)
        super().__init__(f"the study in {folder} has {len(wrong)} errors:\n{listed}", "Run: cora check STUDY")


class Reading(Value):
    """``script`` is None when any problem is an error."""

    script: Script | None
    problems: tuple[Problem, ...]


def load_script(folder: Path, *, catalogs: Mapping[str, Catalog] | None = None, kept: Kept | None = None) -> Script:
    """The script of a study that is in order. ``kept``: see ``read_forms``. Raises ``StudyError``."""
    reading = read_folder(folder, catalogs=catalogs, kept=kept)
    if reading.script is None:
        raise StudyError(folder, reading.problems)
    return reading.script


def read_folder(folder: Path, *, catalogs: Mapping[str, Catalog] | None = None, kept: Kept | None = None) -> Reading:
    """Reads study.toml and compiles every form, whatever is wrong with the others."""
    kept = kept or Kept()
    study, found = _study(folder, kept)
    problems = list(found)
    forms, compiled = read_forms(folder / "forms", under="forms", kept=kept)
    problems += compiled
    media, missing = media_beside(folder, forms)
    problems += missing
    if study is not None:
        facts = {name: _facts(form) for name, form in forms.items()}
        problems += check_against_forms(study, facts, file=STUDY_FILE)
    if study is None or errors(problems):
        return Reading(None, tuple(problems))
    # register_forms adds the versions that sessions still use; a new dict, so that no study shares it.
    versions = {form.hash: form for form in forms.values()}
    phrases = Phrases(load_catalogs(shipped("locales"), kept) if catalogs is None else catalogs)
    enrolling = not changed_texts(study, forms, media)
    return Reading(Script(study, forms, versions, phrases, enrolling, media), tuple(problems))


def _study(folder: Path, kept: Kept) -> tuple[Study | None, tuple[Problem, ...]]:
    try:
        text = (folder / STUDY_FILE).read_text(encoding="utf-8")
    except OSError:
        hint = "A study is a folder with study.toml and forms/."
        return None, (Problem("study.missing", f"there is no {STUDY_FILE} in {folder}", hint, STUDY_FILE),)
    except UnicodeDecodeError:
        return None, (Problem("study.encoding", "the file is not UTF-8", "Save it as UTF-8.", STUDY_FILE),)
    study, problems = _read(text, kept)
    return (replace(study, source=text, signatures=_signatures(folder)) if study else None), problems


def _read(text: str, kept: Kept) -> tuple[Study | None, tuple[Problem, ...]]:
    """Of a study that is kept warnings are not found again, as with forms."""
    source = source_of(maker(Path(model.__file__).parent, "babel", "isodate", "pydantic"), text.encode())
    made = kept.find("study", source)
    if made is not None:
        return _STUDY.decode(made), ()
    from cora_bot.study.reader import read_study  # noqa: PLC0415 - pydantic, for a changed study only

    study, problems = read_study(text, file=STUDY_FILE)
    if study is not None:
        kept.keep("study", source, msgspec.msgpack.encode(study))
    return study, problems


def _signatures(folder: Path) -> str:
    """For bundles, which carry the file along. Whether it can be read at all is for ``signatures.py`` to say."""
    try:
        return (folder / SIGNATURES).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def read_forms(folder: Path, *, under: str, kept: Kept | None = None) -> tuple[dict[str, Form], list[Problem]]:
    """Every form of a folder by its form id, and all that is wrong with them.

    Of a form that is ``kept`` from an earlier reading warnings are not found again; one with errors is not kept.
    """
    forms: dict[str, Form] = {}
    problems: list[Problem] = []
    made_by = form_maker()
    for path in form_files(folder):
        name = f"{under}/{path.name}"
        form, wrong = _form(path, name, kept or Kept(), made_by)
        problems += wrong
        if form is None:
            continue
        if form.id in forms:
            message = f"the form id “{form.id}” is used twice"
            problems.append(Problem("study.form_twice", message, "Give each form its own form_id.", name, "settings"))
        forms[form.id] = form
    return forms, problems


def _form(path: Path, name: str, kept: Kept, made_by: str) -> tuple[Form | None, Sequence[Problem]]:
    content = path.read_bytes()
    what, source = f"form {path.name}", source_of(made_by, content)
    xform = kept.find(what, source)
    if xform is not None:
        return load_xform(xform.decode()), ()
    # What reads workbooks takes a quarter of a second to import, and is needed for a changed form only.
    from cora_bot.forms.compile import compile_form  # noqa: PLC0415

    compiled = compile_form(content, file=name)
    if compiled.form is not None:
        kept.keep(what, source, compiled.form.xform.encode())
    return compiled.form, compiled.problems


def _facts(form: Form) -> FormFacts:
    return FormFacts(
        languages=form.languages,
        questions={question.name: tuple(option.value for option in question.options) for question in form.questions},
        files=tuple(question.name for question in form.questions if question.kind in MEDIA),
        places=tuple(question.name for question in form.questions if question.kind is Kind.GEOPOINT),
        alerts=tuple(column.name for column in form.columns if column.alert),
    )
