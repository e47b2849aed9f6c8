"""Opens what a house holds with the researchers' keys, as text: for golden chats and end-to-end tests."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.house import House
from cora_bot.vault.recipients import Identity
from cora_bot.vault.record import RecordHead, open_record


async def all_records(house: House, identities: Sequence[Identity]) -> list[tuple[RecordHead, dict[str, Any]]]:
    """Every sealed record, opened through a real bundle, in the order in which they were made."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle"
        await write_bundle(house, path, holder="test")
        with zipfile.ZipFile(path) as bundle:
            found = [
                open_record(
                    bundle.read(name),
                    identities,
                    study=house.script.study.id,
                    case=None,
                    record=Path(name).stem,
                )
                for name in bundle.namelist()
                if name.startswith("records/")
            ]
    return sorted(found, key=lambda pair: (pair[0].at, pair[0].session, pair[0].order))


async def opened_records(house: House, identities: Sequence[Identity]) -> AsyncIterator[str]:
    """One line per record: what it is and every value in it by question name."""
    for head, body in await all_records(house, identities):
        values = dict(body.get("values", {}))
        if "ref" in body:
            values[body["ref"]] = body["value"]
        if "text" in body:
            values["text"] = body["text"]
        shown = " ".join(f"{ref.rsplit('/', 1)[-1]}={value!r}" for ref, value in values.items())
        mode = body.get("mode", "chat")
        how = "" if mode == "chat" else f" ({mode})"
        yield f"{head.kind} {head.form} {head.wave}/{head.number} {head.language}{how}: {shown}"
