"""Limits that rooms without a door between them share."""

from __future__ import annotations

from typing import Final

MEGABYTE: Final = 1024 * 1024
MOST_FILE_BYTES: Final = 15 * MEGABYTE
"""Of a file that somebody sends; Telegram hands a bot 20 MB at most."""
