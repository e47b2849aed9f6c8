"""The key store follows the main store: who was deleted there loses link and erasure key here. Repeatable."""

from __future__ import annotations

from cora_bot.base.logging import log
from cora_bot.store import records
from cora_bot.store.audit_log import Noted
from cora_bot.usecases import audit_log
from cora_bot.usecases.house import House


async def follow(house: House) -> int:
    """Destroys what the main store has noted; to be called after its commit, and again after a crash."""
    async with house.database.read() as tx:
        people = await records.cuttings(tx)
    if not people:
        return 0
    await house.keystore.destroy_key([case for case in people.values() if case is not None])
    await house.keystore.delete_link(people.keys())
    async with house.database.transaction() as tx:
        await records.end_cutting(tx, people.keys())
        cases = sum(case is not None for case in people.values())
        facts = {"links": str(len(people)), "erasure_keys": str(cases)}
        await audit_log.note(house, tx, Noted("keys_destroyed", facts=facts))
    log("cut", people=len(people))
    return len(people)
