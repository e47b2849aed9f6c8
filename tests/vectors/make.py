"""Adds to ``vault.json`` what it lacks: ``python -m tests.vectors.make``. What stands there is never made again.

The vectors are for opening. A format that changes gets a new version and a vector of its own beside the old one.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cora_bot.base.chance import SeededChance
from cora_bot.study.meaning import digests
from cora_bot.vault.agefile import Identity, seal, seal_with_passphrase
from cora_bot.vault.drill import answer_drill, make_drill
from cora_bot.vault.erasure import wrap
from cora_bot.vault.identity import ResearcherKey, encode_verify_key
from cora_bot.vault.padding import pad
from cora_bot.vault.record import RecordHead, seal_record
from cora_bot.vault.shares import split
from cora_bot.vault.statements import Chain, Statement
from cora_bot.vault.working import Purpose, WorkingKeys

PATH = Path(__file__).with_name("vault.json")
AT = datetime(2026, 3, 1, 9, 30, 0, 120_000, tzinfo=UTC)
CHANCE = SeededChance("vectors of version 1")
ANNA, BEHAR = Identity.generate(CHANCE), Identity.generate(CHANCE)
PASSPHRASE = "vectors are not secret"


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def content(size: int) -> bytes:
    """``size`` bytes that need not be stored with the vector."""
    return SeededChance(f"content {size}").bytes(size)


def _keys() -> list[dict[str, str]]:
    return [
        {
            "seed": one.seed.hex(),
            "identity": one.encode(),
            "recipient": one.recipient.encode(),
            "fingerprint": one.recipient.fingerprint(),
        }
        for one in (ANNA, BEHAR)
    ]


def _files() -> list[dict[str, Any]]:
    both = [ANNA.recipient, BEHAR.recipient]
    return [{"size": size, "sealed": text(seal(content(size), both, CHANCE))} for size in (0, 1, 1000)]


def _head() -> RecordHead:
    names = {"study": "returnee_follow_up", "kind": "complete", "form": "check_in", "form_version": "3"}
    ids = {"case": "11" * 16, "record": "22" * 16, "session": "33" * 16, "form_hash": "44" * 32}
    return RecordHead(**names, **ids, wave="monthly", number=2, order=1, language="fa-AF", started_at=AT, at=AT)


def _record() -> dict[str, Any]:
    head, body = _head(), {"answers": {"/data/work": "yes", "/data/why": "کار یافتم"}}
    named = asdict(head) | {"started_at": "2026-03-01T09:30:00.120Z", "at": "2026-03-01T09:30:00.120Z"}
    return {"head": named, "body": body, "sealed": text(seal_record(head, body, [ANNA.recipient], CHANCE))}


def _wrap() -> dict[str, str]:
    key, case, record = CHANCE.bytes(32), CHANCE.bytes(16), CHANCE.bytes(16)
    wrapped = wrap(key, b"sealed", CHANCE, case=case, record=record)
    return {"key": key.hex(), "case": case.hex(), "record": record.hex(), "wrapped": text(wrapped)}


def _working(standing: dict[str, Any] | None) -> dict[str, Any]:
    """One value for each purpose. A purpose that is new is sealed under the keys that stand."""
    fields = standing["keys"] if standing else _fields(WorkingKeys.generate(CHANCE))
    keys = WorkingKeys(**{name: bytes.fromhex(value) for name, value in fields.items()})
    chance = {purpose: SeededChance(f"vector of {purpose}") for purpose in Purpose}
    sealed = {each.value: text(keys.seal(each, b"row", each.encode(), chance[each])) for each in Purpose}
    kept = standing["sealed"] if standing else {}
    return {"keys": fields, "sealed": sealed | kept, "index": keys.index(b"chat", b"12345").hex()}


def _fields(keys: WorkingKeys) -> dict[str, str]:
    named = {"id": keys.id, "working": keys.working, "contact": keys.contact, "link": keys.link}
    return {name: value.hex() for name, value in (named | {"index_key": keys.index_key}).items()}


def _key_file() -> dict[str, str]:
    key = ResearcherKey.generate("Vector", CHANCE, created=date(2026, 3, 1))
    sealed = seal_with_passphrase(key.document().encode(), PASSPHRASE, CHANCE, work=4)
    return {
        "passphrase": PASSPHRASE,
        "sealed": text(sealed),
        "public": key.public().document(),
        "signed": text(key.sign(b"message")),
    }


def _drill() -> dict[str, str]:
    sealed, proof = make_drill(ANNA.recipient, CHANCE, study="returnee_follow_up", at=AT)
    phrase = answer_drill(sealed, ANNA)
    return {"sealed": text(sealed), "phrase": phrase, "salt": proof.salt.hex(), "expected": proof.expected.hex()}


def _classic() -> dict[str, str]:
    """The same 32 bytes as Anna's hybrid key: another key all the same."""
    one = Identity(ANNA.seed, classic=True)
    return {
        "identity": one.encode(),
        "recipient": one.recipient.encode(),
        "fingerprint": one.recipient.fingerprint(),
        "sealed": text(seal(content(1000), [one.recipient], CHANCE)),
    }


def _shares() -> dict[str, Any]:
    made = split(ANNA, shares=3, need=2)
    return {"fingerprint": ANNA.recipient.fingerprint(), "sheets": [" ".join(share.words) for share in made]}


def _signatures() -> dict[str, Any]:
    """Two statements: Anna approves herself and Behar, Behar approves a changed study."""
    both = [ResearcherKey(name, "", date(2026, 3, 1), one) for name, one in (("A", ANNA), ("B", BEHAR))]
    chain = Chain()
    for number, key in enumerate(both, start=1):
        statement = Statement(
            study="returnee_follow_up",
            number=number,
            previous=chain.newest.digest() if chain.newest else "",
            at="2026-03-01T09:30:00Z",
            recipients=tuple(each.identity.recipient.fingerprint() for each in both),
            signers={each.identity.recipient.fingerprint(): _verify_key(each) for each in both},
            parts=digests(f'recipients = []\ntitle = "Vørsion {number}"\nday = 2026-03-01\n'),
        )
        chain = chain.followed_by(statement).signed_as(key)
    return {"document": chain.document().decode(), "digests": [each.statement.digest() for each in chain.signed]}


def _verify_key(key: ResearcherKey) -> str:
    return encode_verify_key(key.public().verify_key)


def main() -> None:
    standing = json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}
    vectors = {
        "keys": _keys(),
        "files": _files(),
        "padded": pad(b'{"v":1}').decode(),
        "record": _record(),
        "wrap": _wrap(),
        "working": _working(standing.get("working")),
        "key_file": _key_file(),
        "drill": _drill(),
        "classic": _classic(),
        "shares": _shares(),
        "signatures": _signatures(),
    }
    vectors |= {name: kept for name, kept in standing.items() if name != "working"}
    PATH.write_text(json.dumps(vectors, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
