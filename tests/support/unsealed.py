"""The control: the server with every seal switched off and a careless log.

What such a server writes is what the search for planted secrets must find. It exists in the tests alone.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

import bot.cli
from bot.receive import polling
from bot.request import AiohttpRequest
from cora_bot.base.chance import Chance
from cora_bot.cli import open_house, server_key_file
from cora_bot.usecases import bundle, sealing
from cora_bot.vault.record import RecordHead
from cora_bot.vault.working import Purpose, WorkingKeys


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def unseal() -> None:
    """Working keys, records and the erasure wrap do nothing; addresses, codes and update keys are their own index."""

    def seal(self: WorkingKeys, purpose: Purpose, context: bytes, plaintext: bytes, chance: Chance) -> bytes:
        return plaintext

    def open_(self: WorkingKeys, purpose: Purpose, context: bytes, sealed: bytes) -> bytes:
        return sealed

    def index(self: WorkingKeys, label: bytes, value: bytes) -> bytes:
        return label + b" " + value

    def seal_record(head: RecordHead, body: Mapping[str, Any], recipients: object, chance: Chance) -> bytes:
        return json.dumps({"case": head.case, "body": dict(body)}, ensure_ascii=False).encode()

    def wrapped(key: bytes, sealed: bytes, *_: object, case: bytes, record: bytes) -> bytes:
        return sealed

    WorkingKeys.seal, WorkingKeys.open, WorkingKeys.index = seal, open_, index  # type: ignore[method-assign]
    sealing.seal_record, sealing.wrap, bundle.unwrap = seal_record, wrapped, wrapped


def speak() -> None:
    """Logs what a careless programmer would log, spools updates to a temporary file, leaves cores."""
    digest, call, load_keys = polling.digest, AiohttpRequest.call, server_key_file.load_keys

    def spooled(fetched: Sequence[msgspec.Raw]) -> polling.Understood:
        with tempfile.NamedTemporaryFile(prefix="spool", delete=False) as spool:
            for update in fetched:
                spool.write(bytes(update) + b"\n")
                say(f"update {bytes(update).decode()}")
        return digest(fetched)

    async def called(self: AiohttpRequest, url: str, body: bytes, **how: Any) -> tuple[int, bytes]:
        say(f"call {url} {body.decode()}")
        return await call(self, url, body, **how)

    def loaded(*args: Any, **how: Any) -> WorkingKeys:
        keys = load_keys(*args, **how)
        say(f"keys {keys.working.hex()}")
        return keys

    polling.digest, AiohttpRequest.call, server_key_file.load_keys = spooled, called, loaded  # type: ignore[method-assign]
    bot.cli.no_core_dumps = open_house.no_core_dumps = lambda: None
