"""A file as sealed records: its parts one by one, so that neither sealing nor storing ever holds more than one.

The ids of the parts follow from the id of the record that lists them: whoever drops that record can drop them too.
"""

from __future__ import annotations

import hashlib
from typing import Final

from cora_bot.base.limits import MOST_FILE_BYTES

PART: Final = 512 * 1024
"""Bytes of a part before it is sealed."""
MOST_PARTS: Final = -(-MOST_FILE_BYTES // PART)


def part_id(record: bytes, number: int) -> bytes:
    """The record id of part ``number`` (from 1) of the file that ``record`` lists."""
    return hashlib.sha256(b"cora part v1\0" + record + number.to_bytes(4, "big")).digest()[: len(record)]


def with_parts(record: bytes) -> list[bytes]:
    """The record and all parts it can have."""
    return [record, *(part_id(record, number) for number in range(1, MOST_PARTS + 1))]
