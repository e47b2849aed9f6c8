"""KE-01 a second command compiles nothing again, and plays the very same forms and sentences · KE-02 what was changed
is made again, and what has errors is never kept · KE-03 what somebody else put there, or another program made, is not
used · KE-04 a disk that cannot be written stops no command · KE-05 nothing that reads workbooks or serves pages is
imported by a start that needs neither.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from cora_bot.base import kept as keeping
from cora_bot.base.chance import SeededChance
from cora_bot.base.kept import Kept
from cora_bot.cli.open_house import open_house, server_keys
from cora_bot.dialogue import phrases
from cora_bot.dialogue.script import Script
from cora_bot.forms import compile as compiling
from cora_bot.settings import Settings, read_settings
from cora_bot.usecases.load_study import StudyError, load_script
from cora_bot.vault.kept_file import read_kept, write_kept
from cora_bot.vault.working import Purpose, WorkingKeys
from tests.cli.server import Server, set_up

HEAVY = ("pyxform", "openpyxl", "PIL", "pydantic", "starlette", "uvicorn", "asyncpg", "sqlalchemy.dialects.postgresql")


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return set_up(tmp_path)


@pytest.fixture
def settings(server: Server) -> Settings:
    return read_settings(server.settings)


def _opened(settings: Settings) -> Script:
    async def opened() -> Script:
        async with open_house(settings) as house:
            return house.script

    return asyncio.run(opened())


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the forms that are compiled from now on."""
    names: list[str] = []
    real = compiling.compile_form

    def counted(source: bytes, *, file: str) -> compiling.Compiled:
        names.append(Path(file).stem)
        return real(source, file=file)

    monkeypatch.setattr(compiling, "compile_form", counted)
    return names


FORMS = ["arrival", "check_in", "consent", "half_year", "return_check"]


def test_a_second_command_compiles_nothing_and_has_the_same_forms(settings: Settings, compiled: list[str]) -> None:
    first = _opened(settings)
    assert compiled == FORMS
    second = _opened(settings)
    assert compiled == FORMS
    fresh = load_script(settings.study)
    assert second.study == first.study == fresh.study
    assert {name: form.xform for name, form in second.forms.items()} == {
        name: form.xform for name, form in fresh.forms.items()
    }
    assert second.forms["check_in"].questions == first.forms["check_in"].questions == fresh.forms["check_in"].questions
    assert second.forms["check_in"].columns == fresh.forms["check_in"].columns
    sentence = phrases.HELP
    for language in ("de", "ar", "fa-AF", "sq"):
        assert second.phrases.say(sentence, language) == fresh.phrases.say(sentence, language)


def test_only_what_was_changed_is_compiled_again(settings: Settings, compiled: list[str]) -> None:
    _opened(settings)
    form = settings.study / "forms" / "check_in.md"
    form.write_text(form.read_text(encoding="utf-8").replace("mostly do at", "do at"), encoding="utf-8")
    changed = _opened(settings)
    assert compiled == [*FORMS, "check_in"]
    assert changed.forms["check_in"].hash == load_script(settings.study).forms["check_in"].hash


def test_a_form_with_errors_is_told_of_every_time(settings: Settings) -> None:
    _opened(settings)
    form = settings.study / "forms" / "check_in.md"
    form.write_text("| survey |\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(StudyError, match=r"forms/check_in\.md"):
            _opened(settings)


def _flip(path: Path, _: WorkingKeys) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _in_the_clear(path: Path, keys: WorkingKeys) -> None:
    path.write_bytes(msgspec.msgpack.encode(read_kept(path, keys).slots))


def _under_other_keys(path: Path, keys: WorkingKeys) -> None:
    chance = SeededChance("a stranger")
    others = WorkingKeys.generate(chance)
    sealed = others.seal(Purpose.KEPT, b"made from the study's files", path.read_bytes(), chance)
    path.write_bytes(keys.prefix + sealed[len(keys.prefix) :])


def _empty(path: Path, _: WorkingKeys) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("tamper", [_flip, _in_the_clear, _under_other_keys, _empty])
def test_what_somebody_else_put_there_is_not_used(
    settings: Settings, compiled: list[str], tamper: Callable[[Path, WorkingKeys], None]
) -> None:
    _opened(settings)
    tamper(settings.kept, server_keys(settings))
    _opened(settings)
    assert compiled == FORMS * 2
    _opened(settings)  # and it is kept anew
    assert compiled == FORMS * 2


def test_another_version_of_the_library_makes_everything_again(
    settings: Settings, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _opened(settings)
    monkeypatch.setattr(keeping, "version", lambda name: f"{name} 99")
    _opened(settings)
    assert compiled == FORMS * 2


def test_what_makes_it_is_told_apart_by_its_own_files(tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "one.py").write_text("x = 1\n", encoding="utf-8")
    before = keeping.maker(tmp_path, "pyxform")
    assert keeping.maker(tmp_path, "pyxform") == before
    (tmp_path / "part" / "one.py").write_text("x = 1  # 2\n", encoding="utf-8")
    assert keeping.maker(tmp_path, "pyxform") != before


def test_a_changed_file_takes_the_place_of_its_older_self(settings: Settings) -> None:
    _opened(settings)
    keys = server_keys(settings)
    before = read_kept(settings.kept, keys).slots
    form = settings.study / "forms" / "check_in.md"
    form.write_text(form.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    _opened(settings)
    after = read_kept(settings.kept, keys).slots
    assert after.keys() == before.keys()
    assert [what for what in after if after[what] != before[what]] == ["form check_in.md"]


def test_what_one_command_does_not_ask_for_stays_for_the_next(settings: Settings) -> None:
    keys, chance = server_keys(settings), SeededChance("another command")
    kept = Kept()
    kept.keep("cells check_in.md", "digest", b"made")
    write_kept(settings.kept, kept, keys, chance)
    _opened(settings)
    assert read_kept(settings.kept, keys).find("cells check_in.md", "digest") == b"made"


def test_a_disk_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    kept = Kept()
    kept.keep("form", "digest", b"made")
    chance = SeededChance("no disk")
    write_kept(tmp_path / "no such folder" / "kept", kept, WorkingKeys.generate(chance), chance)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_where_nothing_changed(settings: Settings) -> None:
    _opened(settings)
    before = settings.kept.stat()
    _opened(settings)
    assert settings.kept.stat().st_mtime_ns == before.st_mtime_ns
    assert before.st_mode & 0o777 == 0o600


def test_a_start_imports_nothing_it_does_not_need() -> None:
    asked = f"import bot.running, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
