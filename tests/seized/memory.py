"""The memory of a child process, read while it runs: every range that it can write to, and so could have put it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_RANGE = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw\S+ ")
_PIECE = 1 << 24


def pieces(process: int) -> Iterator[bytes]:
    """Piece by piece. Raises ``PermissionError`` where the process does not let its memory be read."""
    maps = Path(f"/proc/{process}/maps").read_text().splitlines()
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            found = _RANGE.match(line)
            if found is None:
                continue
            start, end = int(found[1], 16), int(found[2], 16)
            for place in range(start, end, _PIECE):
                try:
                    memory.seek(place)
                    yield memory.read(min(_PIECE, end - place))
                except OSError:
                    continue  # a range that went away meanwhile
