"""A store with one person who takes part, on either engine, to be opened by one process after another and copied."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import SetClock
from cora_bot.base.values import replace
from cora_bot.dialogue.script import Script
from cora_bot.dialogue.turn import Turn
from cora_bot.study.model import Anchor, Wave
from cora_bot.usecases.deliver import recover
from cora_bot.usecases.house import House
from tests.support.hostile import ADDRESS
from tests.support.house import Premises, opened
from tests.support.one_form import chat_form, script_around
from tests.support.sites import FILES, Site
from tests.support.talk import person as somebody
from tests.support.turns import DAY, joined, meet, occurrence, write

NOON = datetime(2026, 12, 14, 11, 0, tzinfo=UTC)
FORM = """
| survey |
| | type | name | label::English (en) | required |
| | select_one yn | first | First? | yes |
| | text | words | Words? | yes |
| | text | more | More words? | yes |
| | select_one yn | second | Second? | yes |

| choices |
| | list_name | name | label::English (en) |
| | yn | y | Yes |
| | yn | n | No |
"""
WHO = ("language", "zone", "enrolled_at", "return_state", "return_date", "told_removal", "purposes", "country")


@cache
def script() -> Script:
    wave = Wave(
        "w", "test", Anchor.RETURN_DATE, "P14D", "", timedelta(days=7), (timedelta(days=1), timedelta(days=3)),
        "check_ins",
    )  # fmt: skip
    return script_around(chat_form(FORM), waves=(wave,))


@dataclass
class Ground:
    """Where the store lies; ``open`` is a new process."""

    place: Premises
    clock: SetClock
    site: Site = FILES

    @asynccontextmanager
    async def open(self) -> AsyncIterator[House]:
        async with opened(self.place, serving=True) as house:
            yield replace(house, script=script(), chance=SystemChance())

    async def copy(self, folder: Path) -> Ground:
        folder.mkdir(parents=True)
        clock = SetClock(self.clock.now())
        return Ground(replace(await self.site.copied(self.place, folder), clock=clock), clock, self.site)

    async def clear(self) -> None:
        await self.site.cleared(self.place)


async def prepared(folder: Path, *, occasions: int = 1, site: Site = FILES) -> Ground:
    """A person who takes part and has ``occasions``, the first an hour from now, the others ten days apart."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = SetClock(NOON)
    ground = Ground(await site.premises(folder, clock, seed="hostile"), clock, site)
    async with ground.open() as house:
        await recover(house)
        who = somebody(told_removal=True)
        await joined(house, ADDRESS, **{name: getattr(who, name) for name in WHO})
        before = await meet(house, ADDRESS)
        planned = tuple(
            occurrence("w", number + 1, NOON + timedelta(hours=1) + 10 * number * DAY) for number in range(occasions)
        )
        await write(house, before, Turn(before, occurrences=planned), "plan")
    return ground
