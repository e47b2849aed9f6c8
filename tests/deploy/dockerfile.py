"""A Dockerfile, read as far as ours goes: stages of instructions, in the shell form or as JSON; no build arguments."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

_CONTINUED = re.compile(r"\\\n\s*")
_COMMENT = re.compile(r"^\s*#.*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Instruction:
    """``RUN``, ``COPY`` …, and what follows it."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """As a list: of the JSON form, or as a shell splits it; options left out."""
        if self.text.startswith("["):
            return [str(word) for word in json.loads(self.text)]
        return [word for word in shlex.split(self.text) if not word.startswith("--")]


@dataclass(frozen=True, slots=True)
class Stage:
    base: str
    name: str
    instructions: tuple[Instruction, ...]

    def all(self, name: str) -> list[Instruction]:
        return [one for one in self.instructions if one.name == name]

    def environment(self) -> dict[str, str]:
        """Everything ENV sets."""
        pairs = [word.partition("=") for one in self.all("ENV") for word in one.words]
        return {name: value for name, _, value in pairs}


def read(path: Path) -> tuple[Stage, ...]:
    text = _CONTINUED.sub("", _COMMENT.sub("", path.read_text(encoding="utf-8")))
    stages: list[Stage] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, rest = line.partition(" ")
        if name == "FROM":
            base, _, alias = rest.partition(" AS ")
            stages.append(Stage(base, alias, ()))
        else:
            last = stages.pop()
            stages.append(Stage(last.base, last.name, (*last.instructions, Instruction(name, rest.strip()))))
    return tuple(stages)
