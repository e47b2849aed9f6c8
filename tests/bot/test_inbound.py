"""Updates, understood.

U-01 what a person does in a private chat becomes the dialogue's input, with a natural key
U-02 groups, channels, other bots and service messages are ignored
U-03 no bytes whatever make it raise
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.inbound import Ignored, understand, update_id
from cora_bot.dialogue.inputs import (
    Blocked,
    Command,
    CommandName,
    Input,
    Press,
    Pressed,
    SentFile,
    Spot,
    Start,
    Text,
    Unblocked,
    Unusable,
    Verb,
)
from cora_bot.usecases.exchange import Arrived

PRIVATE = {"id": 77, "type": "private", "first_name": "A"}
GROUP = {"id": -100500, "type": "supergroup", "title": "G"}
PERSON = {"id": 77, "is_bot": False, "first_name": "A", "language_code": "fa"}
FILE = {"file_id": "x", "file_unique_id": "y", "file_size": 1}


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 12, "date": 1_790_000_000, "chat": PRIVATE, "from": PERSON} | fields


def read(kind: str, body: object) -> Arrived | Ignored:
    return understand(json.dumps({"update_id": 9, kind: body}).encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ja", Text("Ja", 12, "fa")),
        ("  ۳ نفر ", Text("  ۳ نفر ", 12, "fa")),
        ("/start", Start("", 12, "fa")),
        ("/start K7F2QXabc_-9", Start("K7F2QXabc_-9", 12, "fa")),
        ("/start@some_bot  K7F-2QX ", Start("K7F-2QX", 12, "fa")),
        ("/START K7F", Start("K7F", 12, "fa")),
        ("/start " + "x" * 100, Start("x" * 64, 12, "fa")),
        ("/menu", Command(CommandName.MENU, 12, "fa")),
        ("/Stop@some_bot", Command(CommandName.STOP, 12, "fa")),
        ("/language please", Command(CommandName.LANGUAGE, 12, "fa")),
        ("/settings", Unusable("command", 12, "fa")),
        ("/home/me is where", Text("/home/me is where", 12, "fa")),
        ("/", Text("/", 12, "fa")),
        ("3/4", Text("3/4", 12, "fa")),
    ],
)
def test_typed_text_is_understood(text: str, expected: Input) -> None:
    assert read("message", message(text=text)) == Arrived("m:77:12:0", 77, expected)


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"sticker": FILE | {"emoji": "🙂"}}, "sticker"),
        ({"voice": FILE, "via_bot": {"id": 5, "is_bot": True, "first_name": "B"}}, "voice"),
        ({"contact": {"phone_number": "+10"}}, "contact"),
        ({"location": {"latitude": 1.5, "longitude": 2, "live_period": 900}}, "location"),
        ({"location": {"latitude": 1.5, "longitude": 2}, "forward_origin": {"type": "user"}}, "location"),
        ({"venue": {"title": "T"}, "location": {"latitude": 1.5, "longitude": 2}}, "venue"),
        ({"poll": {"id": "1"}}, "poll"),
        ({"text": "buy now", "forward_origin": {"type": "hidden_user", "sender_user_name": "S", "date": 1}}, "forward"),
        ({"text": "/start K7F2QX", "forward_origin": {"type": "channel"}}, "forward"),
        ({"text": "buy now", "via_bot": {"id": 5, "is_bot": True, "first_name": "B"}}, "forward"),
        ({"photo": [FILE], "forward_origin": {"type": "user"}}, "photo"),
    ],
)
def test_message_that_cannot_be_used_is_named_by_its_sort(fields: dict[str, Any], what: str) -> None:
    assert read("message", message(**fields)) == Arrived("m:77:12:0", 77, Unusable(what, 12, "fa"))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"photo": [FILE | {"file_id": "small"}, FILE], "caption": "see"}, SentFile("x", "photo", 1)),
        ({"voice": FILE | {"mime_type": "audio/ogg"}}, SentFile("x", "voice", 1, "", "audio/ogg")),
        ({"video_note": FILE}, SentFile("x", "video_note", 1)),
        ({"animation": FILE, "document": FILE}, SentFile("x", "animation", 1)),
        ({"document": FILE | {"file_name": "a.pdf"}}, SentFile("x", "document", 1, "a.pdf")),
    ],
)
def test_file_comes_with_what_fetches_it(fields: dict[str, Any], expected: SentFile) -> None:
    sent = Unusable(expected.sort, 12, "fa", file=expected)
    assert read("message", message(**fields)) == Arrived("m:77:12:0", 77, sent)


def test_shared_place_comes_with_where_it_is() -> None:
    shared = message(location={"latitude": 1.5, "longitude": 2, "horizontal_accuracy": 12.5})
    expected = Unusable("location", 12, "fa", spot=Spot(1.5, 2.0, 12.5))
    assert read("message", shared) == Arrived("m:77:12:0", 77, expected)


def test_edit_is_unusable_and_has_a_key_of_its_own() -> None:
    edited = message(text="No", edit_date=1_790_000_005)
    assert read("edited_message", edited) == Arrived("m:77:12:1790000005", 77, Unusable("edit", 12, "fa"))


def test_reply_to_a_message_is_ordinary_text() -> None:
    reply = message(text="Ja", reply_to_message=message(text="?"))
    assert read("message", reply) == Arrived("m:77:12:0", 77, Text("Ja", 12, "fa"))


def test_person_without_a_language_code_gives_no_hint() -> None:
    person = {"id": 77, "is_bot": False, "first_name": "A"}
    assert read("message", message(text="Ja", **{"from": person})) == Arrived("m:77:12:0", 77, Text("Ja", 12, ""))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"chat": GROUP, "text": "/start abc"}, "not_private"),
        ({"chat": {"id": -1, "type": "channel"}, "text": "x"}, "not_private"),
        ({"from": {"id": 5, "is_bot": True, "first_name": "B"}, "text": "x"}, "bot"),
        ({"from": None, "text": "x"}, "bot"),
        ({"pinned_message": {"message_id": 1}}, "service"),
        ({"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}}, "service"),
        ({"text": " \n"}, "empty"),
        ({"text": 5}, "unreadable"),
        ({"message_id": 2**31, "text": "x"}, "unreadable"),
        ({"message_id": "12", "text": "x"}, "unreadable"),
        ({"chat": {"id": 2**63, "type": "private"}, "text": "x"}, "unreadable"),
    ],
)
def test_message_nobody_needs_is_ignored(fields: dict[str, Any], reason: str) -> None:
    assert read("message", message(**fields)) == Ignored(reason)


@pytest.mark.parametrize("kind", ["channel_post", "inline_query", "poll_answer", "chat_member", "future_kind"])
def test_other_kinds_of_update_are_ignored(kind: str) -> None:
    assert read(kind, {"id": "1", "chat": PRIVATE}) == Ignored("kind")


def callback(**fields: Any) -> dict[str, Any]:
    return {"id": "4382", "from": PERSON, "chat_instance": "1", "message": message(), "data": "1c5.1a.2"} | fields


def test_press_is_understood() -> None:
    pressed = Pressed(Press(Verb.CHOOSE, 5, 46, 2), 12)
    assert read("callback_query", callback()) == Arrived("c:4382", 77, pressed)


def test_press_on_a_message_that_is_gone_is_understood() -> None:
    gone = {"message_id": 3, "chat": PRIVATE, "date": 0}
    assert read("callback_query", callback(message=gone)) == Arrived(
        "c:4382", 77, Pressed(Press(Verb.CHOOSE, 5, 46, 2), 3)
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"data": "buy"}, "callback_data"),
        ({"data": None, "game_short_name": "g"}, "callback_data"),
        ({"message": None, "inline_message_id": "i"}, "not_private"),
        ({"message": message(chat=GROUP)}, "not_private"),
        ({"message": {"message_id": "?"}}, "unreadable"),
    ],
)
def test_press_that_means_nothing_is_ignored_but_its_spinner_is_stopped(fields: dict[str, Any], reason: str) -> None:
    assert read("callback_query", callback(**fields)) == Ignored(reason, "4382")


def membership(status: str, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    bot = {"id": 1, "is_bot": True, "first_name": "B"}
    old = {"user": bot, "status": "member"}
    return {
        "chat": chat,
        "from": PERSON,
        "date": 5,
        "old_chat_member": old,
        "new_chat_member": {"user": bot, "status": status},
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (membership("kicked"), Arrived("b:77:5:kicked", 77, Blocked())),
        (membership("member"), Arrived("b:77:5:member", 77, Unblocked())),
        (membership("restricted"), Ignored("membership")),
        (membership("member", GROUP), Ignored("not_private")),
    ],
)
def test_blocking_and_unblocking_are_understood(body: dict[str, Any], expected: Arrived | Ignored) -> None:
    assert read("my_chat_member", body) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    sorted({*message(), *callback(), *membership("x"), "text", "edit_date", "photo", "forward_origin"})
)
NEARLY = st.dictionaries(FIELDS, JSON, max_size=6)
KINDS = st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"])


@settings(max_examples=300)
@given(KINDS, NEARLY, st.sampled_from([message(text="x"), callback(), membership("kicked")]))
def test_any_change_of_an_update_is_understood_or_ignored(
    kind: str, change: dict[str, Any], body: dict[str, Any]
) -> None:
    assert isinstance(read(kind, body | change), Arrived | Ignored)


@settings(max_examples=300)
@given(st.binary(max_size=200) | JSON.map(lambda given: json.dumps(given).encode()))
def test_any_bytes_are_ignored(given_bytes: bytes) -> None:
    assert isinstance(understand(given_bytes), Ignored)
    assert update_id(given_bytes) is None


def test_deeply_nested_update_is_ignored() -> None:
    nested = b'{"update_id": 1, "message": ' + b"[" * 100_000
    assert understand(nested) == Ignored("unreadable")
    assert update_id(nested) is None


def test_update_id_is_read_from_an_update_that_is_otherwise_unreadable() -> None:
    assert update_id(msgspec.Raw(b'{"update_id": 41, "message": 7}')) == 41
