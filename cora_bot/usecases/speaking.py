"""What goes above the card, made ready to be sent: keys, places, and files, remembered once Telegram has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cora_bot.base.errors import NotOpened
from cora_bot.dialogue.prompt import MAP_PIN, NO_KEY, PLACE_KEY, PLACE_PICTURE, PLACE_VOICE, Spoken
from cora_bot.store import media_files, outbox, place_files
from cora_bot.store.database import Tx
from cora_bot.store.outbox import Waiting
from cora_bot.store.outbox_changes import Ended
from cora_bot.store.tables import State
from cora_bot.usecases.exchange import Above, Outcome, Refused, SendFile, Sending, SendKey, SendPlace, Sent
from cora_bot.usecases.house import House
from cora_bot.usecases.judging import UNREADABLE, Verdict

FILE_GONE = "file_gone"
OF_PLACES: Final = {PLACE_PICTURE: "image", PLACE_VOICE: "voice"}


async def prepared(house: House, tx: Tx, rows: Sequence[Waiting]) -> tuple[dict[int, Above], dict[int, Verdict]]:
    """By row id: the call, or why there is none. A file that is no longer part of the study is not sent."""
    calls: dict[int, Above] = {}
    ended: dict[int, Verdict] = {}
    for row in rows:
        try:
            call = await _call(house, tx, outbox.spoken_of(house.keys, row))
        except NotOpened:
            ended[row.id] = Ended(row.id, State.FAILED, UNREADABLE)
            continue
        if call is None:
            ended[row.id] = Ended(row.id, State.FAILED, "no_file")
        else:
            calls[row.id] = call
    return calls, ended


async def _call(house: House, tx: Tx, spoken: Spoken) -> Above | None:
    """None for a file that is no longer there. Raises ``NotOpened``."""
    if spoken.sort in (PLACE_KEY, NO_KEY):
        return SendKey(spoken.title)
    if spoken.sort == MAP_PIN:
        latitude, longitude = spoken.title.split()
        return SendPlace(float(latitude), float(longitude))
    if spoken.sort in OF_PLACES:
        number, dot, ending = spoken.file.partition(".")
        stored = bytes.fromhex(number)
        kept = await place_files.find(tx, house.keys, stored)
        if kept is None:
            return None
        return SendFile(
            sort=OF_PLACES[spoken.sort],
            title=spoken.title,
            path=f"1{dot}{ending}",
            digest="",
            known=kept.known,
            stored=stored,
            content=kept.content,
        )
    file = house.script.media.get(spoken.file)
    if file is None:
        return None
    digest = f"{spoken.sort} {file.digest}"
    known = (await media_files.known(tx, [digest])).get(digest, "")
    return SendFile(spoken.sort, spoken.title, file.path, digest, known)


async def remember(house: House, tx: Tx, results: Sequence[tuple[Sending, Outcome]]) -> None:
    """What Telegram has by now, and what it no longer has."""
    sent = [(each.call, outcome) for each, outcome in results if isinstance(each.call, SendFile)]
    taken = [(call, outcome.file) for call, outcome in sent if isinstance(outcome, Sent) and outcome.file]
    gone = [call for call, outcome in sent if isinstance(outcome, Refused) and outcome.reason == FILE_GONE]
    await media_files.remember(tx, {call.digest: file for call, file in taken if not call.stored})
    await media_files.forget(tx, [call.digest for call in gone if not call.stored])
    of_places = {call.stored: file for call, file in taken if call.stored and not call.known}
    await place_files.remember(tx, of_places, keys=house.keys, chance=house.chance)
    await place_files.forget(tx, [call.stored for call in gone if call.stored])
