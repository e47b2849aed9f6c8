"""What the document says that is not in the study: when it was made, with which program, for which example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Facts:
    """``returned`` is the example's day of return; ``sentences`` the bot's own, in English; ``reviews`` how far their
    translations were read by a speaker, by language."""

    made_on: date
    program: str
    returned: date
    sentences: tuple[str, ...]
    reviews: Mapping[str, str]
