"""The bot's public face at Telegram: its commands are set here, and all of it is searched for words that betray.

Anybody who looks over a shoulder, or searches the phone, sees the bot's name, descriptions and command list. A study
lists words that must never appear there; the bot does not start while one of them does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.api import TELEGRAM, TokenRefused
from bot.request import AiohttpRequest
from cora_bot.base.errors import CoraError
from cora_bot.base.problems import Problem
from cora_bot.base.values import Value
from cora_bot.dialogue.inputs import CommandName
from cora_bot.dialogue.phrases import COMMANDS, Phrases
from cora_bot.study.check import ShownText, check_never_show
from cora_bot.study.model import Study

DESCRIPTION_LIMIT = 256  # of one command

CommandTexts = Mapping[str, Mapping[CommandName, str]]


def command_texts(phrases: Phrases, study: Study) -> CommandTexts:
    """The commands' descriptions in the study's languages."""
    return {
        language.code: {name: phrases.say(COMMANDS[name.value], language.code) for name in CommandName}
        for language in study.languages
    }


class _Bot(Bot):
    """The library's own would show the token to whoever prints it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Bot"


def telegram_bot(request: AiohttpRequest, *, token: str, base_url: str = TELEGRAM) -> Bot:
    """python-telegram-bot's ``Bot`` on our request, which stays the caller's to open and close."""
    base = base_url.rstrip("/").removesuffix("/bot")
    return _Bot(
        token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot", request=request, get_updates_request=request
    )


async def prepare(bot: Bot, study: Study, commands: CommandTexts) -> None:
    """Checks what the public sees, then sets the commands. Raises CoraError when a word of the study shows."""
    try:
        await _prepare(bot, study, commands)
    except InvalidToken:
        raise TokenRefused from None
    except RetryAfter:
        raise CoraError("Telegram asks to wait before the profile is read", "Start the bot a minute later.") from None
    except TelegramError as error:
        raise CoraError(
            f"the bot's profile could not be read ({type(error).__name__})", "Is the Bot API reachable from here?"
        ) from None


async def _prepare(bot: Bot, study: Study, commands: CommandTexts) -> None:
    seen = await _seen(bot, study, commands)
    problems = _problems(study, seen)
    if problems:
        found = "; ".join(sorted({problem.message for problem in problems}))
        raise CoraError(
            f"the bot's public profile gives the study away: {found}",
            "Change these texts with @BotFather, or the commands' descriptions; the bot starts when none is left.",
        )
    for language, list_ in seen.wanted.items():
        if seen.standing.get(language) != list_:  # Telegram limits how often commands may be set
            await bot.set_my_commands(list_, language_code=language)


async def public_problems(bot: Bot, study: Study, commands: CommandTexts) -> tuple[Problem, ...]:
    """One for each of the study's never-show words that the public sees, or would see. Raises ``TelegramError``."""
    return _problems(study, await _seen(bot, study, commands))


class _Seen(Value):
    """What the public sees, and the commands that stand and those that are wanted, by Telegram's language code."""

    texts: tuple[ShownText, ...]
    standing: Mapping[str, tuple[BotCommand, ...]]
    wanted: Mapping[str, tuple[BotCommand, ...]]


async def _seen(bot: Bot, study: Study, commands: CommandTexts) -> _Seen:
    wanted = _wanted(study, commands)
    # A word is sought in every language, so a text is looked at in every language that somebody had reason to set.
    others = {_short(code) for code in study.never_show} - {""}
    languages = ("", *sorted({code for code in (*wanted, *others) if len(code) == 2}))
    me = await bot.get_me()
    faces = await asyncio.gather(*(_face(bot, language) for language in languages))
    user_name = ShownText("user name", "every language", (me.username or "").replace("_", " "))
    texts = (user_name, *(text for face in faces for text in face.texts))
    return _Seen(texts, {face.language: face.commands for face in faces}, wanted)


def _problems(study: Study, seen: _Seen) -> tuple[Problem, ...]:
    commands = {**seen.standing, **seen.wanted}
    shown = [_as_text(language, one) for language, list_ in commands.items() for one in list_]
    return check_never_show(study.never_show, [*seen.texts, *shown])


def _wanted(study: Study, commands: CommandTexts) -> dict[str, tuple[BotCommand, ...]]:
    """The commands by Telegram's language code; "" are those for every other language."""
    codes = {"": study.default_language} | {_short(code): code for code in _firsts(study)}
    return {
        language: tuple(BotCommand(name.value, text[:DESCRIPTION_LIMIT]) for name, text in commands[code].items())
        for language, code in codes.items()
        if code in commands
    }


class _Face(Value):
    """What the public sees in one language."""

    language: str
    texts: tuple[ShownText, ...]
    commands: tuple[BotCommand, ...]


async def _face(bot: Bot, language: str) -> _Face:
    name = await bot.get_my_name(language_code=language)
    short = await bot.get_my_short_description(language_code=language)
    description = await bot.get_my_description(language_code=language)
    shown = {"name": name.name, "about text": short.short_description, "description": description.description}
    texts = [ShownText(place, language or "default", text) for place, text in shown.items()]
    # Commands set for private chats alone stand before ours: another program may have left them there.
    nearer = await bot.get_my_commands(scope=BotCommandScopeAllPrivateChats(), language_code=language)
    texts += [_as_text(language, one) for one in nearer]
    return _Face(language, tuple(texts), await bot.get_my_commands(language_code=language))


def _as_text(language: str, command: BotCommand) -> ShownText:
    return ShownText("commands", language or "default", f"{command.command} {command.description}")


def _short(code: str) -> str:
    """Telegram knows two-letter codes only: ``fa`` for ``fa-AF``."""
    return code.split("-", 1)[0].lower()


def _firsts(study: Study) -> list[str]:
    """The study's languages, one for each two-letter code: the first listed wins."""
    firsts: dict[str, str] = {}
    for language in study.languages:
        firsts.setdefault(_short(language.code), language.code)
    return [code for short, code in firsts.items() if len(short) == 2]
