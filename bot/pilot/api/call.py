"""What every method gets and how it refuses: parameters in any of the API's encodings, errors with Telegram's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NoReturn

from bot.pilot.messages import Chat, ChatKind
from bot.pilot.text import Json
from bot.pilot.world import World

PREFIXES = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


class ApiError(Exception):
    """A refusal, as the caller reads it."""

    def __init__(self, code: int, description: str, *, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def as_json(self) -> Json:
        shown: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after:
            shown["parameters"] = {"retry_after": self.retry_after}
        return shown


def refuse(description: str, *, code: int = 400) -> NoReturn:
    """Raises an ApiError with the prefix that belongs to the code."""
    raise ApiError(code, f"{PREFIXES[code]}: {description}")


def flood(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


class Parameters:
    """A call's parameters. Form fields and query parameters are text, JSON bodies have types: both read alike."""

    def __init__(self, given: Mapping[str, object]) -> None:
        self.given = dict(given)

    def has(self, name: str) -> bool:
        return self.given.get(name) not in (None, "")

    def text(self, name: str) -> str:
        value = self.given.get(name)
        return "" if value is None else value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; what cannot be read counts as the default, as Telegram does."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in ("true", "1", "yes", "t", "y")

    def json(self, name: str) -> object:
        """A structured parameter, given as such or as JSON text; None when absent or unreadable."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        try:
            read: object = json.loads(value)
        except ValueError:
            return None
        return read

    def objects(self, name: str) -> list[Json]:
        value = self.json(name)
        return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def find_chat(world: World, call: Parameters, *, writing: bool) -> Chat:
    """The chat a call names. Refuses an unknown one, and, for ``writing``, one that shut the bot out."""
    if not call.has("chat_id"):
        refuse("chat_id is empty")
    chat = world.chats.get(call.integer("chat_id"))
    if chat is None or not chat.started:
        refuse("chat not found")
    if writing and chat.deactivated:
        refuse("user is deactivated", code=403)
    if chat.blocked and (writing or chat.kind is not ChatKind.PRIVATE):
        who = "blocked by the user" if chat.kind is ChatKind.PRIVATE else f"kicked from the {chat.kind} chat"
        refuse(f"bot was {who}", code=403)
    return chat
