"""What still lies under earlier generations of the server's keys, sealed anew under the present one, some at a time.

A row is locked, opened and written in one transaction; what a turn writes meanwhile is under the present keys anyway.
Chats and codes are found by a keyed index: that is made anew in the same statement. Nothing here changes a content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Table, bindparam, delete, func, insert, select, update

from cora_bot.base.chance import Chance
from cora_bot.base.errors import NotOpened
from cora_bot.base.values import Value
from cora_bot.store import audit_log, chats, keystore, place_files, updates
from cora_bot.store.database import Tx
from cora_bot.store.participants import Link
from cora_bot.store.tables import (
    alert,
    audit,
    chat,
    download,
    outbox,
    parked_update,
    participant,
    place_file,
    session,
    taken_in,
    trip,
    visit,
)
from cora_bot.store.types import Sealed
from cora_bot.vault.working import PREFIX, Purpose, WorkingKeys

Index = Callable[[WorkingKeys, bytes], bytes]


class Place(Value):
    """A sealed column. ``context`` makes of the row's key what the value is bound to; ``index`` is found beside it.

    ``at_once``: at most so many in one transaction, where values are large.
    """

    table: Table
    key: str
    column: str
    purpose: Purpose
    context: Callable[[Any], bytes] = bytes
    index: tuple[str, Index] | None = None
    at_once: int = 1000


def _code_index(keys: WorkingKeys, opened: bytes) -> bytes:
    return keystore.code_index(keys, msgspec.json.decode(opened, type=Link).code)


MAIN: Final = (
    Place(
        chat, "id", "address", Purpose.CONTACT, index=("address_index", lambda keys, raw: chats.index(keys, int(raw)))
    ),
    Place(participant, "id", "profile", Purpose.PROFILE),
    Place(session, "participant_id", "sealed", Purpose.SESSION),
    Place(outbox, "key", "payload", Purpose.OUTBOX, context=str.encode),
    Place(download, "record_id", "sealed", Purpose.DOWNLOAD),
    Place(trip, "id", "sealed", Purpose.TRIP, context=str.encode),
    Place(place_file, "id", "content", Purpose.TRIP, at_once=4),
    Place(place_file, "id", "known", Purpose.TRIP, context=place_files.known_context),
    Place(visit, "id", "sealed", Purpose.VISIT),
    Place(taken_in, "id", "sealed", Purpose.BATCH),
    Place(alert, "id", "sealed", Purpose.ALERT),
    Place(audit, "seq", "mark", Purpose.AUDIT, context=audit_log.context, index=("person_index", audit_log.index_of)),
)
KEYS: Final = (
    Place(keystore.link, "participant_id", "sealed", Purpose.LINK, index=("code_index", _code_index)),
    Place(keystore.erasure, "case_id", "key", Purpose.LINK, context=keystore.erasure_context),
    Place(keystore.fence, "participant_id", "sealed", Purpose.LINK, context=keystore.fence_context),
)


def _earlier(place: Place, keys: WorkingKeys) -> ColumnElement[bool]:
    begins = func.substr(place.table.c[place.column], 1, PREFIX, type_=Sealed)
    return begins.in_([one.prefix for one in keys.others])


async def reseal(tx: Tx, place: Place, keys: WorkingKeys, chance: Chance, most: int) -> int:
    """Up to ``most`` values of this column; how many. What opens under no key any more is left as it is."""
    table = place.table
    key, column = table.c[place.key], table.c[place.column]
    few = min(most, place.at_once)
    query = select(key, column).where(_earlier(place, keys)).order_by(key).limit(few).with_for_update()
    rows = [new for row in await tx.execute(query) if (new := _anew(place, keys, chance, row[0], row[1]))]
    if rows:
        names = [place.column, *([place.index[0]] if place.index else [])]
        changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        await tx.execute(update(table).where(key == bindparam("of_row")).values(changed), rows)
    return len(rows)


def _anew(place: Place, keys: WorkingKeys, chance: Chance, key: Any, sealed: bytes) -> dict[str, Any] | None:
    context = place.context(key)
    try:
        opened = keys.open(place.purpose, context, sealed)
    except NotOpened:
        return None
    new = {"of_row": key, f"new_{place.column}": keys.seal(place.purpose, context, opened, chance)}
    if place.index:
        name, index = place.index
        new[f"new_{name}"] = index(keys, opened)
    return new


async def left(tx: Tx, places: Iterable[Place], keys: WorkingKeys) -> int:
    """How many values of these columns lie under earlier keys."""
    total = 0
    for place in places if keys.others else ():
        total += int((await tx.execute(select(func.count()).where(_earlier(place, keys)))).scalar_one())
    return total


# ---- parked updates: their key is an index, and what they are bound to ----------------------------------------------


class _Parked(msgspec.Struct):
    key: str


_PARKED: Final = Place(parked_update, "key", "sealed", Purpose.UPDATE)


async def reseal_parked(tx: Tx, keys: WorkingKeys, chance: Chance, most: int) -> int:
    """The same for updates that were set aside; each stays the same row but for its key."""
    query = select(parked_update).where(_earlier(_PARKED, keys)).limit(most).with_for_update()
    done = 0
    for row in (await tx.execute(query)).all():
        try:
            opened = keys.open(Purpose.UPDATE, row.key, row.sealed)
        except NotOpened:
            continue
        key = updates.index(keys, msgspec.json.decode(opened, type=_Parked).key)
        sealed = keys.seal(Purpose.UPDATE, key, opened, chance)
        await tx.execute(delete(parked_update).where(parked_update.c.key == row.key))
        new = {"key": key, "kind": row.kind, "error": row.error, "sealed": sealed, "at": row.at}
        await tx.execute(insert(parked_update), new)
        done += 1
    return done


async def left_main(tx: Tx, keys: WorkingKeys) -> int:
    return await left(tx, (*MAIN, _PARKED), keys)
