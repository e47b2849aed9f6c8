"""Our whole bot on a form of 20 questions: ``python -m tests.bench.ours PORT CHATS KIND``, talking to the loopback API.

Everything is as in the field but for two things: the people are in the store already, each before the first question,
and nothing is sent at Telegram's pace.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from bot.app import App, Connection
from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import SystemClock
from cora_bot.base.values import replace
from cora_bot.dialogue.handlers import questions
from cora_bot.dialogue.scene import Scene
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.house import House
from tests.bench.loopback import FIRST_CHAT
from tests.support.house import opened, premises
from tests.support.one_form import chat_form, script_around
from tests.support.turns import joined, meet, write

QUESTIONS = 20


def form_text(kind: str) -> str:
    """20 questions and 60 expressions; in ``pressed`` of a choice, in ``typed`` of a text."""
    rows = ["| survey |", "| | type | name | label | relevant | constraint | calculation |"]
    for number in range(1, QUESTIONS + 1):
        asks = "select_one yn" if kind == "pressed" else "text"
        earlier = f"string-length(${{q{max(1, number - 3)}}}) > 0" if number > 1 else ""
        rows.append(f"| | {asks} | q{number} | Question {number}? | {earlier} | string-length(.) < 100 | |")
        rows.append(f"| | calculate | c{number} | | | | concat(${{q{number}}}, '-', {number}) |")
    if kind == "pressed":
        rows += ["| choices |", "| | list_name | name | label |", "| | yn | yes | Yes |", "| | yn | no | No |"]
    return "\n".join(rows)


async def _prepared(house: House, chats: int) -> None:
    """Everybody is asked the first question."""
    (form,) = house.script.forms
    who = {"language": "en", "zone": "UTC", "told_removal": True}
    for number in range(chats):
        await joined(house, FIRST_CHAT + number, **who)
        before = await meet(house, FIRST_CHAT + number)
        scene, walk = questions.begin(Scene(before, house.script, house.clock.now(), house.chance), form)
        await write(house, before, questions.ask(scene, walk), f"begin {number}")


async def main(port: int, chats: int, kind: str) -> None:
    clock, folder = SystemClock(), Path(tempfile.mkdtemp())
    script = script_around(chat_form(form_text(kind)))
    async with opened(premises(folder, clock)) as house:
        house = replace(house, script=script, chance=SystemChance())
        await register_forms(house)
        await _prepared(house, chats)
        connection = Connection("42:T", f"http://127.0.0.1:{port}", rate=0, per_chat=0, long_poll=1)
        await App(house, connection).run()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
