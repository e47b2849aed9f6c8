"""VI-64 ``cora brief`` from a bundle that a server wrote, typed as people type, with everything noted."""

from __future__ import annotations

from pathlib import Path

import pytest

from cora_bot.export.brief.folder import read_log
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
    (row,) = read_log(tmp_path / "briefs")
    assert (row["case"], row["holder"]) == (case, "Mira")
    assert row["brief"] in said.out


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
