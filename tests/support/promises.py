"""What must hold of a person's check-ins whatever happened: each gives what is wrong, in words; nothing is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from cora_bot.store.tables import outbox, removal
from cora_bot.usecases.house import House
from tests.support.grounds import Ground
from tests.support.hostile import Made, Telegram
from tests.support.opening import all_records


async def wrong_in_sending(house: House, made: list[Made]) -> list[str]:
    """Of the calls that were made, while a process stands that has nothing to do."""
    return [f"row {row} arrived twice" for row in doubled(made)] + unaccounted(made, await rows(house))


async def wrong_in_chats(house: House, telegram: Telegram) -> list[str]:
    """While a process stands that has nothing to do: what people wrote is gone, or still to be removed."""
    async with house.database.read() as tx:
        owed = set((await tx.execute(select(removal.c.message))).scalars())
    return [f"message {each} stands, and nobody will remove it" for each in sorted(telegram.theirs - owed)]


async def wrong_in_records(house: House, ground: Ground, written: list[str], stored: Collection[str]) -> list[str]:
    """Of what the researchers open: ``stored`` is there, and nothing of what was ``written`` is there twice."""
    words = await stored_words(house, ground, written)
    expected = sorted({*words, *stored})
    return [f"{word} is stored {words[word]} times" for word in expected if words[word] != 1]


async def stored_words(house: House, ground: Ground, written: list[str]) -> Counter[str]:
    """How often each word stands in what the researchers open."""
    found: Counter[str] = Counter()
    for _, body in await all_records(house, ground.place.identities):
        said = [body.get("value"), *dict(body.get("values", {})).values()]
        found.update(word for word in written for each in said if each == word)
    return found


async def rows(house: House) -> dict[int, Any]:
    async with house.database.read() as tx:
        return {row.id: row for row in await tx.execute(select(outbox))}


def unaccounted(made: list[Made], standing: dict[int, Any]) -> list[str]:
    """What the books say wrongly of the calls that were made; nothing may be in flight."""
    wrong: list[str] = []
    # Ended replies are purged and their numbers drawn again: what is said of an unsolicited row is not a reply's.
    calls: Counter[int] = Counter(each.row for each in made if each.unsolicited)
    arrived = {each.row for each in made if each.unsolicited and each.delivered}
    delivered = {each.row for each in made if each.delivered}
    for row in standing.values():
        if row.state == "sending":
            wrong.append(f"{row.id} is in flight for ever")
        if row.state == "sent" and row.id not in delivered:
            wrong.append(f"{row.id} was never sent")
        if row.unsolicited and row.id in arrived and row.state not in ("sent", "uncertain"):
            wrong.append(f"{row.id} arrived and is {row.state}")
        if row.unsolicited and row.attempts < calls[row.id]:
            wrong.append(f"{row.id} was called more often than claimed")
    return wrong


def doubled(made: list[Made]) -> list[int]:
    """Unsolicited rows that arrived more than once."""
    arrived = Counter(each.row for each in made if each.unsolicited and each.delivered)
    return [row for row, times in arrived.items() if times > 1]
