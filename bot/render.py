"""A call of the outbox to a Bot API method and its payload. Pure.

Text is always plain: no ``parse_mode``, so nothing a participant typed and is shown back can become markup. Links are
never previewed (Telegram would fetch them) and messages are protected from forwarding and saving.
"""

from __future__ import annotations

from typing import TypedDict

import regex

from bot.callbacks import pack
from cora_bot.base.text import utf16_length
from cora_bot.dialogue.prompt import Prompt
from cora_bot.usecases.exchange import DeleteMessage, DeleteMessages, EditMessage, SendKey, SendMessage, SendPlace

TEXT_LIMIT = 4096  # UTF-16 code units
TOAST_LIMIT = 200
ELLIPSIS = "…"
PIN = "📍"  # all that is to be read of a message with a key

_GRAPHEME = regex.compile(r"\X")
_ISOLATE_OPENERS = "\u2066\u2067\u2068"
_ISOLATE_CLOSER = "\u2069"


Message = SendMessage | SendKey | SendPlace | EditMessage | DeleteMessage | DeleteMessages


class _Button(TypedDict):
    text: str
    callback_data: str


class _Keyboard(TypedDict):
    inline_keyboard: list[list[_Button]]


class _Key(TypedDict):
    text: str
    request_location: bool


class _PlaceKey(TypedDict):
    keyboard: list[list[_Key]]
    resize_keyboard: bool
    one_time_keyboard: bool


class _NoKey(TypedDict):
    remove_keyboard: bool


class _Preview(TypedDict):
    is_disabled: bool


class Payload(TypedDict, total=False):
    """The parameters used, as the Bot API names them."""

    chat_id: int
    message_id: int
    message_ids: tuple[int, ...]
    text: str
    latitude: float
    longitude: float
    link_preview_options: _Preview
    protect_content: bool
    disable_notification: bool
    reply_markup: _Keyboard | _PlaceKey | _NoKey
    allow_paid_broadcast: bool


def render(call: Message, address: int) -> tuple[str, Payload]:
    """Method and payload of one call to the chat ``address``."""
    match call:
        case SendMessage(prompt, silent):
            payload = _content(prompt, address)
            payload["protect_content"] = True
            payload["disable_notification"] = silent
            return "sendMessage", payload
        case SendKey(label):
            return "sendMessage", {
                "chat_id": address,
                "text": PIN,
                "protect_content": True,
                "disable_notification": True,
                "reply_markup": _key(label),
            }
        case SendPlace(latitude, longitude):
            return "sendLocation", {
                "chat_id": address,
                "latitude": latitude,
                "longitude": longitude,
                "protect_content": True,
                "disable_notification": True,
            }
        case EditMessage(message, prompt):
            payload = _content(prompt, address)
            payload["message_id"] = message
            return "editMessageText", payload
        case DeleteMessage(message):
            return "deleteMessage", {"chat_id": address, "message_id": message}
        case DeleteMessages(messages):
            return "deleteMessages", {"chat_id": address, "message_ids": messages}


def _content(prompt: Prompt, address: int) -> Payload:
    payload: Payload = {
        "chat_id": address,
        "text": shorten(prompt.text),
        "link_preview_options": {"is_disabled": True},
    }
    if prompt.rows:  # an edit without a keyboard takes the old one away
        payload["reply_markup"] = {
            "inline_keyboard": [
                [{"text": button.label, "callback_data": pack(button.press)} for button in row] for row in prompt.rows
            ]
        }
    return payload


def _key(label: str) -> _PlaceKey | _NoKey:
    """One key in place of the phone's keyboard, which goes once it is pressed; or none."""
    if not label:
        return {"remove_keyboard": True}
    key: _Key = {"text": label, "request_location": True}
    return {"keyboard": [[key]], "resize_keyboard": True, "one_time_keyboard": True}


def shorten(text: str, limit: int = TEXT_LIMIT) -> str:
    """``text``, or its longest beginning of whole characters that fits into ``limit`` units, with an ellipsis.

    Neither a surrogate pair nor a letter with its marks is cut apart, and direction isolates left open are closed.
    """
    if utf16_length(text) <= limit:
        return text
    kept: list[str] = []
    used = utf16_length(ELLIPSIS)
    opened = 0
    for grapheme in _GRAPHEME.findall(text):
        opened_then = max(0, opened + _balance(grapheme))
        size = utf16_length(grapheme)
        if used + size + opened_then > limit:
            break
        kept.append(grapheme)
        used += size
        opened = opened_then
    return "".join(kept) + ELLIPSIS + _ISOLATE_CLOSER * opened


def _balance(grapheme: str) -> int:
    return sum(letter in _ISOLATE_OPENERS for letter in grapheme) - grapheme.count(_ISOLATE_CLOSER)
