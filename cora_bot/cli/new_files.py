"""Files a command writes: refused before any work where they could not be written."""

from __future__ import annotations

from pathlib import Path

from cora_bot.base.errors import CoraError


def check_new(path: Path, hint: str, *suffixes: str) -> None:
    """Raises CoraError for another kind of file (``hint`` says what to do instead), a taken name, a missing folder."""
    if path.suffix.lower() not in suffixes:
        raise CoraError(f"{path} does not end in {' or '.join(suffixes)}", hint)
    if path.exists():
        raise CoraError(f"{path} exists already and is not overwritten", "Choose another name.")
    if not path.absolute().parent.is_dir():
        raise CoraError(f"there is no folder {path.absolute().parent}", "Make it first, or choose another place.")
