"""One process at a time serves a data folder, or brings it up to date; or one for each share of the work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cora_bot.base.errors import CoraError

LOCK: Final = "cora.lock"


@contextmanager
def alone(home: Path, role: str = "all") -> Iterator[None]:
    """Holds the folder's lock until the block ends, or the process, however it ends. Raises ``CoraError``.

    Two bots on one folder would take each other's updates away; an upgrade under a running bot would change the tables
    beneath it. Processes that share the work hold it together, and each its own beside it.
    """
    with _locked(home, LOCK, shared=role != "all"):
        if role == "all":
            yield
            return
        with _locked(home, f"cora-{role}.lock", shared=False):
            yield


@contextmanager
def _locked(home: Path, name: str, *, shared: bool) -> Iterator[None]:
    import fcntl  # noqa: PLC0415 - Windows has none, and researchers' computers may run Windows

    lock = os.open(home / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CoraError(
                f"another process works on {home}: the bot, or an upgrade", "Stop it first: systemctl stop cora"
            ) from None
        yield
    finally:
        os.close(lock)
