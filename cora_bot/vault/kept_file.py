"""``Kept`` on the disk, sealed with the server's key: whoever only writes to the disk cannot slip a form under.

A file that does not open, or is none, is as good as none: everything is made again.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec

from cora_bot.base.chance import Chance
from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.base.kept import Kept
from cora_bot.vault import private_files
from cora_bot.vault.working import Purpose, WorkingKeys

_SLOTS = msgspec.msgpack.Decoder(dict[str, tuple[str, bytes]])
_CONTEXT = b"made from the study's files"


def read_kept(path: Path, keys: WorkingKeys) -> Kept:
    """What an earlier process kept there; nothing where that cannot be read. Never raises for what lies there."""
    try:
        sealed = path.read_bytes()
        return Kept(_SLOTS.decode(keys.open(Purpose.KEPT, _CONTEXT, sealed)))
    except (OSError, NotOpened, msgspec.MsgspecError):
        return Kept()


def write_kept(path: Path, kept: Kept, keys: WorkingKeys, chance: Chance) -> None:
    """Keeps it, where anything was made that does not lie there yet. A full disk is no reason not to go on."""
    if not kept.changed:
        return
    sealed = keys.seal(Purpose.KEPT, _CONTEXT, msgspec.msgpack.encode(kept.slots), chance)
    with contextlib.suppress(CoraError):
        private_files.replace(path, sealed)
