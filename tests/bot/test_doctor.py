"""The chat face's part of ``cora doctor``, against the emulator.

D-01 a wrong token, another bot's token, a webhook, groups, a clock that is off are found, each with its mend
D-02 a word that must never be shown is found in the public texts
D-03 nothing is changed at Telegram, and the token is nowhere in what is said
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.doctor import Asked, telegram_checks
from bot.pilot.server import Emulator
from cora_bot.base.clock import SetClock, SystemClock
from cora_bot.base.values import replace
from tests.support.house import STUDY, script_of

QUIET = ("getMe", "getWebhookInfo", "getMyName", "getMyDescription", "getMyShortDescription", "getMyCommands")


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(clock=SetClock(datetime(2026, 6, 1, tzinfo=UTC))) as running:
        running.world.bot = replace(running.world.bot, username="quiet_bot")
        running.world.profile.joins_groups = False
        yield running


def asked(emulator: Emulator, **changes: str) -> Asked:
    return replace(Asked(emulator.token, emulator.url, "quiet_bot", script_of(STUDY)), **changes)


async def found(asked: Asked) -> tuple[list[str], list[str]]:
    """What is said to stand, and what is found; every finding has a mend, and none shows the token."""
    checked = await telegram_checks(asked)
    problems = [problem for each in checked for problem in each.problems]
    assert [problem for problem in problems if not problem.hint] == []
    assert asked.token not in repr((checked, asked))
    return [f"{each.part}: {each.said}" for each in checked if each.said], [str(one.message) for one in problems]


async def test_bot_in_order_is_found_in_order(emulator: Emulator) -> None:
    said, problems = await found(asked(emulator))
    assert (said[:3], problems) == (
        [
            "telegram: the token is that of @quiet_bot",
            "webhook: none, as it should be",
            "public texts: none of the words that must never be shown, in any of the study's languages",
        ],
        [],
    )
    assert said[3].startswith("clock: ")
    assert {call.method for call in emulator.world.calls} == set(QUIET)


async def test_refused_token_is_found(emulator: Emulator) -> None:
    assert await found(asked(emulator, token="5:other")) == ([], ["telegram: does not accept the token"])


async def test_another_bot_s_token_is_found(emulator: Emulator) -> None:
    _, problems = await found(asked(emulator, bot="loud_bot"))
    assert problems == ["telegram: the token is that of @quiet_bot, CORA_BOT says @loud_bot"]


async def test_user_name_is_compared_as_telegram_does(emulator: Emulator) -> None:
    assert (await found(asked(emulator, bot="Quiet_Bot")))[1] == []
    assert (await found(asked(emulator, bot="")))[1] == []


async def test_bot_that_can_be_taken_into_groups_is_a_warning(emulator: Emulator) -> None:
    emulator.world.profile.joins_groups = True
    checked = await telegram_checks(asked(emulator))
    (problem,) = [problem for each in checked for problem in each.problems]
    assert (problem.severity, "can be added to groups" in problem.message) == ("warning", True)


async def test_webhook_is_found(emulator: Emulator) -> None:
    emulator.world.profile.webhook = {"url": "https://elsewhere.example/hook"}
    _, problems = await found(asked(emulator))
    assert problems == ["webhook: one is set: messages go elsewhere"]


async def test_wanted_webhook_is_in_order_where_telegram_posts_to_it(emulator: Emulator) -> None:
    wanted = "https://here.example/hook"
    _, missing = await found(asked(emulator, webhook=wanted))
    emulator.world.profile.webhook = {"url": wanted}
    said, problems = await found(asked(emulator, webhook=wanted))
    emulator.world.profile.webhook["last_error_date"] = int(datetime.now(UTC).timestamp())
    _, failing = await found(asked(emulator, webhook=wanted))
    assert missing == ["webhook: it is not the one of CORA_WEBHOOK_URL: messages do not come here"]
    assert (said[1], problems) == ("webhook: Telegram posts to this server; 0 updates wait", [])
    assert failing == ["webhook: Telegram could not post lately; 0 updates wait"]


async def test_forbidden_word_in_the_public_texts_is_found(emulator: Emulator) -> None:
    word = script_of(STUDY).study.never_show["en"][0]
    emulator.world.profile.short_descriptions["ar"] = f"About {word}"
    _, problems = await found(asked(emulator))
    assert problems == [f"about text (ar) holds “{word}”"]


async def test_telegram_out_of_reach_is_found(emulator: Emulator) -> None:
    await emulator.stop()
    said, problems = await found(asked(emulator))
    assert (said, problems) == ([], ["telegram: gives no answer (NotSent)"])


@pytest.mark.parametrize(("seconds", "complaints"), [(30, 0), (-90, 1), (7200, 1)])
async def test_clock_that_is_off_is_found(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, seconds: int, complaints: int
) -> None:
    now = SystemClock.now
    monkeypatch.setattr(SystemClock, "now", lambda self: now(self) + timedelta(seconds=seconds))
    _, problems = await found(asked(emulator))
    assert [problem.startswith("clock: it is ") for problem in problems] == [True] * complaints
