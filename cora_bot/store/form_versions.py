"""Every form version ever in use, as XForm XML: sessions and records name theirs by hash."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from cora_bot.base.values import Value
from cora_bot.store.database import Tx
from cora_bot.store.statements import upsert
from cora_bot.store.tables import form_version


class Version(Value):
    hash: str
    form: str
    version: str
    xform: str


async def add(tx: Tx, versions: Sequence[Version]) -> None:
    if versions:
        insert = upsert(tx, form_version).on_conflict_do_nothing(index_elements=["hash"])
        rows = [
            {"hash": each.hash, "form_id": each.form, "version": each.version, "xform": each.xform} for each in versions
        ]
        await tx.execute(insert, rows)


async def of_hashes(tx: Tx, hashes: Collection[str]) -> list[Version]:
    return _versions(await tx.execute(select(form_version).where(form_version.c.hash.in_(hashes))))


async def every(tx: Tx) -> list[Version]:
    return _versions(await tx.execute(select(form_version).order_by(form_version.c.hash)))


def _versions(rows: object) -> list[Version]:
    return [Version(row.hash, row.form_id, row.version, row.xform) for row in rows]  # type: ignore[attr-defined]
