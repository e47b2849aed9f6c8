"""AUD-40 what is done with the server's keys and with copies of the stores stands in the audit log."""

from __future__ import annotations

from pathlib import Path

from cora_bot.store import audit_log
from cora_bot.usecases import backing_up, restoring, rotating
from cora_bot.usecases.house import House
from cora_bot.vault.recipients import Identity
from tests.support.stores import Ground
from tests.usecases.test_backing_up import target
from tests.usecases.test_rotating import with_newer


async def actions(house: House) -> list[str]:
    async with house.database.read() as tx:
        return [row.action async for row in audit_log.every(tx)]


async def test_exchange_and_restore_are_logged(house: House) -> None:
    taken = await rotating.take_up(with_newer(house))
    assert await actions(taken) == ["server_keys_exchanged"]
    await restoring.apply(taken)
    assert await actions(taken) == ["server_keys_exchanged", "restored"]


async def test_backup_is_logged(house: House, ground: Ground, tmp_path: Path) -> None:
    if ground.engine == "sqlite":
        to = target(tmp_path / "to", Identity.generate(ground.chance))
        await backing_up.back_up(house, to, tmp_path / "scratch")
        assert await actions(house) == ["backed_up"]
