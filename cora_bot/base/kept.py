"""What was made from a file, kept for the next start: made again only when the file, or what makes it, is another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path


class Kept:
    """``found``: what an earlier process made, by key; without it everything is made anew.

    Only who alone can write there may hand it over: what is kept is taken for what this program would make.
    """

    def __init__(self, found: Mapping[str, bytes] | None = None) -> None:
        self._found = dict(found or {})
        self._used: dict[str, bytes] = {}

    def find(self, key: str) -> bytes | None:
        made = self._found.get(key)
        if made is not None:
            self._used[key] = made
        return made

    def keep(self, key: str, made: bytes) -> None:
        self._used[key] = made

    def of(self, key: str, make: Callable[[], bytes]) -> bytes:
        """What was made under ``key``, now or earlier. Raises what ``make`` raises, and then keeps nothing."""
        made = self.find(key)
        if made is None:
            made = make()
            self.keep(key, made)
        return made

    @property
    def changed(self) -> bool:
        """Whether what was asked for is not what was handed over."""
        return self._used != self._found

    @property
    def used(self) -> Mapping[str, bytes]:
        """What was asked for in this process's life: the rest is of files that are gone or different now."""
        return self._used


def maker(folder: Path, *libraries: str) -> str:
    """Another text whenever the modules of ``folder``, or one of these libraries, are others than before."""
    told = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        at = path.stat()
        told.update(f"{path.relative_to(folder).as_posix()} {at.st_size} {at.st_mtime_ns}\n".encode())
    told.update("\n".join(f"{name} {version(name)}" for name in libraries).encode())
    return told.hexdigest()


def key_of(what: str, made_by: str, source: bytes) -> str:
    """Names what ``made_by`` makes of ``source``; ``what`` tells apart the several things made of one file."""
    return hashlib.sha256(f"{what}\0{made_by}\0".encode() + source).hexdigest()
