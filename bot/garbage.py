"""Python's own search for objects that hold each other, as seldom as is good for a bot.

Almost everything goes when its last user lets go of it; the search is for the rest. By default it comes every 700 new
objects and again and again walks through the study, the forms and all modules, which stay as long as the process: a
fifth of what an answer costs.
"""

from __future__ import annotations

import gc

NEW_OBJECTS = 50_000


def search_seldom() -> None:
    """What is there now is taken to stay and is not looked through again; call it when everything stands."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 10, 10)
