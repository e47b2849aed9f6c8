"""``cora doctor``, with what the chat face examines at Telegram."""

from __future__ import annotations

from collections.abc import Sequence

from bot.doctor import Asked, telegram_checks
from cora_bot.base.errors import CoraError
from cora_bot.base.examination import Checked
from cora_bot.cli.doctor.command import doctor_command
from cora_bot.cli.doctor.examined import Examined
from cora_bot.cli.open_house import bot_token


async def _telegram(examined: Examined) -> Sequence[Checked]:
    """The chat face's part of `cora doctor`."""
    settings = examined.settings
    try:
        token = bot_token(settings)
    except CoraError:
        return ()  # the core has said so
    return await telegram_checks(Asked(token, settings.api, settings.bot, examined.script, settings.webhook_url))


doctor = doctor_command(_telegram)
