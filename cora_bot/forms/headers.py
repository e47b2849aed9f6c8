"""Which columns hold texts, and in which language: ``label::English (en)``, or ``label`` for the default language."""

from __future__ import annotations

import re
from typing import Any

from cora_bot.forms.texts import language_code

TRANSLATED = {
    "label": "label",
    "hint": "hint",
    "guidance_hint": "guidance_hint",
    "constraint_message": "constraint_message",
    "constraint message": "constraint_message",
    "required_message": "required_message",
    "required message": "required_message",
}
COLUMN = re.compile(r"^(?:bind::)?(.+?)\s*::?\s*(.+)$")


def name_default_language(book: dict[str, Any]) -> None:
    """Writes the settings' default language into headers that name none: pyxform would forget it otherwise."""
    settings: dict[str, str] = next(iter(book.get("settings") or ()), {})
    default = str(settings.get("default_language", "")).strip()
    if not language_code(default):
        return
    for sheet in ("survey", "choices"):
        headers: dict[str, None] = next(iter(book.get(f"{sheet}_header") or ()), {})
        renamed = {
            header: f"{header}::{default}"
            for header in headers
            if str(header).strip().lower() in TRANSLATED and f"{header}::{default}" not in headers
        }
        if renamed:
            book[f"{sheet}_header"] = [{renamed.get(header, header): None for header in headers}]
            book[sheet] = [{renamed.get(key, key): cell for key, cell in row.items()} for row in book[sheet]]
