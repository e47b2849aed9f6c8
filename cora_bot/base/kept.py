"""What was made from a file, kept for the next start: made again only when the file, or what makes it, is another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

Slots = Mapping[str, tuple[str, bytes]]
"""By what it is: the digest of what it was made from, and what was made."""


class Kept:
    """``slots``: what an earlier process made; without it everything is made anew.

    Only who alone can write there may hand it over: what is kept is taken for what this program would make. What this
    process has no use for stays: another command may have.
    """

    def __init__(self, slots: Slots | None = None) -> None:
        self._slots = dict(slots or {})
        self.changed = False

    @property
    def slots(self) -> Slots:
        return self._slots

    def find(self, what: str, source: str) -> bytes | None:
        """What was made of ``source`` (see ``source_of``); None where it was another, or nothing."""
        digest, made = self._slots.get(what, ("", b""))
        return made if digest == source else None

    def keep(self, what: str, source: str, made: bytes) -> None:
        self._slots[what] = (source, made)
        self.changed = True

    def of(self, what: str, source: str, make: Callable[[], bytes]) -> bytes:
        """What is kept, or what ``make`` makes. Raises what ``make`` raises, and then keeps nothing."""
        made = self.find(what, source)
        if made is None:
            made = make()
            self.keep(what, source, made)
        return made


def maker(folder: Path, *libraries: str) -> str:
    """Another text whenever the modules of ``folder``, or one of these libraries, are others than before."""
    told = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        at = path.stat()
        told.update(f"{path.relative_to(folder).as_posix()} {at.st_size} {at.st_mtime_ns}\n".encode())
    told.update("\n".join(f"{name} {version(name)}" for name in libraries).encode())
    return told.hexdigest()


def source_of(made_by: str, content: bytes) -> str:
    """Digest of all that a thing is made from: ``content``, and the ``maker``."""
    return hashlib.sha256(f"{made_by}\0".encode() + content).hexdigest()
