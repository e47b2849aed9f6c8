"""Keyboards: what a bot sent, checked as Telegram checks it, kept as values, given back as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.pilot.text import Json, MarkupError

MAX_CALLBACK_BYTES = 64
MAX_BUTTONS = 100
MAX_BUTTONS_IN_ROW = 8


@dataclass(frozen=True, slots=True)
class Button:
    """One button. ``callback_data`` or ``url`` on inline ones; ``request`` (contact, location) on reply keyboards."""

    text: str
    callback_data: str | None = None
    url: str | None = None
    request: str = ""

    def as_json(self) -> Json:
        shown: Json = {"text": self.text}
        if self.callback_data is not None:
            shown["callback_data"] = self.callback_data
        if self.url is not None:
            shown["url"] = self.url
        return shown


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Inline:
    """Buttons under a message."""

    rows: Rows

    def as_json(self) -> Json:
        return {"inline_keyboard": [[button.as_json() for button in row] for row in self.rows]}


@dataclass(frozen=True, slots=True)
class Reply:
    """Buttons in place of the keyboard; pressing one types its text."""

    rows: Rows
    one_time: bool = False
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Remove:
    """The reply keyboard goes."""


@dataclass(frozen=True, slots=True)
class Force:
    """The person is asked to reply to this message."""

    placeholder: str = ""


Markup = Inline | Reply | Remove | Force


def parse_markup(given: object) -> Markup | None:
    """A ``reply_markup`` parameter: JSON text, an object, or nothing. Raises MarkupError with Telegram's words."""
    if given is None or given == "":
        return None
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            raise MarkupError("can't parse reply keyboard markup JSON object") from None
    if given is None or given == {}:
        return None
    if not isinstance(given, dict):
        raise MarkupError("object expected as reply markup")
    if "inline_keyboard" in given:
        rows = _rows(given["inline_keyboard"], inline=True)
        return Inline(rows) if rows else None
    if "keyboard" in given:
        rows = _rows(given["keyboard"], inline=False)
        one_time = bool(given.get("one_time_keyboard"))
        return Reply(rows, one_time, str(given.get("input_field_placeholder", "")))
    if given.get("remove_keyboard"):
        return Remove()
    return Force(str(given.get("input_field_placeholder", ""))) if given.get("force_reply") else None


def _rows(given: object, *, inline: bool) -> Rows:
    kind = "inline keyboard" if inline else "keyboard"
    if not isinstance(given, list):
        raise MarkupError(f'field "{"inline_keyboard" if inline else "keyboard"}" must be of type Array')
    rows: list[tuple[Button, ...]] = []
    for row in given:
        if not isinstance(row, list):
            raise MarkupError(f"can't parse {kind} button row: expected an Array of buttons")
        buttons = tuple(_inline_button(one) if inline else _reply_button(one) for one in row)
        if buttons:
            rows.append(buttons)
    if sum(len(row) for row in rows) > MAX_BUTTONS or any(len(row) > MAX_BUTTONS_IN_ROW for row in rows):
        raise MarkupError("REPLY_MARKUP_TOO_LONG")
    return tuple(rows)


def _inline_button(given: object) -> Button:
    if not isinstance(given, dict):
        raise MarkupError("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = _label(given, "inline keyboard")
    if "callback_data" in given:
        held = given["callback_data"]
        if not isinstance(held, str) or not 1 <= len(held.encode("utf-8", "surrogatepass")) <= MAX_CALLBACK_BYTES:
            raise MarkupError("BUTTON_DATA_INVALID")
        return Button(text, callback_data=held)
    url = given.get("url")
    if isinstance(url, str) and url:
        if not url.startswith(("https://", "http://", "tg://")):
            raise MarkupError("inline keyboard button URL is invalid: unsupported URL protocol")
        return Button(text, url=url)
    raise MarkupError("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")


def _reply_button(given: object) -> Button:
    if isinstance(given, str):
        given = {"text": given}
    if not isinstance(given, dict):
        raise MarkupError("can't parse keyboard button: KeyboardButton must be an Object")
    request = "contact" if given.get("request_contact") else "location" if given.get("request_location") else ""
    return Button(_label(given, "keyboard"), request=request)


def _label(given: Json, kind: str) -> str:
    text = given.get("text")
    if not isinstance(text, str):
        raise MarkupError(f"can't parse {kind} button: can't find field \"text\"")
    if not text.strip():
        raise MarkupError(f"{kind} button text must not be empty" if kind == "keyboard" else "BUTTON_INVALID")
    return text
