"""Where the things shipped beside the code lie: ``locales`` and ``surveys``.

An installed wheel carries them inside the package (``cora_bot/shipped``); a checkout has them next to it. The wheel's
copy is looked for first: what lies beside an installed package belongs to somebody else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cora_bot.base.errors import CoraError

PACKAGE: Final = Path(__file__).resolve().parent.parent


def shipped(name: str, *, package: Path = PACKAGE) -> Path:
    """The folder ``name`` (``locales`` or ``surveys``). Raises CoraError when the installation is incomplete."""
    for folder in (package / "shipped" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise CoraError(f"the folder {name} is missing from this installation", "Install CoR.A Bot anew.")
