"""Which files of a study's folder are its forms, and what reads them."""

from __future__ import annotations

from pathlib import Path

from cora_bot.base.kept import maker
from cora_bot.forms import load
from cora_bot.forms.load import SUFFIXES


def form_files(folder: Path) -> list[Path]:
    """By name; not what an office program or an editor leaves beside an open file."""
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES and path.name[0] not in "~.")


def form_maker() -> str:
    """Another text whenever forms may be read or compiled otherwise than before (``base/kept.py``)."""
    return maker(Path(load.__file__).parent, "openpyxl", "pyxform")
