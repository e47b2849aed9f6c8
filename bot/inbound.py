"""A Telegram update, as bytes, to what happened: ``Arrived`` or ``Ignored``. Pure; never raises for any bytes.

Only the fields named here are decoded. Only private chats are served. Every update has a natural key: message ids and
edit dates, the callback's id, the date of a membership change; Telegram's update ids may repeat after a quiet week.
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from bot.callbacks import unpack
from cora_bot.base.values import Value
from cora_bot.dialogue.inputs import (
    Blocked,
    Command,
    CommandName,
    Input,
    Pressed,
    SentFile,
    Spot,
    Start,
    Text,
    Unblocked,
    Unusable,
)
from cora_bot.usecases.exchange import Arrived

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

TOKEN_LIMIT = 64
HINT_LIMIT = 35  # the longest language tag that needs no truncation, RFC 5646

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]+)?(?:\s+(.*))?", re.DOTALL)
_COMMANDS = {name.value: name for name in CommandName}

_Id64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_Id31 = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
_CallbackId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Present = msgspec.Raw  # the field's content is not looked at
_ABSENT = msgspec.Raw()


class Ignored(Value):
    """An update nobody needs to hear of. ``callback`` is the id of a press whose spinner is to be stopped, or empty."""

    reason: str
    callback: str = ""


class _Chat(msgspec.Struct):
    id: _Id64
    type: str


class _User(msgspec.Struct):
    id: _Id64
    is_bot: bool = False
    language_code: str | None = None


class _Location(msgspec.Struct):
    latitude: float
    longitude: float
    horizontal_accuracy: float = 0
    live_period: int = 0


class _File(msgspec.Struct):
    file_id: str
    file_size: int = 0
    file_name: str = ""
    mime_type: str = ""


class _Message(msgspec.Struct, rename={"sender": "from"}):
    message_id: _Id31
    chat: _Chat
    date: _Id64 = 0
    edit_date: _Id64 = 0
    sender: _User | None = None
    text: str | None = None
    forward_origin: _Present = _ABSENT
    forward_date: _Present = _ABSENT
    via_bot: _Present = _ABSENT
    animation: _File | None = None
    audio: _File | None = None
    checklist: _Present = _ABSENT
    contact: _Present = _ABSENT
    dice: _Present = _ABSENT
    document: _File | None = None
    game: _Present = _ABSENT
    location: _Location | None = None
    paid_media: _Present = _ABSENT
    photo: list[_File] | None = None
    poll: _Present = _ABSENT
    sticker: _Present = _ABSENT
    story: _Present = _ABSENT
    venue: _Present = _ABSENT
    video: _File | None = None
    video_note: _File | None = None
    voice: _File | None = None


# A venue carries its location and an animation its document as well: the more telling sort comes first.
_SORTS = (
    "venue", "animation", "photo", "sticker", "voice", "video", "video_note", "audio", "document", "contact",
    "poll", "dice", "story", "game", "paid_media", "checklist",
)  # fmt: skip


_FILES = frozenset({"animation", "photo", "voice", "video", "video_note", "audio", "document"})


class _Callback(msgspec.Struct, rename={"sender": "from"}):
    id: _CallbackId
    sender: _User
    message: _Message | None = None
    data: str | None = None


class _CallbackOnly(msgspec.Struct):
    id: _CallbackId


class _UnreadableCallback(msgspec.Struct):
    callback_query: _CallbackOnly | None = None


class _Member(msgspec.Struct):
    status: str


class _Membership(msgspec.Struct):
    chat: _Chat
    date: _Id64
    new_chat_member: _Member


class _Update(msgspec.Struct):
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Callback | None = None
    my_chat_member: _Membership | None = None


class _Numbered(msgspec.Struct):
    update_id: _Id64


_DECODER = msgspec.json.Decoder(_Update)
_NUMBER = msgspec.json.Decoder(_Numbered)
_CALLBACK = msgspec.json.Decoder(_UnreadableCallback)


def update_id(update: bytes | msgspec.Raw) -> int | None:
    """The update's number, for the next offset; None when there is none to read."""
    try:
        return _NUMBER.decode(update).update_id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def understand(update: bytes | msgspec.Raw) -> Arrived | Ignored:
    """What happened, in the dialogue's terms."""
    try:
        read = _DECODER.decode(update)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Ignored("unreadable", _callback_of(update))
    if read.message is not None:
        return _message(read.message)
    if read.edited_message is not None:
        return _edited(read.edited_message)
    if read.callback_query is not None:
        return _pressed(read.callback_query)
    if read.my_chat_member is not None:
        return _membership(read.my_chat_member)
    return Ignored("kind")


