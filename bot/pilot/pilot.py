"""What the composition root gives the page beside the phone: time travel, panels, links, a banner. All optional.

Rules: a panel whose callable is not given does not appear. The callables are awaited anew whenever the page asks;
what they return is shown as text, never as markup.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NotRequired, TypedDict

from bot.pilot.world import World
from cora_bot.base.clock import Clock


class Table(TypedDict):
    """A table and its rows: column name → text. ``total`` counts all rows, of which ``rows`` may be some.

    ``aside``: one of those nobody looks at first; they stand together under one heading.
    """

    table: str
    rows: list[dict[str, str]]
    title: NotRequired[str]
    note: NotRequired[str]
    total: NotRequired[int]
    aside: NotRequired[bool]


class Opened(TypedDict):
    """What the researcher's computer shows: opened tables, files written, and counts that must agree."""

    tables: list[Table]
    files: list[str]
    reconciliation: dict[str, str]


@dataclass(frozen=True, slots=True)
class Banner:
    """``demo`` marks the whole page as a demonstration; ``translations`` says how far they are checked."""

    demo: str = ""
    translations: str = ""


@dataclass(slots=True)
class Pilot:
    """The page's connections to the rest of the program."""

    world: World
    clock: Clock
    travel: Callable[[timedelta], Awaitable[None]] | None = None
    # Moves to the next thing that will happen by itself; says what it is, None when nothing lies ahead.
    next_event: Callable[[], Awaitable[str | None]] | None = None
    server_holds: Callable[[], Awaitable[list[Table]]] | None = None
    researcher_open: Callable[[], Awaitable[Opened]] | None = None
    # A fresh enrolment link (https://t.me/NAME?start=TOKEN) or bare token.
    invite: Callable[[], Awaitable[str]] | None = None
    banner: Banner = Banner()
