"""A bundle's study and forms, as values; or what to install to read them."""

from __future__ import annotations

from cora_bot.base.errors import CoraError
from cora_bot.export.bundle_facts import AGAIN
from cora_bot.export.bundle_reader import Bundle
from cora_bot.forms.load import load_xform
from cora_bot.forms.model import Form
from cora_bot.study.model import Study
from cora_bot.study.reader import read_study


def study_of(bundle: Bundle) -> Study:
    """Raises ``CoraError`` for one this program cannot read, or that is another study's."""
    study, problems = read_study(bundle.study_toml, file="study.toml")
    if study is None:
        raise CoraError(
            f"the study definition in the bundle cannot be read: {problems[0].message}",
            "Install the version of cora-bot that the server runs, then export again.",
        )
    if study.id != bundle.manifest.study:
        raise CoraError(f"the bundle says it is of {bundle.manifest.study!r}, its study.toml of {study.id!r}", AGAIN)
    return study


def forms_of(bundle: Bundle) -> dict[str, Form]:
    """By hash. Raises ``CoraError`` for one this program cannot read."""
    return {digest: _form(digest, xform) for digest, xform in bundle.forms.items()}


def _form(digest: str, xform: str) -> Form:
    try:
        return load_xform(xform)
    except ValueError:
        raise CoraError(
            f"the bundle's form {digest[:12]}… cannot be read",
            "Install the version of cora-bot that the server runs, then export again.",
        ) from None


def label_language(study: Study, wanted: str) -> str:
    """``wanted``, or where it is "" the study's own. Raises ``CoraError`` for one the study does not have."""
    known = [language.code for language in study.languages]
    if wanted and wanted not in known:
        raise CoraError(f"the study has no language {wanted!r}", f"It has: {', '.join(known)}.")
    return wanted or study.default_language
