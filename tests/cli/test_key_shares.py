"""``cora keys split`` and ``join``: a key on paper, and back from paper, without any network.

K-10 the joined key file opens and signs as the first did
K-11 sheets are private pages with everything that is needed on them, and nothing beside the key
K-12 wrong, mixed, too few sheets write nothing and say why
"""

from __future__ import annotations

import re
import socket
from datetime import date
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.export import key_sheets
from cora_bot.vault.agefile import open_sealed, seal
from cora_bot.vault.identity import ResearcherKey, read_key_file, read_public_file, write_key_file
from tests.cli.running import Said, cora

CHANCE = SeededChance("split and join")
PHRASE, NEW = "long enough passphrase", "an entirely new one"


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object, **named: object) -> None:
        raise AssertionError("splitting and joining need no network")

    monkeypatch.setattr(socket.socket, "connect", refused)


def _key(folder: Path, name: str, *, classic: bool = False) -> ResearcherKey:
    key = ResearcherKey.generate(name, CHANCE, created=date(2026, 3, 1), study="follow_up", classic=classic)
    write_key_file(folder / f"{name}.key", key, PHRASE, CHANCE, work=4)
    (folder / f"{name}.public.txt").write_text(key.public().document())
    (folder / "phrase").write_text(PHRASE)
    (folder / "new").write_text(NEW)
    return key


def _split(folder: Path, name: str, to: str = "sheets", *more: object) -> Said:
    return cora(
        "keys", "split", folder / f"{name}.key", "--to", folder / to, "--passphrase-file", folder / "phrase", *more
    )


def _join(folder: Path, *sheets: Path) -> Said:
    return cora("keys", "join", *sheets, "--to", folder / "again.key", "--passphrase-file", folder / "new")


def _sheets(folder: Path, name: str = "sheets") -> list[Path]:
    return sorted((folder / name).iterdir())


@pytest.mark.parametrize("classic", [False, True])
def test_the_joined_key_file_opens_and_signs_as_the_first(tmp_path: Path, classic: bool) -> None:
    key = _key(tmp_path, "Anna, Hamburg", classic=classic)
    sealed = seal(b"an answer", [key.identity.recipient], CHANCE)
    assert _split(tmp_path, "Anna, Hamburg").code == 0
    assert _join(tmp_path, *_sheets(tmp_path)[1:]).code == 0
    again = read_key_file(tmp_path / "again.key", NEW)
    assert again == key
    assert open_sealed(sealed, [again.identity]) == b"an answer"
    assert key.public().verifies(again.sign(b"study"), b"study")
    assert read_public_file(tmp_path / "again.public.txt") == key.public()


def test_sheets_are_private_and_say_what_is_needed(tmp_path: Path) -> None:
    key = _key(tmp_path, "Anna")
    said = _split(tmp_path, "Anna")
    sheets = _sheets(tmp_path)
    assert [path.name for path in sheets] == [f"sheet-{number}-of-3.html" for number in (1, 2, 3)]
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "sheets", *sheets)] == [0o700, *[0o600] * 3]
    for number, path in enumerate(sheets, start=1):
        page = path.read_text()
        assert f"Sheet {number} of 3: any 2 give the key back" in page
        assert key.identity.recipient.fingerprint() in page
        assert re.findall(r'class="check"><code data-word="(\d+)"', page) == ["31", "32", "33"]
        assert "default-src 'none'" in page
        secrets = (key.identity.encode(), key.identity.seed.hex(), PHRASE)
        assert [secret in page for secret in secrets] == [False] * 3
        words = key_sheets.read(page, what="it").share.words
        assert [word for word in words if f" {word} " in f" {said.out} {said.err} "] == []
    assert read_public_file(tmp_path / "Anna.public.txt").shares == "2 of 3"
    assert "any 2 of 3 sheets" in cora("keys", "show", tmp_path / "Anna.public.txt").out


