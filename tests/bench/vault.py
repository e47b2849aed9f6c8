"""How fast the vault seals and opens, on one core: JSON lines, no assertions. ``python -m tests.bench.vault``.

Rates are the median of five runs: per second of the clock, and per second of this process's own computing, which is
what one core does when nobody else wants it. ``of_bare_hpke`` sets the latter against the bare key encapsulation of
the library, measured in the same run. The last lines seal bundles of 1,000 and 100,000 records anew, each in a process
of its own, and give the most memory that process ever held.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from time import process_time

from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import monotonic
from cora_bot.vault.agefile import Identity, open_sealed, open_with_passphrase, seal, seal_with_passphrase
from cora_bot.vault.erasure import new_erasure_key, unwrap, wrap
from cora_bot.vault.recipients import wrapped_key
from cora_bot.vault.record import RecordHead, open_record, seal_record
from cora_bot.vault.working import Purpose, WorkingKeys

CHANCE = SystemChance()
RUNS = 5
_AT = datetime(2026, 3, 1, tzinfo=UTC)
_BODY = {"answers": {f"/data/question_{number}": "option_code" for number in range(10)}}


@dataclass(frozen=True, slots=True)
class Rate:
    """How often ``operation`` runs: per second, and per second of its own computing."""

    per_second: float
    per_cpu_second: float


def rate(operation: Callable[[], object], seconds: float = 1.5) -> Rate:
    """The median of five runs that take ``seconds`` together."""
    found: list[tuple[float, float]] = []
    for _ in range(RUNS):
        count, start, computing = 0, monotonic(), process_time()
        while (elapsed := monotonic() - start) < seconds / RUNS or count == 0:
            operation()
            count += 1
        found.append((count / elapsed, count / max(process_time() - computing, 1e-6)))
    return Rate(median(one for one, _ in found), median(one for _, one in found))


def _head() -> RecordHead:
    names = {"study": "returnee_follow_up", "kind": "complete", "form": "check_in", "form_version": "3"}
    ids = {"case": "11" * 16, "record": "22" * 16, "session": "33" * 16, "form_hash": "44" * 32}
    return RecordHead(**names, **ids, wave="monthly", number=2, order=1, language="de", started_at=_AT, at=_AT)


def _operations() -> Iterator[tuple[str, Callable[[], object]]]:
    identities = [Identity.generate(CHANCE) for _ in range(2)]
    recipients = [identity.recipient for identity in identities]
    content = bytes(1000)
    wrapped_for_one = wrapped_key(recipients[0].wrap(bytes(16)))
    yield "bare encapsulation", lambda: recipients[0].wrap(bytes(16))
    yield "bare decapsulation", lambda: identities[0].unwrap(wrapped_for_one)
    one, two = seal(content, recipients[:1], CHANCE), seal(content, recipients, CHANCE)
    yield "seal 1000 bytes, 1 recipient", lambda: seal(content, recipients[:1], CHANCE)
    yield "seal 1000 bytes, 2 recipients", lambda: seal(content, recipients, CHANCE)
    yield "open 1000 bytes, 1 recipient", lambda: open_sealed(one, identities[:1])
    yield "open 1000 bytes as the first of 2", lambda: open_sealed(two, identities[:1])
    yield "open 1000 bytes as the second of 2", lambda: open_sealed(two, identities[1:])
    head = _head()
    record = seal_record(head, _BODY, recipients[:1], CHANCE)
    place = {"study": head.study, "case": head.case, "record": head.record}
    yield "seal a record, 1 recipient", lambda: seal_record(head, _BODY, recipients[:1], CHANCE)
    yield "open a record", lambda: open_record(record, identities[:1], **place)
    key = new_erasure_key(CHANCE)
    wrapped = wrap(key, record, CHANCE, case=b"case", record=b"record")
    yield "wrap a record", lambda: wrap(key, record, CHANCE, case=b"case", record=b"record")
    yield "unwrap a record", lambda: unwrap(key, wrapped, case=b"case", record=b"record")
    keys = WorkingKeys.generate(CHANCE)
    sealed = keys.seal(Purpose.SESSION, b"row", bytes(2000), CHANCE)
    yield "seal a 2 kB session", lambda: keys.seal(Purpose.SESSION, b"row", bytes(2000), CHANCE)
    yield "open a 2 kB session", lambda: keys.open(Purpose.SESSION, b"row", sealed)
    yield "index an address", lambda: keys.index(b"chat", b"1234567890")
    large = bytes(16 * 1024 * 1024)
    media = seal(large, recipients[:1], CHANCE)
    yield "seal 16 MiB", lambda: seal(large, recipients[:1], CHANCE)
    yield "open 16 MiB", lambda: open_sealed(media, identities[:1])
    key_file = seal_with_passphrase(content, "passphrase", CHANCE)
    yield "open a key file (scrypt 2^18)", lambda: open_with_passphrase(key_file, "passphrase")


def bench() -> Iterator[dict[str, str | float]]:
    """One measurement after another."""
    bare = {"seal": 0.0, "open": 0.0}
    for name, operation in _operations():
        found = rate(operation)
        if name.startswith("bare"):
            bare["seal" if name == "bare encapsulation" else "open"] = found.per_cpu_second
        line: dict[str, str | float] = {
            "bench": "vault",
            "what": name,
            "per_second": round(found.per_second, 1),
            "per_cpu_second": round(found.per_cpu_second, 1),
        }
        if "recipient" in name or "record, 1" in name or name == "open a record":
            line["of_bare_hpke"] = round(found.per_cpu_second / bare[name.split()[0]], 2)
        yield line
    for count in (1_000, 100_000):
        yield from rewrapping(count)


def rewrapping(count: int) -> Iterator[dict[str, str | float]]:
    """A bundle of ``count`` records for one recipient, sealed anew for two."""
    with tempfile.TemporaryDirectory() as folder:
        for step in ("made", "rewrapped"):
            script = [sys.executable, "-m", "tests.bench.rewrap", step, folder, str(count)]
            done = subprocess.run(script, capture_output=True, text=True, check=True)
            yield from (json.loads(line) for line in done.stdout.splitlines())


def main() -> None:
    for line in bench():
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
