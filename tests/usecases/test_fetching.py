"""UF-01 on both engines: a file waits, is claimed by one, put off, kept or dropped; UF-02 sounds above the card are
hushed and remembered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Conversation
from cora_bot.dialogue.prompt import Spoken
from cora_bot.dialogue.script import MediaFile
from cora_bot.dialogue.turn import Fetch, RecordKind, Turn
from cora_bot.store import media_files, records
from cora_bot.store.downloads import Download
from cora_bot.usecases import fetching
from cora_bot.usecases.deliver import claim, settle
from cora_bot.usecases.exchange import DeleteMessage, Refused, SendFile, Sending, Sent
from cora_bot.usecases.fetching import NotFetched
from cora_bot.usecases.house import House
from cora_bot.usecases.speaking import FILE_GONE
from tests.support import turns
from tests.support.outgoing import outgoing


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def sent(house: House) -> tuple[Conversation, Fetch]:
    """Somebody has sent a file in message 9."""
    before = await turns.joined(house, 700)
    record = turns.record(house.chance, turns.session(house.chance), "", RecordKind.FRAGMENT)
    fetch = Fetch(replace(record, body={"ref": "/data/photo", "value": "x.jpg"}), "file-1", 10, 9)
    await turns.write(house, before, Turn(before, fetches=(fetch,)))
    return before, fetch


async def claimed(house: House) -> Download:
    wanted = await fetching.claim(house)
    assert wanted is not None
    return wanted


async def count(house: House) -> int:
    async with house.database.read() as tx:
        return await records.count(tx)


async def deletions(house: House) -> list[int]:
    return [each.call.message for each in await outgoing(house) if isinstance(each.call, DeleteMessage)]


async def test_file_is_claimed_by_one_and_kept(house: House) -> None:
    _, fetch = await sent(house)

    wanted = await claimed(house)
    assert (wanted.fetch, wanted.message, await fetching.claim(house)) == (fetch, 9, None)
    assert await deletions(house) == []
    await fetching.keep(house, wanted, chunks(b"ab", b"cd"))

    assert (await count(house), await deletions(house), await fetching.claim(house)) == (2, [9], None)


async def test_file_put_off_is_claimed_again_later(house: House) -> None:
    await sent(house)

    await fetching.failed(house, await claimed(house), NotFetched("status_502"))

    assert await fetching.claim(house) is None
    house.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    assert (await claimed(house)).attempts == 2


async def test_file_lost_for_good_is_said_and_its_message_taken_out(house: House) -> None:
    await sent(house)

    await fetching.failed(house, await claimed(house), NotFetched("too_large", for_good=True))

    assert (await count(house), await deletions(house)) == (1, [9])


async def test_file_dropped_while_it_waits_is_taken_out(house: House) -> None:
    before, fetch = await sent(house)

    await turns.write(house, before, Turn(before, drop_records=(fetch.record.id,)))

    assert (await fetching.claim(house), await deletions(house)) == (None, [9])


async def test_sounds_are_sent_up_once_and_hushed(house: House) -> None:
    house = replace(house, script=replace(house.script, media={"a.mp3": MediaFile("/x/a.mp3", "d" * 64)}))
    before = await turns.joined(house, 700)
    await turns.write(
        house, before, Turn(before, spoken=(Spoken("audio", "a.mp3", "1"), Spoken("audio", "b.mp3", "2")))
    )

    (first,) = await claim(house)
    assert first.call == SendFile("audio", "1", "/x/a.mp3", f"audio {'d' * 64}", "")
    await settle(house, [(first, Sent(21, "file-9"))])
    assert await claim(house) == []  # the other is no part of the study
    async with house.database.read() as tx:
        assert await media_files.known(tx, [f"audio {'d' * 64}"]) == {f"audio {'d' * 64}": "file-9"}
    after = await turns.meet(house, 700)
    await turns.write(house, after, Turn(after, hush=True))

    assert await deletions(house) == [21]


async def test_sound_telegram_no_longer_has_is_sent_up_again(house: House) -> None:
    house = replace(house, script=replace(house.script, media={"a.mp3": MediaFile("/x/a.mp3", "d" * 64)}))
    before = await turns.joined(house, 700)
    async with house.database.transaction() as tx:
        await media_files.remember(tx, {f"audio {'d' * 64}": "old"})
    await turns.write(house, before, Turn(before, spoken=(Spoken("audio", "a.mp3", "1"),)))
    (first,) = await claim(house)

    await settle(house, [(first, Refused(FILE_GONE))])
    (again,) = await claim(house)

    assert [_known(each) for each in (first, again)] == ["old", ""]


def _known(sending: Sending) -> str:
    assert isinstance(sending.call, SendFile)
    return sending.call.known
