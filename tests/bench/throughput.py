"""Durable answers a second through the whole path: ours and the stock bot's, in turn, in one run, as pairs.

The path is: fetch, understand, the form's logic, seal, commit, reply; both talk to the same loopback API in another
process, whose people answer every card at once. ``typed``: the stock bot replies, and ours also removes what was
typed; ``removed``: the stock bot removes it too. ``ratio`` is the median of the pairs'; a busy machine slows both.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from tests.bench.pair import PORT, People, Run, run

CHATS, PAIRS = 500, 3
STOCK_ANSWERS, ANSWERS = 3, 20
CONCURRENCY = 64


def bench() -> Iterator[dict[str, object]]:
    for kind in ("typed", "removed", "pressed"):
        for latency in (0, 40):
            yield _pairs(kind, latency)


def _pairs(kind: str, latency: int) -> dict[str, object]:
    ours: list[Run] = []
    stock: list[Run] = []
    of = "pressed" if kind == "pressed" else "typed"
    for _ in range(PAIRS):
        people = People(CHATS, STOCK_ANSWERS, of, "person", latency_ms=latency)
        stock.append(run(people, ("stock", PORT, str(CONCURRENCY), kind)))
        ours.append(run(People(CHATS, ANSWERS, of, latency_ms=latency), ("ours", PORT, str(CHATS), of)))
    ratios = [one.per_second / other.per_second for one, other in zip(ours, stock, strict=True)]
    return {
        "bench": "throughput",
        "answers": kind,
        "api_latency_ms": latency,
        "ours_per_second": round(median(each.per_second for each in ours)),
        "stock_per_second": round(median(each.per_second for each in stock)),
        "ratio": round(median(ratios), 1),
        "ours_cpu_ms": round(median(each.cpu_ms for each in ours), 2),
        "stock_cpu_ms": round(median(each.cpu_ms for each in stock), 2),
    }
