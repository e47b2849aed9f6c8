"""What goes above the card, made ready to be sent: keys, places, and files, remembered once Telegram has them."""

from __future__ import annotations

from collections.abc import Sequence

from cora_bot.base.errors import NotOpened
from cora_bot.dialogue.prompt import MAP_PIN, NO_KEY, PLACE_KEY
from cora_bot.store import media_files, outbox
from cora_bot.store.database import Tx
from cora_bot.store.outbox import Waiting
from cora_bot.store.outbox_changes import Ended
from cora_bot.store.tables import State
from cora_bot.usecases.exchange import Above, Outcome, Refused, SendFile, Sending, SendKey, SendPlace, Sent
from cora_bot.usecases.house import House
from cora_bot.usecases.judging import UNREADABLE, Verdict

FILE_GONE = "file_gone"


async def prepared(house: House, tx: Tx, rows: Sequence[Waiting]) -> tuple[dict[int, Above], dict[int, Verdict]]:
    """By row id: the call, or why there is none. A file that is no longer part of the study is not sent."""
    calls: dict[int, Above] = {}
    ended: dict[int, Verdict] = {}
    for row in rows:
        try:
            spoken = outbox.spoken_of(house.keys, row)
        except NotOpened:
            ended[row.id] = Ended(row.id, State.FAILED, UNREADABLE)
            continue
        if spoken.sort in (PLACE_KEY, NO_KEY):
            calls[row.id] = SendKey(spoken.title)
            continue
        if spoken.sort == MAP_PIN:
            latitude, longitude = spoken.title.split()
            calls[row.id] = SendPlace(float(latitude), float(longitude))
            continue
        file = house.script.media.get(spoken.file)
        if file is None:
            ended[row.id] = Ended(row.id, State.FAILED, "no_file")
            continue
        digest = f"{spoken.sort} {file.digest}"
        known = (await media_files.known(tx, [digest])).get(digest, "")
        calls[row.id] = SendFile(spoken.sort, spoken.title, file.path, digest, known)
    return calls, ended


async def remember(tx: Tx, results: Sequence[tuple[Sending, Outcome]]) -> None:
    """What Telegram has by now, and what it no longer has."""
    sent = [(each.call, outcome) for each, outcome in results if isinstance(each.call, SendFile)]
    await media_files.remember(tx, {c.digest: o.file for c, o in sent if isinstance(o, Sent) and o.file})
    await media_files.forget(tx, [c.digest for c, o in sent if isinstance(o, Refused) and o.reason == FILE_GONE])
