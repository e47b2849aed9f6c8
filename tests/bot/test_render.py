"""Calls of the outbox in Telegram's terms.

R-01 plain text, protected, without previews; keyboards carry packed presses
R-03 a key that sends a place is a small silent message of its own, and so is what takes it away
R-02 text over Telegram's limit is shortened between whole characters
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.callbacks import pack
from bot.render import ELLIPSIS, PIN, TEXT_LIMIT, render, shorten
from cora_bot.base.text import utf16_length
from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.usecases.exchange import DeleteMessage, DeleteMessages, EditMessage, SendKey, SendMessage, SendPlace

YES = Button("Ja <b>", Press(Verb.CHOOSE, 7, 3, 1))
BACK = Button("←", Press(Verb.BACK, 7))
KEYBOARD = {
    "inline_keyboard": [
        [{"text": "Ja <b>", "callback_data": pack(YES.press)}],
        [{"text": "←", "callback_data": pack(BACK.press)}],
    ]
}


@pytest.mark.parametrize("silent", [True, False])
def test_new_message_is_plain_and_protected(silent: bool) -> None:
    assert render(SendMessage(Prompt("You wrote *this* <i>", ((YES,), (BACK,))), silent), 77) == (
        "sendMessage",
        {
            "chat_id": 77,
            "text": "You wrote *this* <i>",
            "link_preview_options": {"is_disabled": True},
            "protect_content": True,
            "disable_notification": silent,
            "reply_markup": KEYBOARD,
        },
    )


def test_edit_without_buttons_takes_the_keyboard_away() -> None:
    assert render(EditMessage(5, Prompt("Done.")), 77) == (
        "editMessageText",
        {"chat_id": 77, "message_id": 5, "text": "Done.", "link_preview_options": {"is_disabled": True}},
    )


def test_edit_carries_the_card_of_its_buttons() -> None:
    method, payload = render(EditMessage(5, Prompt("?", ((YES,), (BACK,)))), 77)
    assert (method, payload["message_id"], payload["reply_markup"]) == ("editMessageText", 5, KEYBOARD)


def test_key_that_sends_a_place_comes_and_goes_silently() -> None:
    small = {"chat_id": 77, "text": PIN, "protect_content": True, "disable_notification": True}
    key = {"text": "📍 Here", "request_location": True}
    keyboard = {"keyboard": [[key]], "resize_keyboard": True, "one_time_keyboard": True}
    assert render(SendKey("📍 Here"), 77) == ("sendMessage", small | {"reply_markup": keyboard})
    assert render(SendKey(""), 77) == ("sendMessage", small | {"reply_markup": {"remove_keyboard": True}})


def test_place_is_a_silent_pin_without_a_word() -> None:
    pin = {"chat_id": 77, "latitude": 41.3275, "longitude": 19.8187, "protect_content": True}
    assert render(SendPlace(41.3275, 19.8187), 77) == ("sendLocation", pin | {"disable_notification": True})


def test_deletion_names_the_message() -> None:
    assert render(DeleteMessage(5), 77) == ("deleteMessage", {"chat_id": 77, "message_id": 5})
    assert render(DeleteMessages((5, 6)), 77) == ("deleteMessages", {"chat_id": 77, "message_ids": (5, 6)})


@pytest.mark.parametrize("text", ["", "x" * 4096, "😀" * 2048])
def test_text_within_the_limit_is_left_alone(text: str) -> None:
    assert shorten(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * 4097, "x" * 4095 + ELLIPSIS),
        ("😀" * 2049, "😀" * 2047 + ELLIPSIS),
        ("a" * 4094 + "👨‍👩‍👧", "a" * 4094 + ELLIPSIS),
        ("a" * 4094 + "نَا", "a" * 4094 + ELLIPSIS),
        ("\u2068" + "x" * 5000 + "\u2069", "\u2068" + "x" * 4093 + ELLIPSIS + "\u2069"),
    ],
)
def test_longer_text_ends_between_whole_characters(text: str, expected: str) -> None:
    assert shorten(text) == expected


@given(st.text(alphabet="ab😀\u0301\u2067\u2068\u2069\u200d👩ن", max_size=60), st.integers(8, 40))
def test_shortened_text_fits_and_closes_what_it_opens(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert utf16_length(short) <= limit
    assert short == text or text.startswith(short[: short.rindex(ELLIPSIS)])
    balance = sum(letter in "\u2067\u2068" for letter in short) - short.count("\u2069")
    assert short == text or balance <= 0


def test_limit_is_telegrams() -> None:
    assert TEXT_LIMIT == 4096
