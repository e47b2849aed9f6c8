"""What fell due is handled together; where that fails, one by one, so that the culprit alone is set aside.

A store that is in trouble is no culprit: nothing is set aside for it, and what was due is still due.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from cora_bot.store.database import is_outage

Due = TypeVar("Due")


async def handle_all(
    found: Sequence[Due],
    handle: Callable[[Sequence[Due]], Awaitable[int]],
    *,
    replayed: Callable[[Exception], None],
    set_aside: Callable[[Due, Exception], Awaitable[None]],
) -> int:
    """How many were handled or set aside. ``replayed`` is told why they are taken one by one.

    Raises what says that the store is in trouble, and what ``set_aside`` raises.
    """
    if not found:
        return 0
    try:
        return await handle(found)
    except Exception as error:
        if is_outage(error):
            raise
        replayed(error)
    for each in found:
        try:
            await handle([each])
        except Exception as error:
            if is_outage(error):
                raise
            await set_aside(each, error)
    return len(found)
