"""Who and what a chat is made of, and how the Bot API words it in JSON.

Rules: message ids grow and are never used again; a deleted message stays in memory, marked, so that a test can
count everything a person ever received.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.pilot.markup import Inline, Markup, Reply
from bot.pilot.text import Json


class ChatKind(StrEnum):
    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class User:
    """A Telegram account, a person's or the bot's."""

    id: int
    first_name: str
    language_code: str = ""
    username: str = ""
    is_bot: bool = False

    def as_json(self) -> Json:
        shown: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            shown["username"] = self.username
        if self.language_code:
            shown["language_code"] = self.language_code
        return shown


@dataclass(slots=True)
class Message:
    """One message. ``extra`` holds what only some kinds carry (sticker, voice, forward_origin …), ready as JSON."""

    message_id: int
    sender: User | None
    date: int
    text: str
    entities: list[Json] = field(default_factory=list)
    markup: Markup | None = None
    extra: Json = field(default_factory=dict)
    kind: str = "text"
    silent: bool = False
    protected: bool = False
    edit_date: int = 0
    deleted: bool = False
    reply_to: int = 0

    @property
    def from_bot(self) -> bool:
        return self.sender is not None and self.sender.is_bot

    @property
    def inline(self) -> Inline | None:
        return self.markup if isinstance(self.markup, Inline) else None


@dataclass(slots=True)
class Chat:
    """A chat the bot is or was in. ``reply_keyboard`` is what stands in place of the person's keyboard."""

    id: int
    kind: ChatKind
    name: str
    blocked: bool = False
    deactivated: bool = False
    started: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    reply_keyboard: Reply | None = None
    action: str = ""

    def living(self) -> tuple[Message, ...]:
        """What stands in the chat, oldest first."""
        return tuple(message for message in self.messages.values() if not message.deleted)

    def find(self, message_id: int) -> Message | None:
        """A message that is not deleted."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message

    def as_json(self) -> Json:
        name = "first_name" if self.kind is ChatKind.PRIVATE else "title"
        return {"id": self.id, name: self.name, "type": self.kind.value}


def message_json(chat: Chat, message: Message) -> Json:
    """A ``Message`` object as the bot receives it."""
    shown: Json = {"message_id": message.message_id, "chat": chat.as_json(), "date": message.date}
    if chat.kind is ChatKind.CHANNEL:
        shown["sender_chat"] = chat.as_json()
    elif message.sender is not None:
        shown["from"] = message.sender.as_json()
    if message.edit_date:
        shown["edit_date"] = message.edit_date
    if message.protected:
        shown["has_protected_content"] = True
    answered = chat.find(message.reply_to)
    if answered is not None and answered is not message:
        shown["reply_to_message"] = {
            key: value for key, value in message_json(chat, answered).items() if key != "reply_to_message"
        }
    shown |= message.extra
    if message.text and message.kind in ("text", "photo"):
        shown["text" if message.kind == "text" else "caption"] = message.text
        if message.entities:
            shown["entities" if message.kind == "text" else "caption_entities"] = message.entities
    if message.inline is not None:
        shown["reply_markup"] = message.inline.as_json()
    return shown


def inaccessible_json(chat: Chat, message_id: int) -> Json:
    """What stands in a callback query whose message is gone."""
    return {"message_id": message_id, "chat": chat.as_json(), "date": 0}
