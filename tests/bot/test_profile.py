"""The bot's public face, against the emulator.

F-01 commands are set in every language of the study that Telegram can tell apart
F-02 the bot does not start while a forbidden word shows in its name, texts or commands
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta

import pytest
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats

from bot.api import TokenRefused
from bot.pilot.faults import Fault, Kind
from bot.pilot.server import Emulator
from bot.profile import command_texts, prepare, telegram_bot
from bot.request import AiohttpRequest
from cora_bot.base.clock import SetClock
from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.dialogue.inputs import CommandName
from cora_bot.dialogue.phrases import COMMANDS, Phrases
from cora_bot.study.model import Enrolment, Language, QuietHours, Retention, ReturnCheck, Study

LANGUAGES = ("en", "ar", "fa-AF", "fa-IR")
STUDY = Study(
    id="s", title="T", version="1",
    languages=tuple(Language(code, code, "draft") for code in LANGUAGES),
    default_language="en", recipients=(), countries={}, waves=(),
    enrolment=Enrolment("consent", (), {}, "", "", "", "", "", ""),
    return_check=ReturnCheck("check", "", ""),
    quiet=QuietHours(time(21), time(8)), default_hour=10, retention=Retention("P1Y", "P1Y"),
    team_contact={}, privacy={}, never_show={"en": ("return study", "deportation"), "ar": ("عودة",)},
    local_help={}, demo=True, hash="h",
)  # fmt: skip
TEXTS = {
    code: {CommandName.MENU: f"Menu {code}", CommandName.HELP: f"Help {code}"}
    for code in ("en", "ar", "fa-AF", "fa-IR")
}


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(clock=SetClock(datetime(2026, 6, 1, tzinfo=UTC) + timedelta())) as running:
        yield running


@pytest.fixture
async def bot(emulator: Emulator) -> AsyncIterator[Bot]:
    async with AiohttpRequest() as request:
        yield telegram_bot(request, token=emulator.token, base_url=emulator.base_url)


async def test_commands_are_set_in_every_language_telegram_can_tell_apart(emulator: Emulator, bot: Bot) -> None:
    await prepare(bot, STUDY, TEXTS)
    shown = {
        language: [(one["command"], one["description"]) for one in commands]
        for (_, language), commands in emulator.world.profile.commands.items()
    }
    assert shown == {
        "": [("menu", "Menu en"), ("help", "Help en")],
        "en": [("menu", "Menu en"), ("help", "Help en")],
        "ar": [("menu", "Menu ar"), ("help", "Help ar")],
        "fa": [("menu", "Menu fa-AF"), ("help", "Help fa-AF")],
    }


async def test_commands_that_stand_already_are_not_set_again(emulator: Emulator, bot: Bot) -> None:
    await prepare(bot, STUDY, TEXTS)
    await prepare(bot, STUDY, TEXTS)
    assert [call.method for call in emulator.world.calls].count("setMyCommands") == 4


@pytest.mark.parametrize(
    ("field", "language", "places"),
    [
        ("names", "", ["name (ar)", "name (default)", "name (en)", "name (fa)"]),
        ("descriptions", "ar", ["description (ar)"]),
        ("short_descriptions", "fa", ["about text (fa)"]),
    ],
)
async def test_forbidden_word_in_the_profile_stops_the_start(
    emulator: Emulator, bot: Bot, field: str, language: str, places: list[str]
) -> None:
    getattr(emulator.world.profile, field)[language] = "Our Return  STUDY"
    with pytest.raises(CoraError) as stopped:
        await prepare(bot, STUDY, TEXTS)
    found = "; ".join(f"{place} holds “return study”" for place in places)
    assert str(stopped.value) == f"the bot's public profile gives the study away: {found}"


async def test_forbidden_word_in_the_user_name_stops_the_start(emulator: Emulator, bot: Bot) -> None:
    emulator.world.bot = replace(emulator.world.bot, username="Return_Study_bot")
    with pytest.raises(CoraError, match=r"away: user name \(every language\) holds “return study”$"):
        await prepare(bot, STUDY, TEXTS)


async def test_forbidden_word_left_in_commands_of_private_chats_stops_the_start(emulator: Emulator, bot: Bot) -> None:
    """They stand before ours: Telegram shows the commands of the narrowest scope."""
    scope = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("menu", "Deportation questions")], scope=scope, language_code="ar")
    with pytest.raises(CoraError, match=r"away: commands \(ar\) holds “deportation”$"):
        await prepare(bot, STUDY, TEXTS)


async def test_forbidden_word_in_a_language_the_study_only_warns_of_stops_the_start(
    emulator: Emulator, bot: Bot
) -> None:
    study = replace(STUDY, never_show={**STUDY.never_show, "tr": ("geri dönüş",)})
    emulator.world.profile.descriptions["tr"] = "Geri Dönüş soruları"
    with pytest.raises(CoraError, match=r"away: description \(tr\) holds “geri dönüş”$"):
        await prepare(bot, study, TEXTS)


LANGUAGES_OF_A_PHONE = ("", "en", "ar", "fa")


@pytest.mark.parametrize("language", LANGUAGES_OF_A_PHONE)
@pytest.mark.parametrize("field", ["names", "descriptions", "short_descriptions"])
async def test_forbidden_word_in_any_text_of_any_language_stops_the_start(
    emulator: Emulator, bot: Bot, field: str, language: str
) -> None:
    for clean in LANGUAGES_OF_A_PHONE:
        getattr(emulator.world.profile, field)[clean] = "Hello"
    await prepare(bot, STUDY, TEXTS)
    getattr(emulator.world.profile, field)[language] = "after deportation"
    with pytest.raises(CoraError, match=rf"\({language or 'default'}\) holds “deportation”$"):
        await prepare(bot, STUDY, TEXTS)


async def test_forbidden_word_in_a_command_stops_the_start_before_anybody_sees_it(emulator: Emulator, bot: Bot) -> None:
    with pytest.raises(CoraError, match=r"away: commands \(ar\) holds “عودة”$"):
        await prepare(bot, STUDY, TEXTS | {"ar": {CommandName.STOP: "أوقف أسئلة العودة: عودة"}})
    assert emulator.world.profile.commands == {}


@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")  # python-telegram-bot's own, on raising it
async def test_flood_refusal_is_explained(emulator: Emulator, bot: Bot) -> None:
    emulator.faults.add(Fault(Kind.FLOOD, "getMyName", retry_after=9))
    with pytest.raises(CoraError, match="Telegram asks to wait"):
        await prepare(bot, STUDY, TEXTS)


async def test_wrong_token_is_explained(emulator: Emulator, bot: Bot) -> None:
    emulator.world.revoke("5:new")
    with pytest.raises(TokenRefused):
        await prepare(bot, STUDY, TEXTS)


async def test_unreachable_api_is_explained_without_the_token(emulator: Emulator, bot: Bot) -> None:
    await emulator.stop()
    with pytest.raises(CoraError) as stopped:
        await prepare(bot, STUDY, TEXTS)
    assert str(stopped.value) == "the bot's profile could not be read (NotSent)"
    assert stopped.value.__cause__ is None


def test_every_command_has_a_text_in_every_language() -> None:
    texts = command_texts(Phrases({}), STUDY)
    assert list(texts) == list(LANGUAGES)
    assert texts["ar"] == {name: COMMANDS[name.value] for name in CommandName}
