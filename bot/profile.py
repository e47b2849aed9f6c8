"""The bot's public face at Telegram: its commands are set here, and all of it is searched for words that betray.

Anybody who looks over a shoulder, or searches the phone, sees the bot's name, descriptions and command list. A study
lists words that must never appear there; the bot does not start while one of them does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from telegram import Bot, BotCommand
from telegram.error import InvalidToken, TelegramError

from bot.api import TELEGRAM, TokenRefused
from bot.request import AiohttpRequest
from cora_bot.base.errors import CoraError
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
    """Sets the commands and checks what the public sees. Raises CoraError when a word of the study shows."""
    try:
        await _set_commands(bot, study, commands)
        shown = [text for language in ("", *_codes(study)) for text in await _shown(bot, language)]
    except InvalidToken:
        raise TokenRefused from None
    except TelegramError as error:
        raise CoraError(
            f"the bot's profile could not be read ({type(error).__name__})", "Is the Bot API reachable from here?"
        ) from None
    problems = check_never_show(study.never_show, shown)
    if problems:
        found = "; ".join(sorted({problem.message for problem in problems}))
        raise CoraError(
            f"the bot's public profile gives the study away: {found}",
            "Change these texts with @BotFather, or the commands' descriptions; the bot starts when none is left.",
        )


async def _set_commands(bot: Bot, study: Study, commands: CommandTexts) -> None:
    for language, code in (("", study.default_language), *((_short(code), code) for code in _firsts(study))):
        texts = commands.get(code)
        if texts:
            await bot.set_my_commands(_as_commands(texts), language_code=language)


def _as_commands(texts: Mapping[CommandName, str]) -> list[BotCommand]:
    return [BotCommand(name.value, texts[name][:DESCRIPTION_LIMIT]) for name in CommandName if texts.get(name)]


async def _shown(bot: Bot, language: str) -> Iterable[ShownText]:
    name = await bot.get_my_name(language_code=language)
    short = await bot.get_my_short_description(language_code=language)
    description = await bot.get_my_description(language_code=language)
    commands = await bot.get_my_commands(language_code=language)
    return (
        ShownText("name", language or "default", name.name),
        ShownText("about text", language or "default", short.short_description),
        ShownText("description", language or "default", description.description),
        *(
            ShownText("commands", language or "default", f"{command.command} {command.description}")
            for command in commands
        ),
    )


def _short(code: str) -> str:
    """Telegram knows two-letter codes only: ``fa`` for ``fa-AF``."""
    return code.split("-", 1)[0].lower()


def _firsts(study: Study) -> list[str]:
    """The study's languages, one for each two-letter code: the first listed wins."""
    firsts: dict[str, str] = {}
    for language in study.languages:
        firsts.setdefault(_short(language.code), language.code)
    return [code for short, code in firsts.items() if len(short) == 2]


def _codes(study: Study) -> list[str]:
    return [_short(code) for code in _firsts(study)]
