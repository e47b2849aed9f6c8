"""TK-06 ``cora tasks`` lists by reason and age, notes what was done or passed on, and says what it cannot."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path

import pytest

from cora_bot.cli.open_house import open_house
from cora_bot.dialogue.turn import TaskReason
from cora_bot.settings import read_settings
from cora_bot.store import tasks as store
from cora_bot.store.participants import first
from tests.cli.running import Said, cora
from tests.cli.server import Server, enrol, set_up


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A server with one person, for whom two tasks are open."""
    made = set_up(tmp_path)
    enrol(made, cora("invite", "--count", 1, settings=made.settings).out.strip())
    asyncio.run(_open(made))
    return made


async def _open(server: Server) -> None:
    async with open_house(read_settings(server.settings)) as house, house.database.transaction() as tx:
        (who,) = await first(tx, 1)
        found = [store.New(who, TaskReason.MISSED, "check_in", 3), store.New(who, TaskReason.MESSAGE)]
        await store.open_new(tx, found, house.clock.now())


def tasks(server: Server, *more: str) -> Said:
    return cora("tasks", *more, settings=server.settings)


def rows(server: Server, *more: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(tasks(server, "--csv", *more).out)))


def code_of(server: Server) -> str:
    people = cora("people", "--csv", settings=server.settings).out
    return next(csv.DictReader(io.StringIO(people)))["code"]


def test_tasks_are_listed_by_reason(server: Server) -> None:
    found = rows(server)
    case = code_of(server)
    assert [(each["case"], each["reason"], each["about"], each["days"], each["with"]) for each in found] == [
        (case, "message", "", "0", ""),
        (case, "missed", "check_in 3", "0", ""),
    ]
    said = tasks(server)
    assert (said.code, said.out.splitlines()[-1]) == (0, "2 open tasks")
    assert "1 message: wrote to the team and has no answer" in said.out


def test_task_is_passed_on_then_done(server: Server) -> None:
    first_one, second = rows(server)
    passed = tasks(server, "--pass", first_one["task"], "--to", "Mira")
    assert passed.out == f"task {first_one['task']}, {code_of(server)}: passed on\n"
    assert [each["with"] for each in rows(server)] == ["Mira", ""]
    assert tasks(server, "--done", first_one["task"], "--by", "Mira").code == 0
    assert [each["task"] for each in rows(server)] == [second["task"]]
    assert [(each["task"], each["by"]) for each in rows(server, "--all") if each["done"]] == [
        (first_one["task"], "Mira")
    ]


def test_unknown_task_is_said_to_be_so(server: Server) -> None:
    said = tasks(server, "--done", "99")
    assert (said.code, said.out) == (1, "")
    assert "there is no task '99'" in said.err


@pytest.mark.parametrize(
    "typed", [("--done", "1", "--pass", "2"), ("--by", "Mira"), ("--to", "Mira"), ("--done", "1", "--to", "Mira")]
)
def test_steps_do_not_mix(server: Server, typed: tuple[str, ...]) -> None:
    assert tasks(server, *typed).code == 2
