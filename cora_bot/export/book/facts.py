"""What the document says that is not in the study: when it was made, with which program, for which example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Held:
    """A sound, picture or film: its size in bytes, and what it holds (nothing where that is too much)."""

    size: int
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Facts:
    """``returned`` is the example's day of return; ``sentences`` the bot's own, in English; ``reviews`` how far their
    translations were read by a speaker, by language. ``media``: the files of the study's folder, by name."""

    made_on: date
    program: str
    returned: date
    sentences: tuple[str, ...]
    reviews: Mapping[str, str]
    media: Mapping[str, Held] = field(default_factory=dict)
