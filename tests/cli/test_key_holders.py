"""``cora keys add`` and ``remove``: who can open, changed where the study is kept.

K-20 naming and taking out change study.toml there and nowhere else, in one step
K-21 never fewer than two who can open, or one whose key is in shares; never classic and hybrid together
K-22 whoever is new opens a test before the bot starts again; what is sealed from then on opens for them
"""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.errors import CoraError
from cora_bot.cli.open_house import open_house
from cora_bot.settings import read_settings
from cora_bot.study.reader import read_study
from cora_bot.vault.identity import ResearcherKey, write_key_file
from tests.cli.running import Said, cora
from tests.cli.server import Server, enrol, set_up

CHANCE = SeededChance("holders")
STUDY = Path(__file__).parents[2] / "surveys" / "returnee_follow_up" / "study.toml"


def _key(folder: Path, name: str, *, study: str = "", classic: bool = False, shares: str = "") -> ResearcherKey:
    key = ResearcherKey.generate(name, CHANCE, created=date(2026, 3, 1), study=study, classic=classic)
    (folder / f"{name}.public.txt").write_text(key.public().in_shares(shares).document())
    return key


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "study.toml").write_bytes(STUDY.read_bytes())
    (folder / "study.toml").chmod(0o644)
    return folder


def _add(folder: Path, *names: str) -> Said:
    return cora("keys", "add", folder / "study", *(folder / f"{name}.public.txt" for name in names))


def _recipients(study: Path) -> tuple[str, ...]:
    read, problems = read_study((study / "study.toml").read_text(), file="study.toml")
    assert read is not None, problems
    return read.recipients


def test_two_are_named_and_the_rest_stays(tmp_path: Path, study: Path) -> None:
    keys = [_key(tmp_path, name) for name in ("Anna", "Behar")]
    said = _add(tmp_path, "Anna", "Behar")
    assert said.code == 0, said
    assert [key.public().signs_as() in said.out for key in keys] == [True, True]
    assert _recipients(study) == tuple(key.identity.recipient.encode() for key in keys)
    lines = (study / "study.toml").read_text().splitlines()
    assert [line for line in STUDY.read_text().splitlines() if line not in lines] == ["recipients = []"]
    assert not any("Anna" in line or "Behar" in line for line in lines)
    assert (study / "study.toml").stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in study.iterdir()) == ["study.toml"]
    again = _add(tmp_path, "Anna")
    assert (again.code, "nothing was changed" in again.out) == (0, True)


def test_one_alone_is_named_with_a_warning(tmp_path: Path, study: Path) -> None:
    _key(tmp_path, "Anna")
    said = _add(tmp_path, "Anna")
    assert (said.code, "one lost key loses everything" in said.err) == (0, True)


def _remove(study: Path, who: object) -> Said:
    return cora("keys", "remove", study, who)


def test_one_of_three_is_taken_out_and_two_of_two_are_not(tmp_path: Path, study: Path) -> None:
    anna, behar, carla = (_key(tmp_path, name) for name in ("Anna", "Behar", "Carla"))
    _add(tmp_path, "Anna", "Behar")
    two = (study / "study.toml").read_bytes()
    _add(tmp_path, "Carla")
    said = _remove(study, carla.public().recipient.fingerprint()[:7].lower())
    assert (said.code, (study / "study.toml").read_bytes() == two) == (0, True)
    refused = _remove(study, tmp_path / "Behar.public.txt")
    assert (refused.code, (study / "study.toml").read_bytes() == two) == (1, True)
    assert "1 could still open; nothing was changed" in refused.err
    unknown = _remove(study, "ZZZZ")
    assert (unknown.code, "names 0 of those who can open" in unknown.err) == (1, True)
    everybody = _remove(study, "")
    assert (everybody.code, "names 2 of those" in everybody.err) == (1, True)
    assert _recipients(study) == tuple(key.identity.recipient.encode() for key in (anna, behar))


def test_one_with_shares_is_enough(tmp_path: Path, study: Path) -> None:
    anna, _ = _key(tmp_path, "Anna", shares="2 of 3"), _key(tmp_path, "Behar")
    _add(tmp_path, "Anna", "Behar")
    refused = _remove(study, tmp_path / "Anna.public.txt")
    assert refused.code == 1
    said = _remove(study, tmp_path / "Behar.public.txt")
    assert said.code == 0, said
    assert _recipients(study) == (anna.identity.recipient.encode(),)


