"""VI-54 ``cora seal`` needs study.toml, and no key; what it writes tells nothing outside, and all inside.
VI-55 It refuses who can open otherwise than signed, mistyped numbers, a visit of another case, unknown kinds and empty
files.
VI-56 From the laptop to the export, with the commands alone.
"""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from cora_bot.export import visit_files
from cora_bot.study.visits.on_paper import on_paper
from cora_bot.vault.identity import read_key_file
from cora_bot.vault.visit_file import SUFFIX, VisitHead, open_visit_file
from tests.cli.running import Said, cora
from tests.cli.server import PASSPHRASE, Server, enrol, set_up
from tests.cli.test_key_signing import Place, place

__all__ = ["place"]

SECRET = b"a spoken secret of Valbona"
MINE = on_paper("V-7Q2K", "K7F-2QX")


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return set_up(tmp_path)


@pytest.fixture
def laptop(tmp_path: Path, server: Server) -> Path:
    """A folder with nothing but study.toml and a recording."""
    folder = tmp_path / "laptop"
    folder.mkdir()
    shutil.copy(server.study / "study.toml", folder)
    (folder / "Valbona interview.m4a").write_bytes(SECRET)
    return folder


def seal(
    laptop: Path, *more: str, visit: str = MINE, case: str = "K7F-2QX", name: str = "Valbona interview.m4a"
) -> Said:
    return cora("seal", laptop / name, "--study", laptop, "--visit", visit, "--case", case, *more)


def found(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))


def opened(path: Path, server: Server) -> tuple[VisitHead, bytes]:
    with path.open("rb") as source:
        head, pieces = open_visit_file(source, [read_key_file(server.key, PASSPHRASE).identity])
        return head, b"".join(pieces)


def test_recording_is_sealed_beside_it(laptop: Path, server: Server) -> None:
    said = seal(laptop)
    assert (said.code, said.err) == (0, said.err)
    (path,) = found(laptop)
    head, content = opened(path, server)
    assert content == SECRET
    assert (head.visit, head.case, head.kind, head.ending) == ("V-7Q2K", "K7F-2QX", "interview_audio", "m4a")
    assert head.study == "returnee_follow_up"
    assert "NOT SIGNED" in said.out
    assert path.stat().st_mode & 0o777 == 0o600
    assert (laptop / "Valbona interview.m4a").read_bytes() == SECRET


def test_outside_tells_neither_person_nor_visit(laptop: Path) -> None:
    seal(laptop)
    (path,) = found(laptop)
    outside = path.name.encode() + path.read_bytes()
    assert [word for word in (b"Valbona", b"7Q2K", b"K7F", SECRET, b"returnee") if word in outside] == []


@pytest.mark.parametrize(
    ("visit", "case"), [("v-7q2k-3j", "k7f 2qx"), ("V 7Q 2K 3J", "K7F2QX"), ("V7Q2K3J", "K7F-2QX")]
)
def test_numbers_are_taken_as_people_type_them(laptop: Path, server: Server, visit: str, case: str) -> None:
    assert seal(laptop, visit=visit, case=case).code == 0
    head, _ = opened(found(laptop)[0], server)
    assert (head.visit, head.case) == ("V-7Q2K", "K7F-2QX")


@pytest.mark.parametrize(
    ("visit", "case", "message"),
    [
        ("V-7Q2", "K7F-2QX", "no number of a visit"),
        ("V-7Q20-3J", "K7F-2QX", "no number of a visit"),
        ("V-7Q2K", "K7F-2QX", "no number of a visit"),  # without its last letters nobody knows whose it is
        ("V-7Q2K-3J", "K7F", "no case code"),
        ("V-7Q2M-3J", "K7F-2QX", "do not belong together"),
        ("V-7Q2K-3M", "K7F-2QX", "do not belong together"),
        ("V-7Q2K-3J", "K7F-2QM", "do not belong together"),
        ("V-7Q2K-3J", "K7F-Q2X", "do not belong together"),
        (on_paper("V-M3AC", "W9R-TEG"), "K7F-2QX", "do not belong together"),  # the line below
    ],
)
def test_mistyped_pair_is_refused(laptop: Path, visit: str, case: str, message: str) -> None:
    said = seal(laptop, visit=visit, case=case)
    assert (said.code, found(laptop)) == (1, [])
    assert message in said.err


