"""A workbook and the files beside it, sent to the planning page: read into memory alone.

aiohttp would write them into temporary files, and they say where people are met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aiohttp import BodyPartReader, web

from cora_bot.base.errors import CoraError
from cora_bot.base.limits import MEGABYTE

MOST_BYTES: Final = 30 * MEGABYTE
"""Of a workbook with all that lies beside it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """``files`` by their names, as the computer they come from has them."""

    name: str
    workbook: bytes = field(repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


async def read(request: web.Request) -> Upload:
    """The fields ``workbook`` and ``files`` of a form. Raises ``CoraError``."""
    if not request.content_type.startswith("multipart/"):
        raise CoraError("no file came along", "Choose the workbook first.")
    found: dict[str, dict[str, bytes]] = {"workbook": {}, "files": {}}
    room = MOST_BYTES
    parts = await request.multipart()
    async for part in parts:
        if not isinstance(part, BodyPartReader) or part.name not in found:
            continue
        content = await _content(part, room)
        room -= len(content)
        if part.filename:
            found[part.name][part.filename] = content
    if not found["workbook"]:
        raise CoraError("no file came along", "Choose the workbook first.")
    name, workbook = next(iter(found["workbook"].items()))
    return Upload(name, workbook, found["files"])


async def _content(part: BodyPartReader, room: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > room:
            raise CoraError(f"these files have more than {MOST_BYTES // MEGABYTE} MB", "Make pictures smaller.")
    return bytes(content)
