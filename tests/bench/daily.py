"""A bot's daily life: what it computes at the 30 answers a second Telegram lets it reply to, and at 200; a backlog.

``cpu_percent`` is of one core. ``median_ms`` and ``p99_ms``: from an answer at the API to the call that replies to it,
which comes after the commit; half of the wait between two fetches that are not full is in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.pair import PORT, People, run

CHATS = 200
RATES = {30: 3, 200: 20}  # answers a second of all together -> answers of each
BACKLOG_CHATS, BACKLOG_ANSWERS = 5_000, 20


def bench() -> Iterator[dict[str, object]]:
    for kind in ("typed", "pressed"):
        for rate, answers in RATES.items():
            came = run(People(CHATS, answers, kind, rate=rate), ("ours", PORT, str(CHATS), kind))
            yield {
                "bench": "daily",
                "answers": kind,
                "per_second": round(came.per_second, 1),
                "cpu_percent": round(100 * came.cpu_s / came.seconds, 1),
                "median_ms": round(came.median_ms, 1),
                "p99_ms": round(came.p99_ms, 1),
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
