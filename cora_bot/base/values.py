"""Values that are made again and again: like frozen dataclasses, but made and changed by msgspec, many times as fast.

A turn makes dozens of them. Everything that passes through the dialogue, the outbox and the store is a ``Value``; what
is made once a process or once a record may as well be a frozen dataclass. ``replace`` takes both.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True)
class Value(msgspec.Struct, frozen=True):
    """Base of values: keyword or positional, compared by what they hold, never changed."""


if TYPE_CHECKING:
    from dataclasses import replace as replace
else:

    def replace(value: Any, /, **changes: Any) -> Any:
        """The same with other fields."""
        if isinstance(value, msgspec.Struct):
            return msgspec.structs.replace(value, **changes)
        return dataclasses.replace(value, **changes)
