"""VI-64 ``cora brief`` from a bundle that a server wrote, typed as people type, with everything noted."""

from __future__ import annotations

from pathlib import Path

import pytest

from cora_bot.export.own_log import log_beside, read_log
from tests.cli.running import Said, cora
from tests.cli.server import Server, enrol, set_up


@pytest.fixture
def server(tmp_path: Path) -> Server:
    made = set_up(tmp_path)
    enrol(made, cora("invite", "--count", 1, settings=made.settings).out.strip())
    said = cora("bundle", "--to", tmp_path / "b.bundle", "--holder", "Anna", settings=made.settings)
    assert said.code == 0, said.err
    return made


def code_of(server: Server) -> str:
    return cora("people", "--csv", settings=server.settings).out.splitlines()[1].split(",")[0]


def brief(server: Server, tmp_path: Path, case: str, *more: str, holder: str = "Mira") -> Said:
    return cora(
        "brief",
        tmp_path / "b.bundle",
        "--case",
        case,
        "--holder",
        holder,
        "--key",
        server.key,
        "--passphrase-file",
        server.passphrase,
        "--to",
        tmp_path / "briefs",
        *more,
    )


def test_brief_is_written_and_noted(server: Server, tmp_path: Path) -> None:
    case = code_of(server)
    said = brief(server, tmp_path, case.lower().replace("-", " "))
    assert said.code == 0, said.err
    text = (tmp_path / "briefs" / f"brief-{case}.txt").read_text(encoding="utf-8")
    assert "Staff" not in text
    assert "consent" in text
    (line,) = read_log(log_beside(tmp_path / "briefs"))
    assert (line.facts["case"], line.facts["holder"]) == (case, "Mira")
    assert line.facts["brief"] in said.out


def test_what_was_put_together_is_listed_and_verified_as_exports_are(server: Server, tmp_path: Path) -> None:
    case, briefs = code_of(server), tmp_path / "briefs"
    brief(server, tmp_path, case)
    listed = cora("audit", "list", "--seen", briefs, "--csv").out.splitlines()
    alone = cora("audit", "verify", "--seen", briefs)
    beside = cora("audit", "verify", tmp_path / "b.bundle", "--seen", briefs)

    assert [row.split(",")[2:4] for row in listed] == [["action", "case"], ["brief", case]]
    assert '""holder"": ""Mira""' in listed[1]
    assert (alone.code, alone.out.startswith("1 entries, whole; the last is ")) == (0, True)
    assert beside.code == 0


def test_log_of_briefs_that_was_changed_is_found(server: Server, tmp_path: Path) -> None:
    case, briefs = code_of(server), tmp_path / "briefs"
    brief(server, tmp_path, case)
    log_beside(briefs).write_text(log_beside(briefs).read_text().replace("Mira", "Lena"))
    alone = cora("audit", "verify", "--seen", briefs)
    beside = cora("audit", "verify", tmp_path / "b.bundle", "--seen", briefs)
    again = brief(server, tmp_path, case)
    sentence = "DIFFERENCE: the log of exports does not hold from line 1 on: it was changed\n"

    assert [(said.code, said.out) for said in (alone, beside)] == [(1, sentence)] * 2
    assert (again.code, again.out.endswith(sentence)) == (1, True)
    assert (briefs / f"brief-{case}.txt").exists()


def test_folder_without_a_log_is_said_to_have_none(tmp_path: Path) -> None:
    for command in ("list", "verify"):
        said = cora("audit", command, "--seen", tmp_path / "nothing")
        assert (said.code, said.out) == (1, "")
        assert "there is no" in said.err


def test_unknown_case_is_said_to_be_so(server: Server, tmp_path: Path) -> None:
    said = brief(server, tmp_path, "AAA-AAA")
    assert (said.code, said.out) == (1, "")
    assert "the bundle has no case AAA-AAA" in said.err


@pytest.mark.parametrize("holder", ["", "  ", "Mira\x1b[0m"])
def test_brief_is_for_somebody(server: Server, tmp_path: Path, holder: str) -> None:
    said = brief(server, tmp_path, code_of(server), holder=holder)
    assert said.code == 1
    assert "for somebody" in said.err


def test_language_the_study_does_not_have_is_refused(server: Server, tmp_path: Path) -> None:
    said = brief(server, tmp_path, code_of(server), "--labels", "fr")
    assert said.code == 1
    assert "the study has no language 'fr'" in said.err
