"""Values ↔ sealed JSON. Each is bound to its purpose and its row: a blob moved elsewhere never opens."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from cora_bot.base.chance import Chance
from cora_bot.base.errors import NotOpened
from cora_bot.vault.working import Purpose, WorkingKeys

T = TypeVar("T")


def seal_value(keys: WorkingKeys, purpose: Purpose, context: bytes, value: Any, chance: Chance) -> bytes:
    """``value`` is a dataclass of plain fields, or anything JSON takes."""
    return keys.seal(purpose, context, msgspec.json.encode(value), chance)


def open_value(keys: WorkingKeys, purpose: Purpose, context: bytes, sealed: bytes, kind: type[T]) -> T:
    """What ``seal_value`` sealed for exactly this place. Raises ``NotOpened``."""
    content = keys.open(purpose, context, sealed)
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError:
        # msgspec's message quotes the path of the value it stumbled over: content, so it is not passed on.
        raise NotOpened("a stored value") from None
