"""In which time zone the people behind given chats live: lets a demonstration's phones travel with their owners."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from cora_bot.dialogue.conversation import Status
from cora_bot.store import chats
from cora_bot.store.tables import chat, chat_participant, participant
from cora_bot.usecases.house import House


async def zones(house: House, addresses: Collection[int]) -> dict[int, str]:
    """By address of the chat. Whoever has not finished enrolling is left out."""
    by_index = {each: address for address in addresses for each in chats.indexes(house.keys, address)}
    query = (
        select(chat.c.address_index, participant.c.zone)
        .join(chat_participant, chat_participant.c.chat_id == chat.c.id)
        .join(participant, participant.c.id == chat_participant.c.participant_id)
        .where(chat.c.address_index.in_(by_index), participant.c.status != Status.ENROLLING.value)
        .order_by(chat_participant.c.since)
    )
    async with house.database.read() as tx:
        return {by_index[row.address_index]: row.zone for row in await tx.execute(query)}
