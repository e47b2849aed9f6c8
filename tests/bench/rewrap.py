"""One step of the measurement of sealing anew, in a process of its own: the memory it held is its alone.

``python -m tests.bench.rewrap made FOLDER COUNT`` writes a bundle; with ``rewrapped`` for ``made`` it is sealed anew,
and what was measured is printed as a line of JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from cora_bot.base.chance import SeededChance, SystemChance
from cora_bot.base.clock import monotonic
from cora_bot.base.values import replace
from cora_bot.export import bundle_format as fmt
from cora_bot.export.rewrap import Keys, rewrap
from cora_bot.export.zip_entries import Writing
from cora_bot.vault.agefile import Identity
from cora_bot.vault.record import RecordHead, seal_record

AT = datetime(2026, 3, 1, tzinfo=UTC)
KEYS = SeededChance("bench of sealing anew")
ANNA, CARLA = Identity.generate(KEYS), Identity.generate(KEYS)
BODY = {"values": {f"/data/question_{number}": "option_code" for number in range(10)}}
STUDY = "returnee_follow_up"
HEAD = RecordHead(
    study=STUDY,
    case="11" * 16,
    kind="complete",
    record="",
    session="33" * 16,
    form="check_in",
    form_version="3",
    form_hash="44" * 32,
    wave="monthly",
    number=2,
    order=1,
    language="de",
    started_at=AT,
    at=AT,
)


def make(path: Path, count: int) -> None:
    manifest = {
        "format": fmt.FORMAT,
        "version": fmt.VERSION,
        "bundle": "77" * 16,
        "study": STUDY,
        "made_at": "2026-11-22T10:00:00Z",
        "counts": {"records": count, "cases": 0, "occurrences": 0, "contacts": 0, "outages": 0, "forms": 0},
        "erased": [],
        "recipients": [ANNA.recipient.fingerprint()],
    }
    with Writing(path) as out:
        for number in range(count):
            head = replace(HEAD, record=f"{number:032x}")
            out.add(f"records/{head.record}.age", seal_record(head, BODY, [ANNA.recipient], SystemChance()))
        for name in (fmt.CASES, fmt.OCCURRENCES, fmt.CONTACTS, fmt.OUTAGES, fmt.STUDY):
            out.add(name, b"")
        out.add(fmt.MANIFEST, json.dumps(manifest).encode())
        out.finish()


def measure(source: Path, target: Path, count: int) -> dict[str, str | float]:
    keys = Keys((ANNA,), (ANNA.recipient, CARLA.recipient))
    start, computing = monotonic(), process_time()
    account = rewrap(source, target, keys, chance=SystemChance(), now=AT, progress=lambda done, of: None)
    if not account.fits or account.sealed != count:
        raise AssertionError(account)
    return {
        "bench": "vault",
        "what": f"seal {count} records anew, from 1 to 2 recipients",
        "per_second": round(count / (monotonic() - start), 1),
        "per_cpu_second": round(count / (process_time() - computing), 1),
        "peak_memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "bundle_mib": round(target.stat().st_size / 2**20, 1),
    }


def bench() -> Iterator[dict[str, str | float]]:
    """A thousand records and ten times as many, each in a process of its own: its peak is what counts."""
    for count in (1_000, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            for step in ("made", "sealed"):
                call = [sys.executable, "-m", "tests.bench.rewrap", step, folder, str(count)]
                said = subprocess.run(call, check=True, capture_output=True, text=True).stdout
            yield json.loads(said)


def main() -> None:
    step, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    if step == "made":
        make(folder / "old.bundle", count)
    else:
        print(json.dumps(measure(folder / "old.bundle", folder / "new.bundle", count)))


if __name__ == "__main__":
    main()
