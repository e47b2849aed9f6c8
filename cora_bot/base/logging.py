"""Logs are an action and ids, as JSON lines. Content, chat ids, tokens and answers have no parameter to enter by."""

from __future__ import annotations

import json
import logging
import sys
from typing import Final, TextIO

LOGGER: Final = logging.getLogger("cora")


class _Lines(logging.Formatter):
    """Our records as given; foreign ones (libraries) as logger name and level only: their texts may hold content."""

    def format(self, record: logging.LogRecord) -> str:
        fields = getattr(record, "fields", None)
        if fields is None:
            fields = {"action": "library", "logger": record.name}
        return json.dumps({"level": record.levelname.lower(), **fields}, ensure_ascii=False)


def log(action: str, *, level: int = logging.INFO, **ids: str | int | float | bool | None) -> None:
    """One line: what happened (``action``) and to which ids. Never pass anything a participant said."""
    LOGGER.log(level, action, extra={"fields": {"action": action, **ids}})


def start_logging(stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Replaces every handler of the process by ours, so that no library writes content or a token anywhere."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Lines())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    LOGGER.setLevel(level)
    LOGGER.propagate = True
