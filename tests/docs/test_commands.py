"""DO-02 every command a page shows exists, with the options and arguments shown; nothing else is called a command.
DO-03 every make target, Python module and setting a page names exists.
DO-04 every setting is documented, as the program itself describes it.
"""

from __future__ import annotations

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.exceptions import UsageError

from bot.cli import cora
from cora_bot.settings import FOR_TESTS, SETTINGS
from tests.cli.running import commands
from tests.docs.pages import DOCS, PAGES, ROOT, inline_code, name, text_of, typed_lines

CORA = re.compile(r"^(?:\S*/)?cora(?: |$)")
PLACEHOLDERS = {"STUDY|FORM", "COMMAND"}
PARTS_OF_SPEECH = {
    "cora working v1",
    "cora recipient v1",
    "cora index v1",
    "cora opening test v1",
    "cora erasure wrap v1",
    "cora signing key v1",
    "cora verify key v1",
    "cora study v1",
}
"""Labels inside our file formats, which begin with the same word."""


def typed() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for line in typed_lines(page):
            if CORA.match(line):
                yield page, line


def mentioned() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for code in inline_code(page):
            if CORA.match(code) and not any(code.startswith(label) for label in PARTS_OF_SPEECH):
                yield page, code


def command_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command these words name, and what follows it. Raises ``LookupError`` when there is none."""
    command: click.Command = cora
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        word = rest.pop(0)
        if word in PLACEHOLDERS:
            return command, []
        if word not in commands(command):
            raise LookupError(f"there is no command {word}")
        command = commands(command)[word]
    return command, rest


def is_given(parsed: object) -> bool:
    """Whether click's parser found something: a text, a flag, some texts. What else it puts there is its own affair."""
    return isinstance(parsed, str | bool | int | list | tuple) and parsed not in ((), [])


def complaints(line: str, *, whole: bool) -> str:
    """Why ``line`` cannot be typed; "" when it can. ``whole``: nothing required may be missing."""
    try:
        command, rest = command_of(shlex.split(line)[1:])
    except LookupError as error:
        return str(error)
    context = click.Context(command, info_name="cora")
    try:
        given, left, _ = command.make_parser(context).parse_args(rest)
    except UsageError as error:
        return error.message
    missing = [one.name for one in command.params if one.required and not is_given(given.get(str(one.name)))]
    if left and not isinstance(command, click.Group):
        return f"too many arguments: {left}"
    return f"missing: {missing}" if whole and missing else ""


@pytest.mark.parametrize(("page", "line"), tuple(typed()), ids=name)
def test_typed_command_can_be_typed(page: Path, line: str) -> None:
    assert complaints(line.partition(" # ")[0], whole=True) == "", page.name


@pytest.mark.parametrize(("page", "code"), tuple(mentioned()), ids=name)
def test_mentioned_command_exists(page: Path, code: str) -> None:
    assert complaints(code, whole=False) == "", page.name


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("cora feed", "there is no command feed"),
        ("cora keys lose", "there is no command lose"),
        ("cora bundle --to x.bundle --bearer Anna", "No such option"),
        ("cora bundle --to x.bundle", "missing: ['holder']"),
        ("cora export --key anna.key --to out", "missing: ['bundles']"),
        ("cora people all", "too many arguments: ['all']"),
    ],
)
def test_wrong_command_is_found_out(line: str, complaint: str) -> None:
    assert complaints(line, whole=True).startswith(complaint)


def test_every_command_is_shown_somewhere() -> None:
    shown = {" ".join(line.split()[1:3]) for _, line in typed()} | {line.split()[1] for _, line in typed()}
    missing = [name for name, command in commands(cora).items() if not command.hidden and name not in shown]
    assert sorted(missing) == ["pilot", "run"]  # `make demo` and systemd start these


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = {
        code.split()[1]
        for page in PAGES
        for code in (*inline_code(page), *typed_lines(page))
        if re.match(r"make [a-z-]+", code)
    }
    assert {"demo", "test"} <= named
    assert named - targets == set()


def test_modules_exist() -> None:
    named = {
        module for page in PAGES for module in re.findall(r"python -m ((?:cora_bot|bot|tests)[\w.]*)", text_of(page))
    }
    assert {module for module in named if importlib.util.find_spec(module) is None} == set()


def test_settings_named_exist() -> None:
    known = {setting.name for setting in SETTINGS} | FOR_TESTS
    named = {name for page in PAGES for name in re.findall(r"\bCORA_[A-Z_]+\b", text_of(page))}
    assert named - known == set()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_setting_is_documented_for_operators(setting: object) -> None:
    name, description, default = (getattr(setting, part) for part in ("name", "description", "default"))
    assert text_of(DOCS / "operators.md").count(f"\n| `{name}` | {description} | {default} |\n") == 1
