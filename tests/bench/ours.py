"""Our whole bot on a form of 20 questions: ``python -m tests.bench.ours PORT CHATS KIND``, talking to the loopback API.

Everything is as in the field but for two things: the people are in the store already, each before the first question,
and nothing is sent at Telegram's pace. ``--store``: an address of the store and one of the keys, which are prepared;
``--role``: what this process does of the whole; ``--client bare``: with the leanest HTTP client there could be;
``--commits``: a file for the seconds each update waited from the API to its commit, one a line.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

import bot.app
from bot.app import App, Connection, Role
from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import SystemClock, monotonic
from cora_bot.base.values import replace
from cora_bot.dialogue.handlers import questions
from cora_bot.dialogue.inputs import Text
from cora_bot.dialogue.scene import Scene
from cora_bot.usecases import receive
from cora_bot.usecases.exchange import Arrived, Reaction
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.house import House
from tests.bench.bare import BareRequest
from tests.bench.flame import look
from tests.bench.loopback import FIRST_CHAT
from tests.support.house import Premises, opened, premises
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


def about(house: House, kind: str) -> House:
    """The house of the form."""
    return replace(house, script=script_around(chat_form(form_text(kind))), chance=SystemChance())


async def prepare(house: House, chats: int) -> None:
    """Everybody is asked the first question."""
    await register_forms(house)
    (form,) = house.script.forms
    who = {"language": "en", "zone": "UTC", "told_removal": True}
    for number in range(chats):
        await joined(house, FIRST_CHAT + number, **who)
        before = await meet(house, FIRST_CHAT + number)
        scene, walk = questions.begin(Scene(before, house.script, house.clock.now(), house.chance), form)
        await write(house, before, questions.ask(scene, walk), f"begin {number}")


def note_commits(into: Path) -> None:
    """From now on each batch, once it is committed, adds how long its updates had waited."""
    handle = receive.receive

    async def timed(house: House, batch: Sequence[Arrived]) -> list[Reaction]:
        reactions = await handle(house, batch)
        now = monotonic()
        with into.open("a", encoding="ascii") as file:
            file.writelines(f"{now - handed_out_at(each):.6f}\n" for each in batch)
        return reactions

    receive.receive = timed


def handed_out_at(arrived: Arrived) -> float:
    """What ``loopback`` wrote on it."""
    said = arrived.input.text if isinstance(arrived.input, Text) else arrived.key
    return float(said.rpartition(" ")[2])


def place(store: list[str] | None) -> Premises:
    found = premises(Path(tempfile.mkdtemp()), SystemClock())
    return replace(found, database=store[0], keystore=store[1]) if store else found


async def main(orders: argparse.Namespace) -> None:
    if orders.client == "bare":
        bot.app.AiohttpRequest = BareRequest  # type: ignore[misc]
    async with opened(place(orders.store)) as fresh:
        house = about(fresh, orders.kind)
        if orders.store is None:
            await prepare(house, orders.chats)
        connection = Connection(
            "42:T", f"http://127.0.0.1:{orders.port}", rate=0, per_chat=0, long_poll=1, role=Role(orders.role)
        )
        if orders.commits:
            note_commits(Path(orders.commits))
        if orders.stacks:
            look(Path(orders.stacks))
        await App(house, connection).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("chats", type=int)
    parser.add_argument("kind", choices=("typed", "pressed"))
    parser.add_argument("--store", nargs=2)
    parser.add_argument("--role", default=Role.ALL.value)
    parser.add_argument("--client", default="aiohttp")
    parser.add_argument("--commits")
    parser.add_argument("--stacks", help="where the process writes down what it is busy with")
    asyncio.run(main(parser.parse_args()))
