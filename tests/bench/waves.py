"""How long somebody who answers waits while a wave of check-ins goes out at Telegram's pace."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.faults.test_waves import waits_for_replies

WAVES = (0, 400, 2000)


def bench() -> Iterator[dict[str, object]]:
    for wave in WAVES:
        with tempfile.TemporaryDirectory() as folder:
            waits, waiting = asyncio.run(waits_for_replies(Path(folder), wave))
        yield {
            "bench": "reply while a wave goes out",
            "queued": wave,
            "still queued after the last reply": max(waiting, 0),
            "median ms": round(median(waits) * 1000),
            "longest ms": round(max(waits) * 1000),
        }
