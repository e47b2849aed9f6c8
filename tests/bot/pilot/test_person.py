"""E-30 new messages notify, edits do not, silent ones are marked; the lock screen shows exactly what stands there now
E-31 a phone without network shows what it last knew; nothing is lost when it is back
E-32 what a person may send, change and take back, and which updates tell the bot
E-33 groups and channels: the bot sees what Telegram lets it see
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.pilot import Emulator, Person, PhoneError
from bot.pilot.messages import ChatKind
from cora_bot.base.clock import SetClock
from tests.bot.pilot.conftest import Line, buttons


async def kinds(line: Line) -> list[str]:
    return [key for update in await line.updates() for key in update if key != "update_id"]


async def message_update(line: Line, kind: str = "message") -> dict[str, Any]:
    (update,) = await line.updates()
    message = update[kind]
    assert isinstance(message, dict)
    return message


async def test_deep_link_token_reaches_the_bot(line: Line, emulator: Emulator) -> None:
    person = emulator.world.person("Ana", language_code="sq")
    person.start("Qm7x_T-2")
    message = await message_update(line)
    assert (
        "/start Qm7x_T-2",
        [{"type": "bot_command", "offset": 0, "length": 6}],
        {"id": person.id, "is_bot": False, "first_name": "Ana", "language_code": "sq"},
        {"id": person.id, "first_name": "Ana", "type": "private"},
    ) == (message["text"], message["entities"], message["from"], message["chat"])


async def test_lock_screen_follows_edits_and_deletions(line: Line, person: Person, clock: SetClock) -> None:
    clock.move(timedelta(hours=1))
    first = await line.send(person, "one")
    second = await line.send(person, "two", disable_notification=True)
    await line.send(person, "three")
    await line.result("editMessageText", chat_id=person.id, message_id=first, text="one, changed")
    assert [(one.text, one.silent) for one in person.lock_screen()] == [
        ("three", False),
        ("two", True),
        ("one, changed", False),
    ]
    await line.result("deleteMessage", chat_id=person.id, message_id=second)
    assert [one.text for one in person.lock_screen()] == ["three", "one, changed"]
    assert [one.text for one in person.notifications] == ["one", "two", "three"]
    person.look()
    assert person.lock_screen() == ()


async def test_open_chat_keeps_messages_off_the_lock_screen_until_it_darkens(
    line: Line, person: Person, clock: SetClock
) -> None:
    person.look()
    await line.send(person, "seen")
    clock.move(timedelta(minutes=10))
    await line.send(person, "unseen")
    assert [(one.text, one.seen) for one in person.notifications] == [("seen", True), ("unseen", False)]
    assert [one.text for one in person.lock_screen()] == ["unseen"]


async def test_phone_without_network_catches_up(line: Line, person: Person, clock: SetClock) -> None:
    kept = await line.send(person, "before", reply_markup=buttons("Yes"))
    person.lock()
    person.network_off()
    await line.result("editMessageText", chat_id=person.id, message_id=kept, text="before, changed")
    gone = await line.send(person, "gone before seen")
    await line.result("deleteMessage", chat_id=person.id, message_id=gone)
    await line.send(person, "missed")
    assert person.texts == ("before",)
    assert [one.text for one in person.notifications] == ["before"]
    assert person.type("written in a tunnel") == 0
    with pytest.raises(PhoneError, match="network"):
        person.press("Yes")
    assert (await kinds(line), person.unsent) == ([], ("written in a tunnel",))
    person.lock()
    clock.move(timedelta(hours=3))
    person.network_on()
    assert person.texts == ("before, changed", "missed")
    assert [one.text for one in person.notifications] == ["before", "missed"]
    message = await message_update(line)
    assert ("written in a tunnel", int(clock.now().timestamp())) == (message["text"], message["date"])


async def test_press_takes_the_lowest_message_with_the_button(line: Line, person: Person) -> None:
    upper = await line.send(person, "old card", reply_markup=buttons("Yes", "No"))
    lower = await line.send(person, "new card", reply_markup=buttons("Yes", "No"))
    person.press("Yes")
    person.press(1, on=upper)
    pressed = [update["callback_query"] for update in await line.updates()]
    assert [(lower, "data Yes"), (upper, "data No")] == [
        (query["message"]["message_id"], query["data"]) for query in pressed if isinstance(query, dict)
    ]
    with pytest.raises(PhoneError, match="no such button"):
        person.press("Maybe")


async def test_old_button_of_a_deleted_message_reaches_the_bot_as_inaccessible(line: Line, person: Person) -> None:
    card = await line.send(person, reply_markup=buttons("Yes"))
    await line.result("deleteMessage", chat_id=person.id, message_id=card)
    person.press_old(card, "data Yes")
    query = await message_update(line, "callback_query")
    chat = {"id": person.id, "first_name": "Phone 1", "type": "private"}
    assert {"message_id": card, "chat": chat, "date": 0} == query["message"]


@pytest.mark.parametrize("kind", ["sticker", "photo", "voice", "location", "contact"])
async def test_other_kinds_of_messages_arrive_as_such(line: Line, person: Person, kind: str) -> None:
    person.send(kind)
    message = await message_update(line)
    assert (kind in message, "text" in message) == (True, False)


async def test_forwarded_message_names_its_origin(line: Line, person: Person) -> None:
    person.forward("Win a prize", origin="Spammer")
    message = await message_update(line)
    origin = message["forward_origin"]
    assert isinstance(origin, dict)
    assert (message["text"], origin["type"], origin["sender_user_name"]) == ("Win a prize", "hidden_user", "Spammer")


async def test_edit_by_the_person_is_an_edited_message(line: Line, person: Person, clock: SetClock) -> None:
    typed = person.type("befor")
    clock.move(timedelta(minutes=1))
    person.edit(typed, "before")
    first, second = await line.updates()
    edited = second["edited_message"]
    assert isinstance(edited, dict)
    assert (typed, "before", int(clock.now().timestamp())) == (
        edited["message_id"],
        edited["text"],
        edited["edit_date"],
    )
    assert first["message"]["text"] == "befor"


async def test_deletion_by_the_person_is_not_told(line: Line, person: Person) -> None:
    person.delete(person.type("never mind"))
    assert await kinds(line) == ["message"]
    assert len(person.screen) == 1


async def test_received_counts_deleted_messages_too(line: Line, person: Person) -> None:
    first = await line.send(person, "one")
    await line.result("deleteMessage", chat_id=person.id, message_id=first)
    await line.send(person, "two")
    assert (person.received, person.texts) == (("one", "two"), ("two",))


async def test_blocked_chat_lets_nothing_be_written(person: Person) -> None:
    person.block()
    with pytest.raises(PhoneError, match="blocked"):
        person.type("hello?")


async def test_until_waits_for_the_bot(line: Line, person: Person) -> None:
    with pytest.raises(PhoneError, match="did not come"):
        await person.until(lambda one: one.texts == ("Hello",), seconds=0.1)
    await line.send(person)
    await person.until(lambda one: one.texts == ("Hello",), seconds=0.1)


async def test_group_shows_the_bot_commands_mentions_and_replies_only(
    line: Line, person: Person, emulator: Emulator
) -> None:
    world = emulator.world
    group = world.group("Family", by=person)
    said = await line.result("sendMessage", chat_id=group.id, text="Hello all")
    assert isinstance(said, dict)
    for text, reply_to in [("chatter", 0), ("/help", 0), ("hi @check_in_demo_bot", 0), ("thanks", said["message_id"])]:
        person.write_in(group, text, reply_to=reply_to)
    joined, *heard = await line.updates()
    assert joined["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert [(update["message"]["text"], update["message"]["chat"]["type"]) for update in heard] == [
        ("/help", "supergroup"),
        ("hi @check_in_demo_bot", "supergroup"),
        ("thanks", "supergroup"),
    ]
    world.membership(group, person.user, old="member", new="kicked")
    refused = await line.refusal("sendMessage", chat_id=group.id, text="a")
    assert refused["description"] == "Forbidden: bot was kicked from the supergroup chat"


async def test_channel_posts_and_their_edits_arrive_without_a_sender(
    line: Line, person: Person, emulator: Emulator
) -> None:
    world = emulator.world
    channel = world.group("News", by=person, kind=ChatKind.CHANNEL)
    world.queue.clear()
    post = person.write_in(channel, "News!")
    world.edited(channel, channel.messages[post])
    assert await kinds(line) == ["channel_post", "edited_channel_post"]
    first = (await line.updates())[0]["channel_post"]
    assert ("from" in first, first["chat"]["type"]) == (False, "channel")
