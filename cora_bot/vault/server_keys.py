"""The file with the server's keys: JSON, under a passphrase (an age file) or as it is, for its owner only.

It belongs outside the data folder: a copied database with this file beside it is an open one. While keys are being
exchanged it holds several generations, the newest first.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Final

import msgspec

from cora_bot.base.chance import Chance
from cora_bot.base.errors import CoraError
from cora_bot.vault.agefile import WORK, is_agefile, open_with_passphrase, seal_with_passphrase
from cora_bot.vault.private_files import read_private, replace, write_new
from cora_bot.vault.working import WorkingKeys

_KIND: Final = "cora server keys"
_VERSION: Final = 1


class _Generation(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: str
    working: str
    contact: str
    link: str
    index: str
    made: int = 0


class _Document(_Generation, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    kind: str
    v: int
    others: list[_Generation] = []


def save_keys(path: Path, keys: WorkingKeys, chance: Chance, *, passphrase: str | None, work: int = WORK) -> None:
    """A new file with mode 0600; ``passphrase`` None leaves it in the clear. Raises ``CoraError`` if it exists."""
    write_new(path, _content(keys, chance, passphrase, work))


def replace_keys(path: Path, keys: WorkingKeys, chance: Chance, *, passphrase: str | None, work: int = WORK) -> None:
    """The same in the place of a file that is there, in one step. Raises ``CoraError``, and then it is as it was."""
    replace(path, _content(keys, chance, passphrase, work))


def _content(keys: WorkingKeys, chance: Chance, passphrase: str | None, work: int) -> bytes:
    newest, *others = [_spelled(one) for one in keys.generations]
    document = _Document(kind=_KIND, v=_VERSION, others=others, **msgspec.structs.asdict(newest))
    content = msgspec.json.encode(document) + b"\n"
    return content if passphrase is None else seal_with_passphrase(content, passphrase, chance, work=work)


def _spelled(keys: WorkingKeys) -> _Generation:
    return _Generation(
        id=keys.id.hex(),
        working=keys.working.hex(),
        contact=keys.contact.hex(),
        link=keys.link.hex(),
        index=keys.index_key.hex(),
        made=keys.made,
    )


def load_keys(path: Path, *, passphrase: str | None = None) -> WorkingKeys:
    """The keys. Raises ``CoraError`` when others can read the file, ``NotOpened`` when the passphrase is wrong."""
    content = read_private(path)
    if is_agefile(content):
        if passphrase is None:
            raise CoraError(
                f"{path} is protected by a passphrase",
                "Name a file with it in CORA_SERVER_PASSPHRASE_FILE, or start the command at a terminal, which asks.",
            )
        content = open_with_passphrase(content, passphrase)
    try:
        return _keys(msgspec.json.decode(content, type=_Document))
    except (msgspec.DecodeError, ValueError):
        raise CoraError(f"{path} is not a server key file of version {_VERSION}") from None


def has_passphrase(path: Path) -> bool:
    """Whether the file needs one. Raises ``CoraError`` when others can read it."""
    return is_agefile(read_private(path))


def _keys(document: _Document) -> WorkingKeys:
    if (document.kind, document.v) != (_KIND, _VERSION):
        raise ValueError("kind or version")
    others = tuple(_generation(each) for each in document.others)
    return dataclasses.replace(_generation(document), others=others).newest


def _generation(document: _Generation) -> WorkingKeys:
    fields = (document.id, document.working, document.contact, document.link, document.index)
    key_id, working, contact, link, index = (bytes.fromhex(text) for text in fields)
    return WorkingKeys(key_id, working, contact, link, index, document.made)
