"""One process at a time serves a data folder, or brings it up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cora_bot.base.errors import CoraError

LOCK: Final = "cora.lock"


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Holds the folder's lock until the block ends, or the process, however it ends. Raises ``CoraError``.

    Two bots on one folder would take each other's updates away; an upgrade under a running bot would change the tables
    beneath it.
    """
    import fcntl  # noqa: PLC0415 - Windows has none, and researchers' computers may run Windows

    lock = os.open(home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CoraError(
                f"another process works on {home}: the bot, or an upgrade", "Stop it first: systemctl stop cora"
            ) from None
        yield
    finally:
        os.close(lock)