def test_a_sheet_typed_from_paper_into_a_text_file(tmp_path: Path) -> None:
    key = _key(tmp_path, "Anna")
    _split(tmp_path, "Anna")
    typed = []
    for path in _sheets(tmp_path)[:2]:
        sheet = key_sheets.read(path.read_text(), what="it")
        facts = "\n".join(f"{name.capitalize()}: {value}" for name, value in sheet.facts.items())
        words = "\n".join(f"{place}. {word.upper()}" for place, word in enumerate(sheet.share.words, start=1))
        typed.append(path.with_suffix(".txt"))
        typed[-1].write_text(f"{facts}\n\n{words}\n")
    assert _join(tmp_path, *typed).code == 0
    assert read_key_file(tmp_path / "again.key", NEW) == key


def test_sheets_typed_at_the_terminal(tmp_path: Path) -> None:
    key = _key(tmp_path, "Anna")
    _split(tmp_path, "Anna")
    read = [key_sheets.read(path.read_text(), what="it") for path in _sheets(tmp_path)]
    lines = [*read[0].facts.values(), " ".join(read[2].share.words), " ".join(read[0].share.words)]
    said = cora(
        "keys",
        "join",
        "--to",
        tmp_path / "again.key",
        "--passphrase-file",
        tmp_path / "new",
        typed="\n".join(lines) + "\n",
    )
    assert said.code == 0, said
    assert read_key_file(tmp_path / "again.key", NEW) == key


def _refused(folder: Path, said: Said, message: str) -> None:
    assert (said.code, (folder / "again.key").exists(), (folder / "again.public.txt").exists()) == (1, False, False)
    assert message in said.err


def test_too_few_mixed_and_damaged_sheets_write_nothing(tmp_path: Path) -> None:
    _key(tmp_path, "Anna")
    _key(tmp_path, "Behar")
    _split(tmp_path, "Anna")
    _split(tmp_path, "Anna", "second")
    _split(tmp_path, "Behar", "other")
    [first, second, _] = _sheets(tmp_path)
    _refused(tmp_path, _join(tmp_path, first), "1 of the 2 sheets that are needed were given")
    _refused(tmp_path, _join(tmp_path, first, first), "sheet 1 was given twice")
    _refused(tmp_path, _join(tmp_path, first, _sheets(tmp_path, "second")[1]), "different splittings")
    _refused(tmp_path, _join(tmp_path, first, _sheets(tmp_path, "other")[1]), "they differ in “holder”")
    page = second.read_text()
    words = key_sheets.read(page, what="it").share.words
    second.write_text(page.replace(f'data-word="7">{words[6]}<', 'data-word="7">wordnotthere<'))
    _refused(tmp_path, _join(tmp_path, first, second), "sheet-2-of-3.html: word 7 is not a word of the list")
    second.write_text(page.replace(key_sheets.read(page, what="it").facts["fingerprint"], "AAAA"))
    _refused(tmp_path, _join(tmp_path, second, _sheets(tmp_path)[2]), "they differ in “fingerprint”")
    second.write_bytes(b"\xff\xfe")
    _refused(tmp_path, _join(tmp_path, first, second), "is not text")


def test_split_writes_into_an_empty_folder_only(tmp_path: Path) -> None:
    _key(tmp_path, "Anna")
    assert _split(tmp_path, "Anna").code == 0
    before = {path: path.read_bytes() for path in _sheets(tmp_path)}
    said = _split(tmp_path, "Anna")
    assert (said.code, {path: path.read_bytes() for path in _sheets(tmp_path)}) == (1, before)
    assert "is not empty" in said.err


@pytest.mark.parametrize("numbers", [("3", "1"), ("3", "4"), ("17", "2")])
def test_split_refuses_impossible_numbers_and_writes_nothing(tmp_path: Path, numbers: tuple[str, str]) -> None:
    _key(tmp_path, "Anna")
    said = _split(tmp_path, "Anna", "sheets", "--shares", numbers[0], "--need", numbers[1])
    assert (said.code, (tmp_path / "sheets").exists()) == (1, False)


def test_join_overwrites_no_key_file(tmp_path: Path) -> None:
    _key(tmp_path, "Anna")
    _split(tmp_path, "Anna")
    (tmp_path / "again.key").write_text("mine")
    assert (_join(tmp_path, *_sheets(tmp_path)).code, (tmp_path / "again.key").read_text()) == (1, "mine")
