"""What a study.toml says, as digests: comments, order and spelling do not count, every value does."""

from __future__ import annotations

import hashlib
import json
import tomllib
from typing import Any, Final

STUDY_PART: Final = "study.toml"
OPENERS_PART: Final = "who can open"
_OPENERS: Final = ("recipients", "signers", "shares")


def digests(text: str) -> dict[str, str]:
    """SHA-256 (hex) of who can open, and of everything else. Raises ``tomllib.TOMLDecodeError``."""
    read = tomllib.loads(text)
    openers = {name: read[name] for name in _OPENERS if read.get(name)}
    rest = {name: value for name, value in read.items() if name not in _OPENERS}
    return {STUDY_PART: digest(rest), OPENERS_PART: digest(openers)}


def digest(value: Any) -> str:
    """SHA-256 (hex) of a value of tables, lists, texts, numbers, days."""
    exact = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(exact.encode("utf-8", "surrogatepass")).hexdigest()
