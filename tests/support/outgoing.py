"""Everything that goes to Telegram at this moment: rows that are claimed by it, and messages that are to be removed."""

from __future__ import annotations

from cora_bot.usecases.deliver import claim
from cora_bot.usecases.exchange import Removal, Sending
from cora_bot.usecases.house import House
from cora_bot.usecases.removing import owed


async def outgoing(house: House) -> list[Sending | Removal]:
    return [*await claim(house), *await owed(house)]
