"""The shipped study, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cora_bot.study.model import Study
from cora_bot.study.reader import read_study

FOLDER = Path(__file__).parents[2] / "surveys" / "returnee_follow_up"


@pytest.fixture(scope="session")
def folder() -> Path:
    return FOLDER


@pytest.fixture(scope="session")
def study_text() -> str:
    return (FOLDER / "study.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def study(study_text: str) -> Study:
    found, _ = read_study(study_text, file="study.toml")
    assert found is not None
    return found
