"""E-50 python-telegram-bot's Bot works against the emulator and maps its refusals to the right errors"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, MenuButtonCommands
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot.pilot import Emulator, Fault, Kind, Person


@pytest.fixture
async def bot(emulator: Emulator) -> AsyncIterator[Bot]:
    async with Bot(emulator.token, base_url=emulator.base_url) as bot:
        yield bot


async def test_whole_exchange(bot: Bot, person: Person) -> None:
    assert (bot.username, bot.bot.is_bot) == ("check_in_demo_bot", True)
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
    sent = await bot.send_message(person.id, "Work?", reply_markup=markup, protect_content=True)
    assert (sent.has_protected_content, sent.reply_markup) == (True, markup)
    person.press("Yes")
    (update,) = await bot.get_updates(timeout=2)
    query = update.callback_query
    assert query is not None
    assert ("y", person.id, sent.message_id) == (
        query.data,
        query.from_user.id,
        query.message and query.message.message_id,
    )
    assert await query.answer("Stored")
    await query.edit_message_text("Work? ✓")
    assert (person.last.text, [toast.text for toast in person.toasts]) == ("Work? ✓", ["Stored"])
    person.type("and more")
    (typed,) = await bot.get_updates(offset=update.update_id + 1, timeout=2)
    assert typed.message is not None
    assert await typed.message.delete()
    assert tuple(bubble.text for bubble in person.screen[1:]) == ("Work? ✓",)
    assert await bot.send_chat_action(person.id, "typing")


async def test_profile_is_kept_by_language(bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("menu", "Menu")])
    await bot.set_my_commands([BotCommand("menu", "القائمة")], language_code="ar")
    assert (
        (await bot.get_my_commands())[0].description,
        (await bot.get_my_commands(language_code="ar"))[0].description,
    ) == ("Menu", "القائمة")
    await bot.delete_my_commands(language_code="ar")
    assert await bot.get_my_commands(language_code="ar") == ()
    await bot.set_my_name("Messages")
    await bot.set_my_name("رسائل", language_code="ar")
    await bot.set_my_description("Short messages.")
    await bot.set_my_short_description("Messages.")
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (
        (await bot.get_my_name(language_code="ar")).name,
        (await bot.get_my_name(language_code="de")).name,
    ) == ("رسائل", "Messages")
    assert (await bot.get_my_description(language_code="ar")).description == "Short messages."
    assert (await bot.get_my_short_description()).short_description == "Messages."
    with pytest.raises(BadRequest, match=r"(?i)BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand("no spaces", "x")])


async def test_refusals_become_the_right_errors(
    bot: Bot, person: Person, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(person.id, "a" * 4097)
    sent = await bot.send_message(person.id, "same")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_text("same")
    emulator.faults.add(Fault(Kind.FLOOD, retry_after=4))
    with pytest.raises(RetryAfter) as flood:
        await bot.send_message(person.id, "a")
    assert flood.value.retry_after == timedelta(seconds=4)
    emulator.faults.add(Fault(Kind.CUT_AFTER))
    with pytest.raises(NetworkError):
        await bot.send_message(person.id, "ambiguous")
    assert person.texts == ("same", "ambiguous")
    person.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(person.id, "a")
    emulator.world.revoke("1:other")
    with pytest.raises(InvalidToken):
        await bot.get_me()
