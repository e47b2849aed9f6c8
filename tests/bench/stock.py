"""The stock bot: what python-telegram-bot's manual shows, with one ORM commit a message, as most people would write it.

``python -m tests.bench.stock PORT CONCURRENCY KIND``. ``KIND``: ``removed`` if it also removes what was typed; else it
makes no difference. No questionnaire, no sealing, no schedule, and what was being handled
when it is killed is lost: it is only what our speed is compared with.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters


class Base(DeclarativeBase):
    pass


class Answer(Base):
    __tablename__ = "answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[int]
    text: Mapped[str]


def main(port: int, concurrency: int, *, removes: bool) -> None:
    logging.disable(logging.CRITICAL)
    engine = create_async_engine(f"sqlite+aiosqlite:///{Path(tempfile.mkdtemp()) / 'stock.db'}")

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    sessions = async_sessionmaker(engine, expire_on_commit=False)
    count = 0
    lock = asyncio.Lock()  # otherwise SQLite is too busy for some of the answers, and they are lost

    def keyboard() -> InlineKeyboardMarkup:
        nonlocal count
        count += 1
        return InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data=f"1c{count}")]])

    async def typed(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        message, chat = update.message, update.effective_chat
        assert message is not None and chat is not None
        async with lock, sessions.begin() as session:
            session.add(Answer(id=update.update_id, chat=chat.id, text=message.text or ""))
        await chat.send_message("next question")
        if removes:
            await message.delete()

    async def pressed(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query, chat = update.callback_query, update.effective_chat
        assert query is not None and chat is not None
        async with lock, sessions.begin() as session:
            session.add(Answer(id=update.update_id, chat=chat.id, text=query.data or ""))
        await query.answer()
        await query.edit_message_text("next question", reply_markup=keyboard())

    async def begin(_: object) -> None:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)

    builder = Application.builder().token("42:T").base_url(f"http://127.0.0.1:{port}/bot").job_queue(None)
    builder = builder.post_init(begin).pool_timeout(120).read_timeout(60).connect_timeout(60)
    application = builder.concurrent_updates(concurrency).build()
    application.add_handler(CallbackQueryHandler(pressed))
    application.add_handler(MessageHandler(filters.ALL, typed))
    application.run_polling(timeout=1)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), removes=sys.argv[3] == "removed")
