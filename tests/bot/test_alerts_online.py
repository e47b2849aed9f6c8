"""AL-11 all the way over the emulator: an answer alerts, a phone of the team rings, one press takes it."""

from __future__ import annotations

from pathlib import Path

from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.usecases import alerts, staff_phones
from tests.dialogue.test_alerting import HELP, RULES, SAFE, SETTINGS
from tests.support.one_form import online


async def test_alert_rings_on_duty_and_is_taken_with_a_press(tmp_path: Path) -> None:
    rules = replace(RULES, purpose="check_ins")
    async with online(SAFE, tmp_path, settings=SETTINGS, alerts=rules, local_help=HELP) as chat:
        anna = chat.emulator.world.person("Anna", language_code="en")
        code = await staff_phones.add(chat.house, "Anna", language="en", duty=True, expires_days=1)
        anna.start(code)
        await chat.taken()
        linked = anna.last.text
        await chat.tap("No")
        (alert,) = await alerts.listed(chat.house)
        rung = anna.last.text
        anna.press(p.ALERT_TAKE)
        await chat.taken()

        assert linked == p.STAFF_LINKED
        assert rung == p.ALERT.format(case=alert.code, number=alert.number)
        assert [each.taken_by for each in await alerts.listed(chat.house)] == ["Anna"]
        assert [toast.text for toast in anna.toasts] == [p.ALERT_NOTED]
        assert p.HELP_NEARBY.format(help=HELP["en"]) in chat.text
        await chat.tap(p.CONTINUE)
        assert "Why?" in chat.text
