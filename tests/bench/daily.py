"""A bot's daily life: what it computes at the 30 answers a second Telegram lets it reply to, and at 200; a backlog.

``cpu_percent`` is of one core. ``median_ms`` and ``p99_ms``: from an answer at the API to its commit, and to the call
that replies to it; half of the wait between two fetches that are not full is in both.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.pair import PORT, People, run

CHATS = 200
RATES = {30: 3, 200: 20}  # answers a second of all together -> answers of each
BEGUN = 200  # commits not counted: after a start the first updates are taken one by one
BACKLOG_CHATS, BACKLOG_ANSWERS = 5_000, 20


def bench() -> Iterator[dict[str, object]]:
    for kind in ("typed", "pressed"):
        for rate, answers in RATES.items():
            with tempfile.TemporaryDirectory() as folder:
                commits = Path(folder) / "commits"
                bot = ("ours", PORT, str(CHATS), kind, "--commits", str(commits))
                came = run(People(CHATS, answers, kind, rate=rate), bot)
                waits = sorted(map(float, commits.read_text().split()[BEGUN:]))
            yield {
                "bench": "daily",
                "answers": kind,
                "per_second": round(came.per_second, 1),
                "cpu_percent": round(100 * came.cpu_s / came.seconds, 1),
                "committed_median_ms": round(1000 * waits[len(waits) // 2], 1),
                "committed_p99_ms": round(1000 * waits[len(waits) * 99 // 100], 1),
                "replied_median_ms": round(came.median_ms, 1),
                "replied_p99_ms": round(came.p99_ms, 1),
            }
    drained = run(
        People(BACKLOG_CHATS, BACKLOG_ANSWERS, "typed", "backlog"), ("ours", PORT, str(BACKLOG_CHATS), "typed")
    )
    yield {
        "bench": "backlog",
        "updates": drained.answers,
        "seconds": round(drained.seconds, 1),
        "per_second": round(drained.per_second),
        "rss_mb": round(drained.rss_mb),
    }
