"""What is recorded for the power cuts: ``python -m tests.support.powercut_life FOLDER [SYNCHRONOUS]``.

In a store that ``grounds.prepared`` made a person answers, and strangers write; each update is noted as acknowledged
once it is committed, handled or taken in.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

from cora_bot.base.clock import SetClock
from cora_bot.base.values import replace
from cora_bot.dialogue.inputs import Text
from cora_bot.store import database, updates
from cora_bot.usecases.deliver import recover, settle
from cora_bot.usecases.due import due
from cora_bot.usecases.exchange import Arrived, Outcome, Removal, Sending, Sent
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from cora_bot.usecases.taking_in import handle, take_in
from tests.support.grounds import NOON, Ground
from tests.support.hostile import ADDRESS, Respondent, Telegram
from tests.support.house import premises
from tests.support.outgoing import outgoing
from tests.support.powercut import ACKS

STRANGERS = 3


def ground_in(folder: Path) -> Ground:
    clock = SetClock(NOON + timedelta(hours=2))
    return Ground(replace(premises(folder, clock, seed="hostile")), clock)


async def live(ground: Ground, acks: int) -> None:
    telegram = Telegram(ground.clock)
    one = Respondent(telegram)
    async with ground.open() as house:
        await recover(house)
        while True:
            while telegram.pending:
                arrived = telegram.pending.pop(0)
                await _take(house, arrived, acks)
                for stranger in range(STRANGERS):
                    number = f"s:{telegram.updates}:{stranger}"
                    await _take(house, Arrived(number, 9000 + stranger, Text("hello", telegram.updates, "en")), acks)
            while await due(house):
                pass
            while going := await outgoing(house):
                await settle(house, [(each, _called(telegram, each)) for each in going])
            if not telegram.pending and not one.act():
                return


def _called(telegram: Telegram, sending: Sending | Removal) -> Outcome:
    return telegram.call(sending) if sending.address == ADDRESS else Sent(1)


async def _take(house: House, arrived: Arrived, acks: int) -> None:
    """The person's are taken in before they are handled, as where more waits than one fetch brings."""
    taken = await take_in(house, [arrived]) if arrived.address == ADDRESS else None
    if taken is None:
        await receive(house, [arrived])
    os.write(acks, updates.index(house.keys, arrived.key))
    if taken is not None:
        await handle(house, taken)


def main() -> None:
    folder = Path(sys.argv[1])
    if len(sys.argv) > 2:
        database._PRAGMAS = tuple(each.replace("FULL", sys.argv[2]) for each in database._PRAGMAS)
    acks = os.open(folder / ACKS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    asyncio.run(live(ground_in(folder), acks))


if __name__ == "__main__":
    main()
