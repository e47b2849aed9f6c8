"""People invited to a trip, who press what stands on their card."""

from __future__ import annotations

from datetime import UTC, date, datetime

from cora_bot.dialogue.conversation import Conversation
from cora_bot.dialogue.inputs import Press, Pressed, Verb
from cora_bot.dialogue.visits.acts import Act
from cora_bot.store import chats, conversations
from cora_bot.usecases.deliver import claim, settle
from cora_bot.usecases.due import due
from cora_bot.usecases.exchange import Arrived, EditMessage, SendMessage, Sent
from cora_bot.usecases.house import House
from tests.support.trips import offered, standard, stored, workbook
from tests.support.turns import joined

FIRST = date(2026, 12, 21)
UNTIL = date(2026, 12, 18)
NOW = datetime(2026, 12, 10, 9, tzinfo=UTC)


async def guest(house: House, address: int, *, language: str = "en", country: str = "AL", **fields: object) -> None:
    zone = house.script.study.countries[country][0]
    known = {"language": language, "country": country, "zone": zone, "purposes": frozenset({"visits"})}
    await joined(house, address, **(known | {"asked_opening": True} | fields))


async def trip(house: House, **settings: str) -> None:
    await stored(house, workbook(standard(FIRST), **settings))


async def invite(house: House) -> None:
    await offered(house, UNTIL)
    await everything_due(house)


async def everything_due(house: House) -> list[str]:
    """What falls due now, and all of it delivered: the texts that were sent, in order."""
    while await due(house):
        pass
    return await deliver(house)


async def deliver(house: House) -> list[str]:
    texts: list[str] = []
    while claimed := await claim(house):
        results = []
        for each in claimed:
            message = 0
            match each.call:
                case SendMessage(prompt):
                    message = 1000 + each.id
                    texts.append(prompt.text)
                case EditMessage(known, prompt):
                    message = known
                    texts.append(prompt.text)
            results.append((each, Sent(message)))
        await settle(house, results)
    return texts


async def there(house: House, address: int) -> Conversation:
    """The conversation as an update would meet it now."""
    now = house.clock.now()
    async with house.database.transaction() as tx:
        doors = await chats.open_doors(tx, house.keys, [address], now=now, chance=house.chance)
        loaded = await conversations.load(tx, list(doors.values()), keys=house.keys, keystore=house.keystore, now=now)
        return loaded.conversations[doors[address].chat.id]


async def pressing(house: House, address: int, act: Act, choice: int = 0) -> Arrived:
    """A press on the live card."""
    card = (await there(house, address)).chat.card
    press = Press(Verb.VISIT, card.generation, int(act), choice)
    return Arrived(f"{address}/{card.generation}/{act}/{choice}", address, Pressed(press, card.message or 1))
