"""The file with the server's keys: JSON, under a passphrase (an age file) or as it is, for its owner only.

It belongs outside the data folder: a copied database with this file beside it is an open one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from cora_bot.base.chance import Chance
from cora_bot.base.errors import CoraError
from cora_bot.vault.agefile import WORK, is_agefile, open_with_passphrase, seal_with_passphrase
from cora_bot.vault.private_files import read_private, write_new
from cora_bot.vault.working import WorkingKeys

_KIND: Final = "cora server keys"
_VERSION: Final = 1


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    v: int
    id: str
    working: str
    contact: str
    link: str
    index: str


def save_keys(path: Path, keys: WorkingKeys, chance: Chance, *, passphrase: str | None, work: int = WORK) -> None:
    """A new file with mode 0600; ``passphrase`` None leaves it in the clear. Raises ``CoraError`` if it exists."""
    document = _Document(
        kind=_KIND,
        v=_VERSION,
        id=keys.id.hex(),
        working=keys.working.hex(),
        contact=keys.contact.hex(),
        link=keys.link.hex(),
        index=keys.index_key.hex(),
    )
    content = msgspec.json.encode(document) + b"\n"
    write_new(path, content if passphrase is None else seal_with_passphrase(content, passphrase, chance, work=work))


def load_keys(path: Path, *, passphrase: str | None = None) -> WorkingKeys:
    """The keys. Raises ``CoraError`` when others can read the file, ``NotOpened`` when the passphrase is wrong."""
    content = read_private(path)
    if is_agefile(content):
        if passphrase is None:
            raise CoraError(f"{path} is protected by a passphrase", "Give the passphrase of the server's key file.")
        content = open_with_passphrase(content, passphrase)
    try:
        return _keys(msgspec.json.decode(content, type=_Document))
    except (msgspec.DecodeError, ValueError):
        raise CoraError(f"{path} is not a server key file of version {_VERSION}") from None


def _keys(document: _Document) -> WorkingKeys:
    if (document.kind, document.v) != (_KIND, _VERSION):
        raise ValueError("kind or version")
    fields = (document.id, document.working, document.contact, document.link, document.index)
    return WorkingKeys(*(bytes.fromhex(text) for text in fields))
