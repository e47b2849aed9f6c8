"""How fast the vault seals and opens, on one core: JSON lines, no assertions. ``python -m tests.bench.vault``.

``of_bare_hpke`` sets each rate against the bare key encapsulation of the library, measured in the same run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import monotonic
from cora_bot.vault.agefile import Identity, open_sealed, open_with_passphrase, seal, seal_with_passphrase
from cora_bot.vault.erasure import new_erasure_key, unwrap, wrap
from cora_bot.vault.recipients import wrapped_key
from cora_bot.vault.record import RecordHead, open_record, seal_record
from cora_bot.vault.working import Purpose, WorkingKeys

CHANCE = SystemChance()
_AT = datetime(2026, 3, 1, tzinfo=UTC)
_BODY = {"answers": {f"/data/question_{number}": "option_code" for number in range(10)}}


def rate(operation: Callable[[], object], seconds: float = 1.0) -> float:
    """How often a second ``operation`` runs: the best of three."""
    best = 0.0
    for _ in range(3):
        count, start = 0, monotonic()
        while (elapsed := monotonic() - start) < seconds / 3:
            operation()
            count += 1
        best = max(best, count / elapsed)
    return best


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
            bare["seal" if name == "bare encapsulation" else "open"] = found
        line: dict[str, str | float] = {"bench": "vault", "what": name, "per_second": round(found, 1)}
        if "recipient" in name or "record, 1" in name or name == "open a record":
            line["of_bare_hpke"] = round(found / bare[name.split()[0]], 2)
        yield line


def main() -> None:
    for line in bench():
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
