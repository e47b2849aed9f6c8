"""The files people sent, as Telegram's cloud holds them: an id each, and a path under which a bot downloads them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.pilot.text import Json
from cora_bot.base.chance import Chance

MOST_DOWNLOAD = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    path: str
    content: bytes


class Files:
    """By id. Nothing touches a disk."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._by_id: dict[str, Stored] = {}

    def keep(self, content: bytes, folder: str, **said: str) -> Json:
        """A file's JSON as a message carries it; ``said`` are its name and type, where the phone says them."""
        number = self._chance.bytes(12).hex()
        self._by_id[f"file-{number}"] = Stored(f"{folder}/file_{len(self._by_id)}", content)
        known = {name: text for name, text in said.items() if text}
        return {"file_id": f"file-{number}", "file_unique_id": number[:12], "file_size": len(content)} | known

    def find(self, file_id: str) -> Stored | None:
        return self._by_id.get(file_id)

    def at(self, path: str) -> Stored | None:
        """What a bot downloads from a path."""
        return next((one for one in self._by_id.values() if one.path == path), None)