def _callback_of(update: bytes | msgspec.Raw) -> str:
    try:
        read = _CALLBACK.decode(update)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return read.callback_query.id if read.callback_query else ""


def _not_a_person(message: _Message) -> Ignored | None:
    if message.chat.type != "private":
        return Ignored("not_private")
    if message.sender is None or message.sender.is_bot:
        return Ignored("bot")
    return None


def _message(message: _Message) -> Arrived | Ignored:
    ignored = _not_a_person(message)
    if ignored is not None:
        return ignored
    said = _said(message)
    return said if isinstance(said, Ignored) else Arrived(_key(message), message.chat.id, said)


def _edited(message: _Message) -> Arrived | Ignored:
    ignored = _not_a_person(message)
    if ignored is not None:
        return ignored
    return Arrived(_key(message), message.chat.id, Unusable("edit", message.message_id, _hint(message)))


def _said(message: _Message) -> Input | Ignored:
    hint = _hint(message)
    own = not (_has(message.forward_origin) or _has(message.forward_date) or _has(message.via_bot))
    if message.text is None:
        return _sent(message, hint, own=own)
    # What another bot or chat wrote is not this person's answer, and must not start anything.
    if not own:
        return Unusable("forward", message.message_id, hint)
    if not message.text.strip():
        return Ignored("empty")
    return _typed(message.text, message.message_id, hint)


def _sent(message: _Message, hint: str, *, own: bool) -> Input | Ignored:
    """Of a message without a text: what it brings."""
    for sort in _SORTS:
        held = getattr(message, sort)
        if sort in _FILES and held:
            return Unusable(sort, message.message_id, hint, file=_file(sort, held) if own else None)
        if sort not in _FILES and _has(held):
            return Unusable(sort, message.message_id, hint)
    if message.location is not None:
        return Unusable("location", message.message_id, hint, spot=_spot(message.location) if own else None)
    return Ignored("service")


def _spot(location: _Location) -> Spot | None:
    """A place that is sent once. One that goes on being sent would tell more than was asked."""
    if location.live_period:
        return None
    return Spot(location.latitude, location.longitude, location.horizontal_accuracy)


def _file(sort: str, held: _File | list[_File]) -> SentFile:
    """Of a photo the largest: Telegram lists its sizes from small to large."""
    file = held[-1] if isinstance(held, list) else held
    return SentFile(file.file_id, sort, file.file_size, file.file_name, file.mime_type)


def _typed(text: str, number: int, hint: str) -> Input:
    command = _COMMAND.fullmatch(text.strip())
    if command is None:
        return Text(text, number, hint)
    name = command[1].lower()
    if name == "start":
        return Start((command[2] or "").strip()[:TOKEN_LIMIT], number, hint)
    if name in _COMMANDS:
        return Command(_COMMANDS[name], number, hint)
    return Unusable("command", number, hint)


def _pressed(callback: _Callback) -> Arrived | Ignored:
    message = callback.message
    if message is None or message.chat.type != "private" or callback.sender.is_bot:
        return Ignored("not_private", callback.id)
    press = unpack(callback.data or "")
    if press is None:
        return Ignored("callback_data", callback.id)
    return Arrived(f"c:{callback.id}", message.chat.id, Pressed(press, message.message_id))


def _membership(change: _Membership) -> Arrived | Ignored:
    if change.chat.type != "private":
        return Ignored("not_private")
    status = change.new_chat_member.status
    key = f"b:{change.chat.id}:{change.date}:{status}"
    match status:
        case "kicked":
            return Arrived(key, change.chat.id, Blocked())
        case "member":
            return Arrived(key, change.chat.id, Unblocked())
        case _:
            return Ignored("membership")


def _key(message: _Message) -> str:
    return f"m:{message.chat.id}:{message.message_id}:{message.edit_date}"


def _hint(message: _Message) -> str:
    return ((message.sender and message.sender.language_code) or "")[:HINT_LIMIT]


def _has(field: msgspec.Raw) -> bool:
    return bytes(field) not in (b"", b"null")
