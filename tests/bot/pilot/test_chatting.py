"""E-10 texts: at most 4096 UTF-16 units, not empty, cleaned as Telegram cleans
E-11 button data: 1 to 64 bytes
E-12 who may not be written to: unknown, blocked, deactivated
E-13 edits: not modified, not found, not one's own
E-14 deleting: within 48 hours, both sides' messages
E-15 answering a press: within 150 seconds
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.pilot import Emulator, Person
from cora_bot.base.clock import SetClock
from tests.bot.pilot.conftest import Line, buttons

FACE = "🙂"  # two UTF-16 units
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


async def told(line: Line, method: str, **parameters: object) -> object:
    return (await line.refusal(method, **parameters))["description"]


@pytest.mark.parametrize("text", ["a" * 4096, FACE * 2048, "  " + "a" * 4096 + "\n"])
async def test_longest_text_is_taken(line: Line, person: Person, text: str) -> None:
    await line.send(person, text)
    assert (text.strip(),) == person.texts


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("a" * 4097, "Bad Request: message is too long"),
        (FACE * 2048 + "a", "Bad Request: message is too long"),
        ("", "Bad Request: message text is empty"),
        (" \n ", "Bad Request: text must be non-empty"),
    ],
)
async def test_text_out_of_bounds_is_refused(line: Line, person: Person, text: str, description: str) -> None:
    assert description == await told(line, "sendMessage", chat_id=person.id, text=text)
    assert person.texts == ()


async def test_text_is_cleaned_but_isolates_stay(line: Line, person: Person) -> None:
    await line.send(person, " a\u202eb\u2068c\u2069\r\td ")
    assert person.texts == ("ab\u2068c\u2069 d",)


async def test_html_becomes_entities_in_utf16_units(line: Line, person: Person) -> None:
    await line.send(person, f"{FACE}<b>سلام</b> &lt;x&gt;", parse_mode="HTML")
    assert (f"{FACE}سلام <x>", ({"type": "bold", "offset": 2, "length": 4},)) == (
        person.last.text,
        person.last.entities,
    )


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("ab<x>c", 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 2'),
        ("<b>c", "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\""),
    ],
)
async def test_broken_html_is_refused(line: Line, person: Person, text: str, description: str) -> None:
    assert description == await told(line, "sendMessage", chat_id=person.id, text=text, parse_mode="HTML")


@pytest.mark.parametrize("held", ["x", "x" * 64, "س" * 32])
async def test_button_data_of_1_to_64_bytes_comes_back_when_pressed(line: Line, person: Person, held: str) -> None:
    await line.send(person, reply_markup={"inline_keyboard": [[{"text": "Yes", "callback_data": held}]]})
    query_id = person.press("Yes")
    (update,) = await line.updates()
    query = update["callback_query"]
    assert isinstance(query, dict)
    assert (query_id, held, person.id) == (query["id"], query["data"], query["from"]["id"])


@pytest.mark.parametrize("held", ["", "x" * 65, "س" * 33])
async def test_button_data_out_of_bounds_is_refused(line: Line, person: Person, held: str) -> None:
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": held}]]}
    description = await told(line, "sendMessage", chat_id=person.id, text="a", reply_markup=markup)
    assert description == "Bad Request: BUTTON_DATA_INVALID"


@pytest.mark.parametrize(
    ("markup", "description"),
    [
        ("{", "Bad Request: can't parse reply keyboard markup JSON object"),
        ("[]", "Bad Request: object expected as reply markup"),
        (
            {"inline_keyboard": [[{"text": "Yes"}]]},
            "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
    ],
)
async def test_broken_markup_is_refused(line: Line, person: Person, markup: object, description: str) -> None:
    assert description == await told(line, "sendMessage", chat_id=person.id, text="a", reply_markup=markup)


async def test_strangers_cannot_be_written_to(line: Line, emulator: Emulator) -> None:
    stranger = emulator.world.person()
    assert await told(line, "sendMessage", chat_id=stranger.id, text="a") == "Bad Request: chat not found"
    assert await told(line, "sendMessage", chat_id=1, text="a") == "Bad Request: chat not found"
    assert await told(line, "sendMessage", text="a") == "Bad Request: chat_id is empty"


async def test_blocked_bot_is_told_and_told_again_when_unblocked(line: Line, person: Person) -> None:
    message_id = await line.send(person)
    person.block()
    blocked = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    assert blocked == await line.refusal("sendMessage", chat_id=person.id, text="a")
    assert blocked == await line.refusal("editMessageText", chat_id=person.id, message_id=message_id, text="b")
    assert True is await line.result("deleteMessage", chat_id=person.id, message_id=message_id)
    person.start()
    await line.send(person, "back")
    changes = [
        (change["old_chat_member"]["status"], change["new_chat_member"]["status"], change["from"]["id"])
        for update in await line.updates()
        if isinstance(change := update.get("my_chat_member"), dict)
    ]
    assert [("member", "kicked", person.id), ("kicked", "member", person.id)] == changes


async def test_deactivated_account_is_gone(line: Line, person: Person) -> None:
    person.deactivate()
    assert await told(line, "sendMessage", chat_id=person.id, text="a") == "Forbidden: user is deactivated"


async def test_edit_changes_in_place_and_notifies_nobody(line: Line, person: Person) -> None:
    message_id = await line.send(person, "before", reply_markup=buttons("Yes"))
    await line.result("editMessageText", chat_id=person.id, message_id=message_id, text="after")
    assert (person.last.text, person.last.labels, person.last.edited) == ("after", (), True)
    assert [one.text for one in person.notifications] == ["before"]


async def test_edit_without_change_is_refused(line: Line, person: Person) -> None:
    markup = buttons("Yes")
    message_id = await line.send(person, "same", reply_markup=markup)
    same = {"chat_id": person.id, "message_id": message_id, "reply_markup": markup}
    assert await told(line, "editMessageText", text="same", **same) == NOT_MODIFIED
    assert await told(line, "editMessageText", text=" same ", **same) == NOT_MODIFIED
    assert await told(line, "editMessageReplyMarkup", **same) == NOT_MODIFIED
    await line.result("editMessageReplyMarkup", chat_id=person.id, message_id=message_id)
    assert person.last.labels == ()


async def test_edit_of_the_wrong_message_is_refused(line: Line, person: Person) -> None:
    typed = person.type("mine")
    gone = await line.send(person)
    person.delete(gone)
    refused = [
        await told(line, "editMessageText", chat_id=person.id, message_id=one, text="b") for one in (typed, gone)
    ]
    assert refused == ["Bad Request: message can't be edited", "Bad Request: message to edit not found"]


async def test_edit_with_a_reply_keyboard_is_refused(line: Line, person: Person) -> None:
    message_id = await line.send(person)
    markup = {"keyboard": [["Yes"]]}
    edit = {"chat_id": person.id, "message_id": message_id, "text": "b", "reply_markup": markup}
    assert await told(line, "editMessageText", **edit) == "Bad Request: inline keyboard expected"


@pytest.mark.parametrize("whose", ["bot", "person"])
async def test_delete_works_for_48_hours(line: Line, person: Person, clock: SetClock, whose: str) -> None:
    young, old = [await line.send(person) if whose == "bot" else person.type("mine") for _ in range(2)]
    clock.move(timedelta(hours=48) - timedelta(seconds=1))
    await line.result("deleteMessage", chat_id=person.id, message_id=young)
    clock.move(timedelta(seconds=1))
    refused = [await told(line, "deleteMessage", chat_id=person.id, message_id=one) for one in (young, old)]
    assert refused == ["Bad Request: message to delete not found", "Bad Request: message can't be deleted for everyone"]
    assert [old] == [bubble.message_id for bubble in person.screen][-1:]


async def test_delete_messages_skips_the_unknown_and_stops_at_the_old(
    line: Line, person: Person, clock: SetClock
) -> None:
    old = await line.send(person, "old")
    clock.move(timedelta(hours=49))
    young = await line.send(person, "young")
    refused = await told(line, "deleteMessages", chat_id=person.id, message_ids=[young, old])
    assert (refused, person.texts) == ("Bad Request: message can't be deleted for everyone", ("old", "young"))
    await line.result("deleteMessages", chat_id=person.id, message_ids=[young, 999_999])
    assert person.texts == ("old",)
    many = list(range(1, 102))
    refused = await told(line, "deleteMessages", chat_id=person.id, message_ids=many)
    assert refused == "Bad Request: too many message identifiers specified"


async def test_answered_press_shows_a_toast(line: Line, person: Person) -> None:
    await line.send(person, reply_markup=buttons("Yes"))
    query_id = person.press("Yes")
    await line.result("answerCallbackQuery", callback_query_id=query_id, text="Stored", show_alert=True)
    assert [(toast.text, toast.alert) for toast in person.toasts] == [("Stored", True)]


async def test_answer_after_150_seconds_is_refused(line: Line, person: Person, clock: SetClock) -> None:
    await line.send(person, reply_markup=buttons("Yes"))
    query_id = person.press("Yes")
    clock.move(timedelta(seconds=150))
    refused = [await told(line, "answerCallbackQuery", callback_query_id=one) for one in (query_id, "1")]
    assert refused == ["Bad Request: query is too old and response timeout expired or query ID is invalid"] * 2
    assert person.toasts == []


async def test_marks_of_a_message_are_kept(line: Line, person: Person) -> None:
    await line.send(person, disable_notification=True, protect_content=True)
    assert (person.last.silent, person.last.protected) == (True, True)


async def test_reply_keyboard_types_its_label(line: Line, person: Person) -> None:
    await line.send(person, reply_markup={"keyboard": [["Yes", {"text": "No"}]], "one_time_keyboard": True})
    person.press_key("No")
    (update,) = await line.updates()
    message = update["message"]
    assert isinstance(message, dict)
    assert (message["text"], person.chat.reply_keyboard) == ("No", None)


async def test_key_that_asks_for_a_place_sends_it(line: Line, person: Person) -> None:
    key = {"text": "Here", "request_location": True}
    await line.send(person, reply_markup={"keyboard": [[key, "Elsewhere"]], "one_time_keyboard": True})
    assert person.keys == ("Here", "Elsewhere")
    person.press_key("Here", at=(1.5, 2.5))
    (update,) = await line.updates()
    message = update["message"]
    assert isinstance(message, dict)
    shared = {"latitude": 1.5, "longitude": 2.5, "horizontal_accuracy": 15}
    assert (message.get("location"), message.get("text"), person.keys) == (shared, None, ())


async def test_keyboard_outlives_its_message_until_it_is_taken_away(line: Line, person: Person) -> None:
    sent = await line.send(person, reply_markup={"keyboard": [["Yes"]]})
    await line.result("deleteMessage", chat_id=person.id, message_id=sent)
    assert person.keys == ("Yes",)
    await line.send(person, reply_markup={"remove_keyboard": True})
    assert person.keys == ()


async def test_chat_action_shows_until_the_message(line: Line, person: Person) -> None:
    await line.result("sendChatAction", chat_id=person.id, action="typing")
    assert person.chat.action == "typing"
    await line.send(person)
    assert person.chat.action == ""
    refused = await told(line, "sendChatAction", chat_id=person.id, action="dancing")
    assert refused == "Bad Request: wrong parameter action in request"


async def test_reply_to_a_message_that_is_gone_is_refused_unless_allowed(line: Line, person: Person) -> None:
    gone = person.type("mine")
    person.delete(gone)
    reply = {"message_id": gone}
    refused = await told(line, "sendMessage", chat_id=person.id, text="a", reply_parameters=reply)
    assert refused == "Bad Request: message to be replied not found"
    await line.send(person, "b", reply_parameters={**reply, "allow_sending_without_reply": True})
    assert person.texts == ("b",)