def test_a_mixture_is_refused_and_classic_ones_are_warned_of(tmp_path: Path, study: Path) -> None:
    _key(tmp_path, "Anna")
    for name in ("Old", "Older"):
        _key(tmp_path, name, classic=True)
    before = (study / "study.toml").read_bytes()
    mixed = _add(tmp_path, "Anna", "Old")
    assert (mixed.code, (study / "study.toml").read_bytes() == before) == (1, True)
    assert "are mixed" in mixed.err
    said = _add(tmp_path, "Old", "Older")
    assert (said.code, "quantum" in said.err) == (0, True)
    later = _add(tmp_path, "Anna")
    assert (later.code, "are mixed" in later.err, len(_recipients(study))) == (1, True, 2)
    checked = cora("check", study)
    assert "study.toml: recipients: all are classic" in checked.err


def test_a_mixture_by_hand_is_an_error_of_the_study(tmp_path: Path, study: Path) -> None:
    both = [_key(tmp_path, name, classic=name == "Old").identity.recipient.encode() for name in ("Anna", "Old")]
    text = STUDY.read_text().replace("recipients = []", f"recipients = {both}")
    assert [problem.code for problem in read_study(text, file="")[1] if "mixed" in problem.message] == [
        "study.mixed_recipients"
    ]


def test_a_key_for_another_study_is_refused(tmp_path: Path, study: Path) -> None:
    _key(tmp_path, "Anna", study="other_study")
    said = _add(tmp_path, "Anna")
    assert (said.code, "is a key for the study “other_study”" in said.err) == (1, True)


def test_a_full_disk_leaves_the_study_as_it_was(tmp_path: Path, study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno
    import os

    _key(tmp_path, "Anna")
    before = (study / "study.toml").read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert (_add(tmp_path, "Anna").code, (study / "study.toml").read_bytes() == before) == (1, True)
    assert [path.name for path in study.iterdir()] == ["study.toml"]


def test_new_records_go_to_the_new_set_at_once(tmp_path: Path) -> None:
    """Two enrolments, and Carla is named between them: what the second one sealed opens for her, the first does not."""
    server = set_up(tmp_path)
    carla = _key(tmp_path, "Carla")
    enrol(server, cora("invite", "--count", 1, settings=server.settings).out.split()[0])
    assert cora("keys", "add", server.study, tmp_path / "Carla.public.txt").code == 0
    before = asyncio.run(_per_record(server, carla))
    assert before == [False]
    enrol(server, cora("invite", "--count", 1, settings=server.settings).out.split()[0], address=4712)
    assert sorted(asyncio.run(_per_record(server, carla))) == [False, True]


async def _per_record(server: Server, key: ResearcherKey) -> list[bool]:
    """For each stored record whether this key opens it."""
    import zipfile

    from cora_bot.usecases.bundle import write_bundle
    from cora_bot.vault.agefile import open_sealed

    async with open_house(read_settings(server.settings), contacting=False) as house:
        path = server.study.parent / "look.bundle"
        await write_bundle(house, path, holder="test")
    found = []
    with zipfile.ZipFile(path) as bundle:
        for name in (each for each in bundle.namelist() if each.endswith(".age")):
            try:
                open_sealed(bundle.read(name), [key.identity])
                found.append(True)
            except CoraError:
                found.append(False)
    return found


def test_whoever_is_new_opens_a_test_before_the_bot_starts_again(tmp_path: Path) -> None:
    server = set_up(tmp_path, demo=False)
    key = ResearcherKey.generate("Carla", CHANCE, created=date(2026, 3, 1))
    write_key_file(tmp_path / "carla.key", key, "long enough passphrase", CHANCE, work=4)
    (tmp_path / "carla.public.txt").write_text(key.public().document())
    assert cora("keys", "add", server.study, tmp_path / "carla.public.txt").code == 0
    said = cora("invite", "--count", 1, settings=server.settings)
    assert said.code == 1
    assert f"{key.public().recipient.fingerprint()} has not opened a test yet" in said.err
