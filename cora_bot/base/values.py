"""Values: like frozen dataclasses, but made and changed by msgspec, many times as fast.

A turn makes dozens of them, and a start would spend a tenth of its time on writing dataclasses' methods. A frozen
dataclass is left where a field must not be shown (a key, a token) or is made by a factory. ``replace`` takes both.
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
