"""Python's own search for objects that hold each other, as seldom as is good for a bot.

Almost everything goes when its last user lets go of it; the search is for the rest. By default it comes every 700 new
objects and again and again walks through the study, the forms and all modules, which stay as long as the process: a
sixth of a start, and a fifth of what an answer costs.
"""

from __future__ import annotations

import gc

NEW_OBJECTS = 50_000


def search_later() -> None:
    """While the bot starts nothing is searched; ``search_seldom`` ends that."""
    gc.disable()


def search_seldom() -> None:
    """What is there now is taken to stay and is not looked through again; call it when everything stands.

    What a start leaves behind stays with it: some megabytes where forms had to be compiled, little else.
    """
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 10, 10)
    gc.enable()