def test_kind_is_asked_for_where_the_ending_does_not_tell_it(laptop: Path, server: Server) -> None:
    (laptop / "memo.xyz").write_bytes(b"a thought")
    said = seal(laptop, name="memo.xyz")
    assert (said.code, found(laptop)) == (1, [])
    assert "--kind" in said.err
    assert seal(laptop, "--kind", "memo", name="memo.xyz").code == 0
    head, _ = opened(found(laptop)[0], server)
    assert (head.kind, head.ending) == ("memo", "xyz")


def test_empty_file_is_refused(laptop: Path) -> None:
    (laptop / "empty.m4a").write_bytes(b"")
    said = seal(laptop, name="empty.m4a")
    assert (said.code, found(laptop)) == (1, [])
    assert "is empty" in said.err


def test_study_that_names_nobody_is_refused(laptop: Path) -> None:
    toml = laptop / "study.toml"
    start = toml.read_text().index("recipients = [")
    end = toml.read_text().index("]", start)
    toml.write_text(toml.read_text()[:start] + "recipients = [" + toml.read_text()[end:])
    said = seal(laptop)
    assert (said.code, found(laptop)) == (1, [])
    assert "names nobody who can open" in said.err


def test_broken_study_is_refused(laptop: Path) -> None:
    (laptop / "study.toml").write_text("id = ")
    said = seal(laptop)
    assert (said.code, found(laptop)) == (1, [])
    assert "cannot be used" in said.err


def test_who_can_open_must_be_as_it_was_signed(tmp_path: Path, place: Place) -> None:
    assert place.sign("anna").code == 0
    folder = tmp_path / "laptop"
    folder.mkdir()
    (folder / "talk.ogg").write_bytes(SECRET)
    for name in ("study.toml", "signatures.json"):
        shutil.copy(place.study / name, folder)
    assert "Who can open is signed: statement 1" in seal(folder, name="talk.ogg").out
    first = found(folder)
    assert len(first) == 1
    place.add("carla")  # somebody is named, and nobody signed for it
    shutil.copy(place.study / "study.toml", folder)
    said = seal(folder, name="talk.ogg")
    assert (said.code, found(folder)) == (1, first)
    assert "who can open is not as it was signed" in said.err


def test_other_changes_of_the_study_do_not_hold_up_the_laptop(tmp_path: Path, place: Place) -> None:
    assert place.sign("anna").code == 0
    place.edit("default_hour = 10", "default_hour = 11")
    (tmp_path / "talk.ogg").write_bytes(SECRET)
    said = cora("seal", tmp_path / "talk.ogg", "--study", place.study, "--visit", MINE, "--case", "K7F-2QX")
    assert said.code == 0, said.err


def test_disk_that_is_full_leaves_nothing(laptop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cora_bot.usecases.sealing_visits.os.fsync", full)
    said = seal(laptop)
    assert said.code == 1
    assert "No space left" in said.err
    assert sorted(path.name for path in laptop.iterdir()) == ["Valbona interview.m4a", "study.toml"]


def test_from_the_laptop_to_the_export(tmp_path: Path, laptop: Path, server: Server) -> None:
    enrol(server, cora("invite", "--count", 1, settings=server.settings).out.strip())
    case = next(
        word for word in cora("people", settings=server.settings).out.split() if len(word) == 7 and word[3] == "-"
    )
    bundle = tmp_path / "carried.bundle"
    made = cora("bundle", "--to", bundle, "--holder", "Anna", settings=server.settings)
    assert made.code == 0, made.err
    visit = on_paper("V-7Q2K", case)
    assert seal(laptop, "--to", str(tmp_path / "laptop"), visit=visit, case=case).code == 0
    out = tmp_path / "out"
    said = cora(
        "export", bundle, "--key", server.key, "--passphrase-file", server.passphrase, "--to", out, "--with", laptop
    )
    assert said.code == 0, said.out + said.err
    table = (out / visit_files.TABLE).read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table))
    assert (row["case"], row["visit"]) == (case, "V-7Q2K")
    assert (out / "media" / row["file"]).read_bytes() == SECRET
