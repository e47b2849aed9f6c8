"""V-19 where a meeting is can be seen and heard: with the exact place, by its rule, and gone with it
V-20 what says where it is lies sealed, goes up to Telegram once, and is deleted a day after the trip."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cora_bot.base.clock import SetClock
from cora_bot.dialogue.conversation import Opening
from cora_bot.dialogue.inputs import Command, CommandName, Press, Pressed, Start, Verb
from cora_bot.dialogue.visits.acts import Act
from cora_bot.store import tables
from cora_bot.study.visits.trip import Slot
from cora_bot.usecases import rotating, silencing
from cora_bot.usecases.deliver import claim, settle
from cora_bot.usecases.due import due
from cora_bot.usecases.exchange import (
    Above,
    Arrived,
    Call,
    DeleteMessage,
    Refused,
    SendFile,
    SendMessage,
    SendPlace,
    Sent,
)
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_relink
from cora_bot.usecases.leaving import leave
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.people import people
from cora_bot.usecases.receive import receive
from cora_bot.usecases.speaking import FILE_GONE
from tests.support.house import opened, premises
from tests.support.stores import all_bytes
from tests.support.trips import FILES, PICTURE, VOICE, shown, standard, stored
from tests.usecases.test_rotating import with_keys, with_newer
from tests.usecases.visits.guests import FIRST, NOW, guest, invite, pressing, there

ONE, TWO = 7001, 7002
KNOCK = {"opening": Opening.KNOCK, "picture": 4}


async def planned(house: House, clock: SetClock, *addresses: int, **fields: object) -> list[Slot]:
    """A trip that has files, and these people with a time in Tirana, a day before: nobody has looked yet."""
    clock.set(NOW)
    for address in addresses:
        await guest(house, address, **fields)
    await stored(house, shown(standard(FIRST)), FILES)
    await invite(house)
    slots = []
    for address in addresses:
        if "opening" in fields:
            await press(house, Press(Verb.PICTURE, choice=4), address)
        bookable = (await there(house, address)).bookable
        language = str(fields.get("language", "en"))
        free = [each.slot for each in bookable if each.free and language in each.slot.languages]
        slots.append(next(slot for slot in free if slot.place == "tirana"))
        await act(house, Act.BOOK, slots[-1].id, address)
    clock.set(slots[-1].starts - timedelta(hours=23))
    return slots


async def press(house: House, made: Press, address: int = ONE) -> list[Call]:
    card = (await there(house, address)).chat.card
    live = Press(made.verb, card.generation, made.node, made.choice)
    await receive(house, [Arrived(f"{address}/{card.generation}/{live}", address, Pressed(live, card.message or 1))])
    return await delivered(house)


async def act(house: House, what: Act, choice: int = 0, address: int = ONE) -> list[Call]:
    await receive(house, [await pressing(house, address, what, choice)])
    return await delivered(house)


async def delivered(house: House, refused: str = "") -> list[Call]:
    """Everything sent, in order; Telegram gives each file an id, or says for the first that it has none."""
    calls: list[Call] = []
    while claimed := await claim(house):
        results = []
        for each in claimed:
            calls.append(each.call)
            file = f"file of {each.id}" if isinstance(each.call, SendFile) else ""
            no = refused and isinstance(each.call, SendFile) and each.call.known
            results.append((each, Refused(refused) if no else Sent(2000 + each.id, file)))
        await settle(house, results)
    return calls


def above(calls: list[Call]) -> list[tuple[str, bytes]]:
    """What stands above the card: its sort, and its content where it is sent up."""
    return [
        (each.sort, each.content) if isinstance(each, SendFile) else ("pin", b"")
        for each in calls
        if isinstance(each, Above)
    ]


async def test_picture_and_voice_come_with_the_exact_place_and_not_before(house: House, clock: SetClock) -> None:
    (slot,) = await planned(house, clock, ONE)
    clock.set(slot.starts - timedelta(hours=30))
    early = await act(house, Act.SHOW)
    clock.set(slot.starts - timedelta(hours=23))
    asked = await act(house, Act.SHOW)  # first whether it still holds
    calls = await act(house, Act.COME)

    assert (above(early), above(asked)) == ([], [])
    assert above(calls) == [("image", PICTURE), ("voice", VOICE), ("pin", b"")]
    sent = [each for each in calls if isinstance(each, Above | SendMessage)]
    assert isinstance(sent[-1], SendMessage)  # the card stands below
    assert {(each.title, each.path) for each in sent if isinstance(each, SendFile)} == {
        ("📍", "1.png"),
        ("📍", "1.ogg"),
    }


async def test_voice_is_the_one_of_the_language(house: House, clock: SetClock) -> None:
    await planned(house, clock, ONE, language="ar")

    assert ("voice", FILES["way-ar.ogg"]) in above(await act(house, Act.COME))


async def test_nothing_leads_to_another_place_or_by_phone(house: House, clock: SetClock) -> None:
    (slot,) = await planned(house, clock, ONE)
    bookable = (await there(house, ONE)).bookable
    shkodra = next(each.slot for each in bookable if each.free and each.slot.place == "shkodra")
    await act(house, Act.BOOK, shkodra.id)
    clock.set(shkodra.starts - timedelta(hours=23))
    elsewhere = await act(house, Act.COME)
    await act(house, Act.BOOK, slot.id)
    await act(house, Act.WAY, 1)

    assert (above(elsewhere), above(await act(house, Act.COME))) == ([], [])


async def test_who_knocks_sees_it_only_behind_the_picture(house: House, clock: SetClock) -> None:
    await planned(house, clock, ONE, **KNOCK)
    while await due(house):
        pass
    closed = await delivered(house)
    outside = await press(house, Press(Verb.VISIT, node=int(Act.COME)))
    wrong = await press(house, Press(Verb.PICTURE, choice=2))
    await act(house, Act.SHOW)
    await press(house, Press(Verb.PICTURE, choice=4))
    inside = await act(house, Act.COME)

    assert (above(closed), above(outside), above(wrong)) == ([], [], [])
    assert [sort for sort, _ in above(inside)] == ["image", "voice", "pin"]


async def standing(house: House) -> list[int]:
    """The messages above the card of ONE, who has said that they come."""
    await receive(house, [await pressing(house, ONE, Act.COME)])
    found = []
    while claimed := await claim(house):
        found += [2000 + each.id for each in claimed if isinstance(each.call, Above)]
        await settle(house, [(each, Sent(2000 + each.id, "file")) for each in claimed])
    assert len(found) == 3
    return found


def deleted(calls: list[Call]) -> list[int]:
    return sorted(each.message for each in calls if isinstance(each, DeleteMessage))


@pytest.mark.parametrize("how", ["late", "hide", "ten minutes", "moved", "silenced", "gone"])
async def test_all_of_it_goes_with_the_card(house: House, clock: SetClock, how: str) -> None:
    await planned(house, clock, ONE)
    stood = await standing(house)
    match how:
        case "late":
            await receive(house, [await pressing(house, ONE, Act.LATE)])
        case "hide":
            await receive(house, [Arrived("hide", ONE, Command(CommandName.HIDE, 90))])
        case "ten minutes":
            clock.move(timedelta(minutes=11))
            while await due(house):
                pass
        case "moved":
            code = await make_relink(house, (await people(house))[0].code, expires_days=1)
            await receive(house, [Arrived("moved", TWO, Start(code, 50))])
        case "silenced":
            await silencing.silence(house, (await people(house))[0].code)
        case "gone":
            person = (await there(house, ONE)).participant
            assert person is not None
            async with house.database.transaction() as tx:
                await leave(house, tx, [person.id], still=lambda _: True)

    assert set(stood) <= set(deleted(await delivered(house)))


async def test_second_person_gets_what_telegram_has(house: House, clock: SetClock) -> None:
    await planned(house, clock, ONE, TWO)
    await act(house, Act.COME)
    calls = await act(house, Act.COME, address=TWO)
    files = [(each.known != "", each.content) for each in calls if isinstance(each, SendFile)]

    assert files == [(True, b""), (True, b"")]


async def test_what_telegram_no_longer_has_goes_up_again(house: House, clock: SetClock) -> None:
    await planned(house, clock, ONE, TWO)
    await act(house, Act.COME)
    await receive(house, [await pressing(house, TWO, Act.COME)])
    calls = await delivered(house, refused=FILE_GONE)

    assert [content for sort, content in above(calls) if sort == "image"] == [b"", PICTURE]


async def count(house: House) -> int:
    async with house.database.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(tables.place_file))).scalar_one())


async def test_they_are_deleted_a_day_after_the_trip(house: House, clock: SetClock) -> None:
    await planned(house, clock, ONE)
    async with house.database.read() as tx:
        ends = (await tx.execute(select(tables.trip.c.ends))).scalar_one()
    clock.set(ends + timedelta(hours=23))
    await maintain(house)
    before = await count(house)
    clock.set(ends + timedelta(hours=25))
    await maintain(house)

    assert (before, await count(house)) == (3, 0)


async def test_one_that_is_gone_leaves_the_card_standing(house: House, clock: SetClock) -> None:
    await planned(house, clock, ONE)
    await receive(house, [await pressing(house, ONE, Act.COME)])
    async with house.database.transaction() as tx:
        await tx.execute(tables.place_file.delete())
    calls = await delivered(house)

    assert above(calls) == [("pin", b"")]
    assert [each for each in calls if isinstance(each, SendMessage)] != []
    assert isinstance(calls[0], SendPlace)


async def test_planning_again_keeps_what_stays_and_forgets_what_went(house: House, clock: SetClock) -> None:
    await planned(house, clock, ONE)
    await act(house, Act.COME)
    changed = FILES | {"door.png": PICTURE + b", painted anew"}
    clock.set(NOW)
    await stored(house, shown(standard(FIRST)), changed)
    clock.set((await there(house, ONE)).bookable[0].slot.starts - timedelta(hours=20))
    calls = await act(house, Act.SHOW)

    assert (await count(house), above(calls)[:2]) == (3, [("image", changed["door.png"]), ("voice", b"")])


async def test_they_open_after_the_server_keys_were_exchanged(house: House, clock: SetClock) -> None:
    await planned(house, clock, ONE)
    await act(house, Act.COME)
    taken = await rotating.take_up(with_newer(house))
    await maintain(taken)
    alone = with_keys(taken, taken.keys.generations[0])
    files = [each.known for each in await act(alone, Act.SHOW) if isinstance(each, SendFile)]
    async with alone.database.transaction() as tx:
        await tx.execute(tables.place_file.update().values(known=None))

    assert [name[:7] for name in files] == ["file of", "file of"]
    assert above(await act(alone, Act.SHOW))[:2] == [("image", PICTURE), ("voice", VOICE)]


async def test_files_and_their_names_lie_nowhere_in_plain_text(tmp_path: Path) -> None:
    """Nor does the id with which the bot's token fetches them from Telegram; what is open is planted."""
    clock = SetClock(NOW)
    async with opened(premises(tmp_path, clock, seed="a disk with files")) as house:
        await planned(house, clock, ONE)
        await act(house, Act.COME)
        known = [each.known for each in await act(house, Act.SHOW) if isinstance(each, SendFile)]
        kept = all_bytes(tmp_path)

    words = [b"the blue door", b"the way, spoken", b"door.png", b"way-ar.ogg", *(file.encode() for file in known)]
    assert (len(words), b"tirana" in kept) == (6, True)
    assert [word for word in words if word in kept] == []
