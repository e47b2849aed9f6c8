"""The server's key file: where it lies, what opens it, and what is put in its place when keys are exchanged.

It is named by CORA_SERVER_KEY, or handed over by systemd as the credential ``server.key``. Where it has a passphrase,
that comes from a file, from an open descriptor (``fd:3``), from the credential ``passphrase``, or is asked for at the
terminal: never from an argument or the environment, which every process list shows.
"""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

import click

from cora_bot.base.chance import Chance
from cora_bot.base.errors import CoraError
from cora_bot.settings import Settings
from cora_bot.vault import private_files
from cora_bot.vault.passphrase import as_typed
from cora_bot.vault.server_keys import has_passphrase, load_keys, replace_keys, save_keys
from cora_bot.vault.working import WorkingKeys

KEY, PASSPHRASE = "server.key", "passphrase"
"""Names of the credentials."""

_DESCRIPTOR = "fd:"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The file and its passphrase (None: it has none)."""

    path: Path
    passphrase: str | None = field(default=None, repr=False)

    def load(self) -> WorkingKeys:
        return load_keys(self.path, passphrase=self.passphrase)

    def replace(self, keys: WorkingKeys, chance: Chance) -> None:
        """``keys`` in the place of what is there, under the same passphrase."""
        replace_keys(self.path, keys, chance, passphrase=self.passphrase)

    def write(self, path: Path, keys: WorkingKeys, chance: Chance) -> None:
        """``keys`` into a new file, under the same passphrase."""
        save_keys(path, keys, chance, passphrase=self.passphrase)


def key_file(settings: Settings) -> KeyFile:
    """The server's key file, lying apart from what it protects; the passphrase is read or asked for. ``CoraError``."""
    path = key_path(settings)
    check_apart(settings, path, "the server's key file")
    words = settings.server_passphrase_file or _credential(settings, PASSPHRASE)
    if words is not None and not str(words).startswith(_DESCRIPTOR):
        check_apart(settings, words, "the file with the server key's passphrase")
    if words is not None:
        return KeyFile(path, _read(words))
    return KeyFile(path, _ask(path) if has_passphrase(path) and at_terminal() else None)


def key_path(settings: Settings) -> Path:
    """Where the file is said to be. Raises ``CoraError``."""
    path = settings.server_key or _credential(settings, KEY)
    if path is None:
        raise CoraError(
            "CORA_SERVER_KEY is not set", "Make the file with 'cora keys server' and name it there; outside CORA_HOME."
        )
    return path


def _credential(settings: Settings, name: str) -> Path | None:
    path = settings.credentials / name if settings.credentials else None
    return path if path and path.is_file() else None


def _read(words: Path) -> str:
    described = str(words).startswith(_DESCRIPTOR)
    content = _from_descriptor(str(words)) if described else private_files.read_private(words)
    return as_typed(content.decode("utf-8", "replace"))


def _from_descriptor(name: str) -> bytes:
    try:
        number = int(name.removeprefix(_DESCRIPTOR))
        mode = os.fstat(number).st_mode
        if stat.S_ISFIFO(mode) or stat.S_ISREG(mode):  # anything else the process has opened itself
            with os.fdopen(number, "rb") as opened:
                return opened.read()
    except (ValueError, OSError):
        pass
    raise CoraError(
        f"the passphrase of the server's key file could not be read from {name}",
        "The number is that of a descriptor the command was started with: cora run 3< file",
    )


def at_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def _ask(path: Path) -> str:
    return as_typed(str(click.prompt(f"Passphrase of {path.name}", hide_input=True, err=True)))


def check_apart(settings: Settings, path: Path, what: str) -> None:
    """Raises ``CoraError`` where ``path`` lies in the data folder, or in the very folder of one of the stores."""
    parents = path.resolve().parents
    stores = [file.resolve().parent for file in settings.store_files if file is not None]
    if settings.home.resolve() in parents:
        raise CoraError(
            f"{what} lies in the data folder {settings.home}",
            "Move it elsewhere: a copy of the folder would be a copy of everything.",
        )
    if parents[0] in stores:
        raise CoraError(
            f"{what} lies beside a database, in {path.parent}",
            "Move it elsewhere: a copy of the folder would be a copy of everything.",
        )
