"""Sounds, pictures and films that Telegram has already: by their hash and sort, so that none is sent up twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select

from cora_bot.store.database import Tx
from cora_bot.store.statements import upsert
from cora_bot.store.tables import media_file


async def known(tx: Tx, digests: Collection[str]) -> dict[str, str]:
    if not digests:
        return {}
    rows = await tx.execute(select(media_file).where(media_file.c.digest.in_(digests)))
    return {row.digest: row.file for row in rows}


async def remember(tx: Tx, files: Mapping[str, str]) -> None:
    if files:
        insert = upsert(tx, media_file)
        newer = insert.on_conflict_do_update(index_elements=["digest"], set_={"file": insert.excluded.file})
        await tx.execute(newer, [{"digest": digest, "file": file} for digest, file in files.items()])


async def forget(tx: Tx, digests: Collection[str]) -> None:
    """Telegram no longer knows them."""
    if digests:
        await tx.execute(delete(media_file).where(media_file.c.digest.in_(digests)))
