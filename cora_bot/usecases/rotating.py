"""The server's keys are exchanged while the bot serves: a newer generation seals, the earlier ones open what is left.

The store says under which generation it seals (``belonging``). ``take_up``, by the one bot of a data folder at its
start, moves that to the newest in the key file; until then commands that know the newer keys go on sealing under the
older, so that a bot which does not know them yet can read everything. Then ``go_on`` seals anew what lies under
earlier keys, a bounded part of it each hour, and ``left`` says what still needs them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cora_bot.base.clock import from_millis, to_millis
from cora_bot.base.logging import log
from cora_bot.base.values import Value, replace
from cora_bot.store import remembered, resealing, tokens
from cora_bot.store.audit_log import Noted
from cora_bot.store.keystore import KeyStore
from cora_bot.usecases import audit_log
from cora_bot.usecases.belonging import KEYS
from cora_bot.usecases.house import House

SINCE: Final = "keys_since"
"""Milliseconds at which the store went over to the keys it seals under now."""

A_ROUND: Final = 5000
"""So many values an hour are sealed anew: about a second's work."""

AT_ONCE: Final = 200
UPDATES_KNOWN: Final = timedelta(hours=48)
"""So long an update may come again, whose index was made under earlier keys (``maintain.UPDATE_KEYS``)."""

_SLACK: Final = timedelta(hours=1)


class Left(Value):
    """What still needs earlier keys: so many values, and until when updates and codes are found by their index."""

    values: int
    found_until: datetime | None

    def needed(self, now: datetime) -> bool:
        return self.values > 0 or (self.found_until is not None and self.found_until > now)


async def take_up(house: House) -> House:
    """The house sealing under the newest generation of its key file, as the store does from now on."""
    newest = house.keys.newest
    if newest.id == house.keys.id:
        return house
    async with house.database.transaction() as tx:
        await remembered.write(tx, KEYS, newest.mark)
        await remembered.write(tx, SINCE, str(to_millis(house.clock.now())))
        await audit_log.note(
            house, tx, Noted("server_keys_exchanged", facts={"generations": str(len(newest.generations))})
        )
    log("keys_taken_up", count=len(newest.generations))
    return replace(house, keys=newest, keystore=KeyStore(house.keystore.database, newest))


async def go_on(house: House, most: int = A_ROUND) -> int:
    """Seals up to ``most`` values anew; how many. Costs nothing where there is one generation of keys."""
    if not house.keys.others:
        return 0
    done = 0
    while done < most and (some := await _some(house, min(AT_ONCE, most - done))):
        done += some
    if done:
        log("keys_resealed", count=done)
    return done


async def _some(house: House, most: int) -> int:
    done = 0
    async with house.database.transaction() as tx:
        for place in resealing.MAIN:
            done += await resealing.reseal(tx, place, house.keys, house.chance, most)
        done += await resealing.reseal_parked(tx, house.keys, house.chance, most)
    async with house.keystore.database.transaction() as tx:
        for place in resealing.KEYS:
            done += await resealing.reseal(tx, place, house.keys, house.chance, most)
    return done


async def left(house: House) -> Left:
    """What still needs earlier keys. Changes nothing."""
    if not house.keys.others:
        return Left(0, None)
    async with house.keystore.database.read() as tx:
        values = await resealing.left(tx, resealing.KEYS, house.keys)
    async with house.database.read() as tx:
        values += await resealing.left_main(tx, house.keys)
        noted = await remembered.read(tx, SINCE)
        since = from_millis(int(noted)) if noted else house.clock.now()
        # A code may have been made by a command that had begun before.
        codes = await tokens.last_expiry(tx, since + _SLACK)
    updates = since + UPDATES_KNOWN
    return Left(values, max(updates, codes) if codes else updates)
