"""Options of the whole suite, and what every test may rely on."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-chats", action="store_true", help="write the golden chats anew from what is played")
