"""One file of a backup: a tar archive with a manifest and the copy of one store, sealed as an age file.

Records and key store are two files, so that each can be kept as long as it may be: an old copy of the key store brings
back who was erased since. ``age --decrypt FILE | tar x`` reads them without this program.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Final, cast

import msgspec

from cora_bot.base.chance import Chance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.vault import private_files
from cora_bot.vault.age_files import OpenedReader, SealedWriter
from cora_bot.vault.agefile import WORK, Identity, Recipient

KIND: Final = "cora backup"
MANIFEST: Final = "manifest.json"
STORE: Final = {"sqlite": "store.db", "postgresql": "store.dump"}
Sealing = Sequence[Recipient] | str
Opening = Sequence[Identity] | str


class Part(StrEnum):
    """Which store a file holds; files are named after it."""

    RECORDS = "records"
    KEYS = "keys"


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file says of itself. ``changes``: how often the key store had been changed when the copy was whole."""

    part: Part
    study: str
    keystore: str
    changes: int
    generations: tuple[str, ...]
    engine: str
    at: datetime
    kind: str = KIND
    v: int = 1


def write(
    path: Path, manifest: Manifest, files: Mapping[str, Path], to: Sealing, chance: Chance, *, work: int = WORK
) -> None:
    """A new file, for its owner alone, whole or not at all. Raises ``CoraError``."""
    with private_files.new_file(path) as target:
        sealed = SealedWriter(target, to, chance, work=work)
        with tarfile.open(fileobj=cast("IO[bytes]", sealed), mode="w|") as archive:
            _add(archive, MANIFEST, io.BytesIO(msgspec.json.encode(manifest)))
            for name, source in files.items():
                with source.open("rb") as opened:
                    _add(archive, name, opened)
        sealed.close()


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.mode, entry.size = 0o600, content.seek(0, io.SEEK_END)
    content.seek(0)
    archive.addfile(entry, content)


def read(path: Path, folder: Path, by: Opening) -> Manifest:
    """Unpacks into ``folder`` (new, private files) and gives the manifest. Raises ``NotOpened``, ``CoraError``."""
    what = f"{path}"
    try:
        with path.open("rb") as source:
            opened = OpenedReader(source, by, what=what)
            manifest = _unpack(opened, folder, what)
            while opened.read(1 << 16):
                pass  # to the last chunk: only then is the whole of it proved
            return manifest
    except (tarfile.TarError, msgspec.DecodeError):
        raise CoraError(f"{path} is not a backup of this program") from None
    except OSError as error:
        raise CoraError(f"{path} could not be unpacked: {error.strerror}", "Is there room?") from None


def _unpack(opened: OpenedReader, folder: Path, what: str) -> Manifest:
    manifest: Manifest | None = None
    with tarfile.open(fileobj=cast("IO[bytes]", opened), mode="r|") as archive:
        for entry in archive:
            content: Any = archive.extractfile(entry)
            if content is None or "/" in entry.name or entry.name.startswith("."):
                raise NotOpened(what)
            if entry.name == MANIFEST:
                manifest = msgspec.json.decode(content.read(), type=Manifest)
            else:
                _keep(content, folder / entry.name)
    if manifest is None or (manifest.kind, manifest.v) != (KIND, 1):
        raise CoraError(f"{what} is not a backup of this program")
    return manifest


def _keep(content: IO[bytes], path: Path) -> None:
    with private_files.new_file(path) as target:
        while piece := content.read(1 << 20):
            target.write(piece)
