"""The chat face's part of ``cora doctor``: what only Telegram can say about the token, the profile and the time.

Nothing is sent to anybody and nothing is changed at Telegram; the answers hold no content.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.profile import command_texts, public_problems, telegram_bot
from bot.request import AiohttpRequest
from cora_bot.base.clock import SystemClock
from cora_bot.base.examination import Checked, error, warning, wrong
from cora_bot.base.problems import Problem
from cora_bot.dialogue.script import Script

PART: Final = "telegram"
FALSE_CLOCK: Final = 60  # seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about. ``bot`` is the user name the settings say, "" for none; ``script`` None: no words known."""

    token: str = field(repr=False)
    api: str
    bot: str
    script: Script | None
    webhook: str = ""
    """What the settings say Telegram posts to, "" for fetching."""


async def telegram_checks(asked: Asked) -> Sequence[Checked]:
    """Token, webhook, user name, public texts, clock. Without an answer the rest says nothing."""
    async with AiohttpRequest(read_timeout=10) as request:
        bot = telegram_bot(request, token=asked.token, base_url=asked.api)
        try:
            return [each async for each in _each(bot, asked)]
        except InvalidToken:
            hint = "Take the current token from @BotFather and put it into the token's file."
            return (wrong(PART, "does not accept the token", hint),)
        except TelegramError as why:
            hint = "Does this machine reach the Bot API? Is CORA_API right?"
            return (wrong(PART, f"gives no answer ({type(why).__name__})", hint),)


async def _each(bot: Bot, asked: Asked) -> AsyncIterator[Checked]:
    me = await bot.get_me()
    problems = [*_named(me.username or "", asked.bot), *_groups(joins=me.can_join_groups)]
    yield Checked(PART, "" if problems else f"the token is that of @{me.username}", tuple(problems))
    yield await _webhook(bot, asked.webhook)
    if asked.script is not None:
        study = asked.script.study
        found = await public_problems(bot, study, command_texts(asked.script.phrases, study))
        said = "none of the words that must never be shown, in any of the study's languages"
        yield Checked("public texts", "" if found else said, found)
    yield await _clock(asked.api)


def _named(username: str, wanted: str) -> list[Problem]:
    if not wanted or wanted.casefold() == username.casefold():
        return []
    hint = "Links and cards would lead to another bot: set CORA_BOT, or take the right token."
    return [error(PART, f"the token is that of @{username}, CORA_BOT says @{wanted}", hint)]


def _groups(*, joins: bool | None) -> list[Problem]:
    if not joins:
        return []
    hint = "At @BotFather: /setjoingroups, Disable."
    return [warning(PART, "the bot can be added to groups, where others would see that somebody knows it", hint)]


async def _webhook(bot: Bot, wanted: str) -> Checked:
    info = await bot.get_webhook_info()
    if wanted and info.url == wanted:
        failed = info.last_error_date is not None and SystemClock().now() - info.last_error_date < _LATELY
        if failed:
            hint = "Is the proxy up, its certificate valid, the bot running? Telegram goes on trying for a day."
            return wrong("webhook", f"Telegram could not post lately; {info.pending_update_count} updates wait", hint)
        return Checked("webhook", f"Telegram posts to this server; {info.pending_update_count} updates wait")
    if wanted:
        hint = "'cora run' sets it when it starts. Is it running with CORA_WEBHOOK_URL?"
        return wrong("webhook", "it is not the one of CORA_WEBHOOK_URL: messages do not come here", hint)
    if not info.url:
        waiting = f"; {info.pending_update_count} updates wait" if info.pending_update_count else ""
        return Checked("webhook", f"none, as it should be{waiting}")
    hint = "Does another program use this token? /revoke it then. Otherwise 'cora run' takes the webhook away."
    return wrong("webhook", "one is set: messages go elsewhere", hint)


async def _clock(api: str) -> Checked:
    """Telegram's clock against ours: at night nobody must be written to."""
    try:
        async with aiohttp.ClientSession() as session, session.head(api, timeout=_TEN) as answer:
            theirs = parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, TimeoutError, KeyError, ValueError):
        return Checked("clock", "not compared: Telegram did not say what time it is")
    apart = round(abs((SystemClock().now() - _aware(theirs)).total_seconds()))
    if apart > FALSE_CLOCK:
        hint = "Set the machine's clock: timedatectl set-ntp true"
        return wrong("clock", f"it is {apart} s away from Telegram's", hint)
    return Checked("clock", f"{apart} s away from Telegram's")


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


_LATELY = timedelta(minutes=10)
_TEN = aiohttp.ClientTimeout(total=10)
