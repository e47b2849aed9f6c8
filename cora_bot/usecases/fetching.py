"""Files that people sent: fetched from Telegram part by part, each part sealed and committed before the next is read.

Only when all parts are sealed is the answer's own record written, with the list of them, and the message taken out of
the chat: until then Telegram's copy is the only one. What cannot be fetched for good is said so in the record.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from cora_bot.base.limits import MOST_FILE_BYTES
from cora_bot.base.logging import log
from cora_bot.base.values import replace
from cora_bot.dialogue.turn import Fetch, Record, RecordKind
from cora_bot.store import downloads, records, removals
from cora_bot.store.downloads import Download
from cora_bot.usecases.house import House
from cora_bot.usecases.sealing import seal_for
from cora_bot.vault.parts import PART, part_id, with_parts

LEASE: Final = timedelta(minutes=10)
"""So long one attempt may take; after a kill the file is due again."""
MOST_ATTEMPTS: Final = 10
SOON: Final = timedelta(seconds=5)


class NotFetched(Exception):  # noqa: N818 -- it names what happened
    """The file did not come. ``for_good``: it never will; ``reason`` is one of ours, no word of Telegram's."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_good = for_good


@dataclass(slots=True)
class _Sealing:
    """One file on its way into records."""

    house: House
    case: bytes
    key: bytes
    record: Record
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    parts: list[str] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)

    async def take(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size > MOST_FILE_BYTES:
            raise NotFetched("too_large", for_good=True)
        self.digest.update(chunk)
        self.pending += chunk
        while len(self.pending) >= PART:
            await self._seal(bytes(self.pending[:PART]))
            del self.pending[:PART]

    async def end(self) -> dict[str, object]:
        """What the record says of the file."""
        if self.pending or not self.parts:
            await self._seal(bytes(self.pending))
            self.pending.clear()
        return {"size": self.size, "sha256": self.digest.hexdigest(), "parts": self.parts}

    async def _seal(self, content: bytes) -> None:
        number = len(self.parts) + 1
        body = {"of": self.record.id.hex(), "part": number, "content": base64.b64encode(content).decode()}
        part = replace(self.record, id=part_id(self.record.id, number), kind=RecordKind.ATTACHMENT, body=body)
        blob = seal_for(self.house, self.case, part, self.key)
        async with self.house.database.transaction() as tx:
            await records.remove(tx, [part.id])  # an attempt that was cut off may have left it
            await records.write(tx, [blob])
        self.parts.append(part.id.hex())


async def claim(house: House) -> Download | None:
    """The next file to be fetched."""
    now = house.clock.now()
    async with house.database.read() as tx:
        first = await downloads.earliest(tx)
    if first is None or first > now:
        return None
    async with house.database.transaction() as tx:
        return await downloads.claim(tx, house.keys, now=now, until=now + LEASE)


async def keep(house: House, wanted: Download, chunks: AsyncIterator[bytes]) -> None:
    """Seals what ``chunks`` yields. Raises ``NotFetched``, from ``chunks`` or for a file that is too large."""
    fetch = wanted.fetch
    link = (await house.keystore.links([wanted.participant])).get(wanted.participant)
    key = (await house.keystore.erasure_keys([link.case])).get(link.case) if link else None
    if fetch is None or link is None or key is None:
        raise NotFetched("nobody", for_good=True)
    sealing = _Sealing(house, link.case, key, fetch.record)
    async for chunk in chunks:
        await sealing.take(chunk)
    await _finish(house, wanted, sealing, {"file": await sealing.end()})


async def _finish(house: House, wanted: Download, sealing: _Sealing, more: dict[str, object]) -> None:
    record = replace(sealing.record, body={**sealing.record.body, **more})
    blob = seal_for(house, sealing.case, record, sealing.key)
    async with house.database.transaction() as tx:
        if await downloads.remove(tx, wanted.record):
            await records.write(tx, [blob])
            await removals.owe(tx, [(wanted.chat, wanted.message)], house.clock.now())
        else:  # replaced or erased meanwhile: its message is taken out by whoever did that
            await records.remove(tx, with_parts(wanted.record))
    log("file_sealed", record=wanted.record.hex(), parts=len(sealing.parts))


async def failed(house: House, wanted: Download, why: NotFetched) -> None:
    """Tried again at growing distances; given up for good, the record says so and the message goes."""
    now = house.clock.now()
    if not why.for_good and wanted.attempts < MOST_ATTEMPTS:
        async with house.database.transaction() as tx:
            await downloads.put_off(tx, wanted.record, now + SOON * (2 ** (wanted.attempts - 1) * 2))
        log("file_put_off", level=logging.WARNING, record=wanted.record.hex(), reason=why.reason)
        return
    log("file_lost", level=logging.ERROR, record=wanted.record.hex(), reason=why.reason)
    link = (await house.keystore.links([wanted.participant])).get(wanted.participant)
    key = (await house.keystore.erasure_keys([link.case])).get(link.case) if link else None
    async with house.database.transaction() as tx:
        await records.remove(tx, with_parts(wanted.record))
        if not await downloads.remove(tx, wanted.record):
            return
        if wanted.fetch is not None and link is not None and key is not None:
            lost = _lost(wanted.fetch, why.reason)
            await records.write(tx, [seal_for(house, link.case, lost, key)])
        await removals.owe(tx, [(wanted.chat, wanted.message)], now)


def _lost(fetch: Fetch, reason: str) -> Record:
    return replace(fetch.record, body={**fetch.record.body, "file": {"lost": reason}})
