"""Pictures, sounds, films and files that people sent: put together from their parts, one part in memory at a time."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cora_bot.base.errors import CoraError
from cora_bot.base.values import Value
from cora_bot.export.bundle_facts import AGAIN
from cora_bot.export.bundle_reader import Bundle
from cora_bot.vault.agefile import Identity
from cora_bot.vault.record import open_record

FOLDER: Final = "media"
ATTACHMENT: Final = "attachment"
NAME: Final = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{1,5}")


class ListedFile(Value):
    """A file as its record lists it: ``parts`` are record ids in their order, ``sha256`` hex of the whole."""

    record: str
    name: str
    sha256: str
    parts: tuple[str, ...]


def listed(record: str, body: Mapping[str, Any]) -> ListedFile | None:
    """What a fragment says of its file; None where it was lost, or is no file."""
    file = body.get("file")
    if not isinstance(file, dict) or "lost" in file:
        return None
    return ListedFile(record, body["value"], file["sha256"], tuple(file["parts"]))


def well_formed(body: Mapping[str, Any]) -> bool:
    """Whether what a fragment says of a file, if it does, is in the format. A name is never a path."""
    file = body.get("file")
    if file is None:
        return True
    if not isinstance(file, dict) or NAME.fullmatch(str(body.get("value"))) is None:
        return False
    if "lost" in file:
        return isinstance(file["lost"], str)
    parts = file.get("parts")
    texts = isinstance(parts, list) and bool(parts) and all(isinstance(one, str) for one in parts)
    return texts and isinstance(file.get("sha256"), str)


def light(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body as it is kept while everything is put together: of a part only where it belongs."""
    return {key: value for key, value in body.items() if key != "content"} if kind == ATTACHMENT else body


def write_files(files: Iterable[ListedFile], folder: Path, bundle: Bundle, identities: Sequence[Identity]) -> None:
    """Writes each into ``folder``/media, readable by its owner alone. Raises ``CoraError`` for one that is damaged."""
    into = folder / FOLDER
    for number, file in enumerate(files):
        if number == 0:
            into.mkdir(mode=0o700)
        descriptor = os.open(into / file.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        digest = hashlib.sha256()
        with os.fdopen(descriptor, "wb") as opened:
            for part in file.parts:
                content = _content(part, bundle, identities)
                digest.update(content)
                opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        if digest.hexdigest() != file.sha256:
            raise CoraError(f"the file of record {file.record} is not what that record says", AGAIN)


def _content(part: str, bundle: Bundle, identities: Sequence[Identity]) -> bytes:
    sealed = bundle.sealed(part)
    _head, body = open_record(sealed, identities, study=bundle.manifest.study, case=None, record=part)
    try:
        return base64.b64decode(body["content"], validate=True)
    except (KeyError, TypeError, ValueError):
        raise CoraError(f"record {part} holds no part of a file", AGAIN) from None
