"""C-01 every golden chat reads as it is written, with everything closed and opened again between any two lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.chats import play
from tests.support.house import ROOT

CHATS = sorted([*(ROOT / "surveys").glob("*/chats/*.md"), *Path(__file__).parent.glob("*/chats/*.md")])


@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.stem)
async def test_chat_reads_as_written(path: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    written = path.read_text(encoding="utf-8")

    played = await play(path, tmp_path)

    if request.config.getoption("--update-chats"):
        path.write_text(played, encoding="utf-8")
        return
    assert played == written


def test_there_are_chats() -> None:
    assert len(CHATS) >= 5
