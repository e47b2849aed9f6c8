"""Logs are an action and ids, as JSON lines. Content, chat ids, tokens and answers have no parameter to enter by."""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

DEEPEST: Final = 12
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
    sys.excepthook = _crashed
    threading.excepthook = lambda caught: _crashed(caught.exc_type, caught.exc_value, caught.exc_traceback)


def _crashed(kind: type[BaseException], _error: BaseException | None, trace: TracebackType | None) -> None:
    """Our own mistake ends the process or a thread: where, and of which kind. Its words may hold what somebody said."""
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(trace)]
    log("crashed", level=logging.CRITICAL, error=kind.__name__, where=" ".join(places[-DEEPEST:]))
