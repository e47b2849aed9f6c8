"""OD-05 A page for somebody who asks for their data, written on the server for its owner only, over nothing."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import pytest

from tests.cli.running import cora
from tests.cli.server import Server, enrol, set_up


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return set_up(tmp_path)


def test_page_is_written_once_and_for_its_owner_only(server: Server, tmp_path: Path) -> None:
    enrol(server, cora("invite", "--count", 1, settings=server.settings).out.strip())
    (person,) = csv.DictReader(io.StringIO(cora("people", "--csv", settings=server.settings).out))
    page = tmp_path / "page.html"
    said = cora("mydata", person["code"], "--to", page, settings=server.settings)
    again = cora("mydata", person["code"], "--to", page, settings=server.settings)

    assert (said.code, stat.S_IMODE(page.stat().st_mode)) == (0, 0o600)
    assert person["code"] in page.read_text(encoding="utf-8")
    assert (again.code, "is not overwritten" in again.err) == (1, True)


@pytest.mark.parametrize("name", ["page.pdf", "none/page.html"])
def test_page_that_cannot_be_written_is_refused_before_anything(server: Server, tmp_path: Path, name: str) -> None:
    said = cora("mydata", "K7F-2QX", "--to", tmp_path / name, settings=server.settings)

    assert (said.code, (tmp_path / name).exists()) == (1, False)
    assert "nobody is known" not in said.err
