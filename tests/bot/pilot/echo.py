"""A bot of a few lines for looking at the page: neutral knock, a card with buttons, typed answers shown back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import Conflict, NetworkError

from bot.pilot import Emulator

SAID = {
    "en": (
        "How is your work at the moment?",
        ["I have regular work", "Sometimes", "I have no work"],
        "Stored ✓",
    ),
    "de": (
        "Wie sieht es bei Ihnen gerade mit Arbeit aus?",
        ["Regelmäßige Arbeit", "Manchmal", "Keine Arbeit"],
        "Gespeichert ✓",
    ),
    "ar": (
        "كيف هو وضع عملك الآن؟\nالسؤال \u20683\u2069 من \u206810\u2069",
        ["لدي عمل منتظم", "أعمل أحيانا", "ليس لدي عمل"],
        "تم الحفظ ✓",
    ),
    "fa": (
        "وضعیت کار شما در حال حاضر چگونه است؟\nسؤال \u2068۳\u2069 از \u2068۱۰\u2069",
        ["کار منظم دارم", "گاهی کار می‌کنم", "کار ندارم"],
        "ثبت شد ✓",
    ),
}
KNOCK = {
    "en": "There is a message for you.",
    "de": "Sie haben eine Nachricht.",
    "ar": "لديك رسالة.",
    "fa": "برای شما پیامی هست.",
}


def keys(*rows: list[str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=label[:15]) for label in row] for row in rows]
    )


async def answer(bot: Bot, update: Update) -> None:
    query, message = update.callback_query, update.message
    if query is not None and query.message is not None:
        language = query.from_user.language_code or "en"
        question, _choices, stored = SAID.get(language, SAID["en"])
        await query.answer(stored)
        await bot.edit_message_text(
            f"{question}\n\n{stored}", chat_id=query.from_user.id, message_id=query.message.message_id
        )
    elif message is not None and message.from_user is not None:
        language = message.from_user.language_code or "en"
        question, choices, stored = SAID.get(language, SAID["en"])
        if (message.text or "").startswith("/start"):
            rows = [[choices[0]], choices[1:]]
            await bot.send_message(message.chat_id, question, reply_markup=keys(*rows), protect_content=True)
        else:
            await bot.send_message(message.chat_id, f"<b>{stored}</b> \u2068{message.text}\u2069", parse_mode="HTML")


async def serve(emulator: Emulator) -> None:
    offset = 0
    async with Bot(emulator.token, base_url=emulator.base_url) as bot:
        await bot.set_my_commands([("menu", "Menu"), ("language", "Language"), ("stop", "No more messages")])
        await bot.set_my_commands(
            [("menu", "القائمة"), ("language", "اللغة"), ("stop", "إيقاف الرسائل")], language_code="ar"
        )
        while True:
            try:
                updates = await bot.get_updates(offset=offset, timeout=20)
            except (Conflict, NetworkError):
                return
            for update in updates:
                await answer(bot, update)
                offset = update.update_id + 1


@asynccontextmanager
async def echoing(emulator: Emulator) -> AsyncIterator[None]:
    """Runs the bot beside the test."""
    task = asyncio.create_task(serve(emulator))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
