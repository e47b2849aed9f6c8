"""Power cuts without any privilege: what a process asked of the disk is recorded, and the disk rebuilt from it.

What was synced is there. Of what was not, each write may be there, in part or not at all, in any order. Making,
renaming and deleting a file counts as done at once.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cora_bot.base.chance import Chance, below

SOURCE = Path(__file__).with_suffix(".c")
ROOT = Path(__file__).parents[2]
SECTOR = 512
ACKS = "acks"
"""The file into which the recorded process writes what it has acknowledged."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One record: w(rite), t(runcate), s(ync), u(nlink), r(ename)."""

    kind: str
    name: str
    offset: int
    content: bytes


def library(folder: Path) -> Path:
    """The recorder, compiled. Skips where there is no C compiler; in CI that is a failure."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        sentence = "no C compiler here (cc): power cuts cannot be recorded"
        if os.environ.get("CORA_CI") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    made = folder / "powercut.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, SOURCE, "-ldl"], check=True)
    return made


def recorded(module: str, folder: Path, shim: Path, *arguments: str) -> list[Asked]:
    """Runs ``python -m MODULE FOLDER …`` and gives what it asked of the disk below ``folder``."""
    log = folder.parent / f"{folder.name}.log"
    told = {"LD_PRELOAD": str(shim), "POWERCUT_FOLDER": f"{folder}/", "POWERCUT_LOG": str(log)}
    subprocess.run(
        [sys.executable, "-m", module, str(folder), *arguments], cwd=ROOT, env={**os.environ, **told}, check=True
    )
    return read(log.read_bytes())


def read(log: bytes) -> list[Asked]:
    found: list[Asked] = []
    at = 0
    while at < len(log):
        kind, names, offset, length = struct.unpack_from("=4q", log, at)
        at += 32
        name = Path(os.fsdecode(log[at : at + names])).name
        found.append(Asked(chr(kind), name, offset, log[at + names : at + names + length]))
        at += names + length
    return found


@dataclass
class Disk:
    """Files by name, and what was asked of each since its last sync."""

    files: dict[str, bytearray] = field(default_factory=dict)
    waiting: defaultdict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    acknowledged: bytes = b""

    def ask(self, one: Asked) -> None:
        if one.name == ACKS:
            self.acknowledged += one.content
            return
        match one.kind:
            case "s":
                for waiting in self.waiting.pop(one.name, ()):
                    self._do(waiting)
            case "u":
                self.files.pop(one.name, None)
                self.waiting.pop(one.name, None)
            case "r":
                to = Path(os.fsdecode(one.content)).name
                self.files[to] = self.files.pop(one.name, bytearray())
                self.waiting[to] = self.waiting.pop(one.name, [])
            case _:
                self.waiting[one.name].append(one)

    def cut(self, chance: Chance) -> None:
        """The power goes: of what was not synced some is there, some in part, some not."""
        for several in self.waiting.values():
            for one in several:
                fate = below(chance, 4)
                if fate == 1 and one.kind == "w":
                    sectors = below(chance, len(one.content) // SECTOR + 1)
                    self._do(Asked("w", one.name, one.offset, one.content[: sectors * SECTOR]))
                elif fate > 1:
                    self._do(one)
        self.waiting.clear()

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)

    def _do(self, one: Asked) -> None:
        file = self.files.setdefault(one.name, bytearray())
        if one.kind == "t":
            del file[one.offset :]
            file.extend(bytes(max(0, one.offset - len(file))))
            return
        file.extend(bytes(max(0, one.offset - len(file))))
        file[one.offset : one.offset + len(one.content)] = one.content


def begun(folder: Path) -> Disk:
    """A disk that holds what lies in ``folder``, synced."""
    return Disk({path.name: bytearray(path.read_bytes()) for path in folder.iterdir()})
