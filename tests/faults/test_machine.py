"""Anything may happen to one person's check-ins, in any order; what must hold holds after every order tried.

M-01 what the person was shown as stored is opened exactly once · M-02 no unsolicited message arrives twice
M-03 every call is in the books, and nothing is in flight for ever · M-04 nothing unasked after "no more messages"
M-05 each of these is seen to break when what it rests on is switched off · all of them on both engines
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Status
from cora_bot.dialogue.turn import Turn
from cora_bot.usecases.due import due
from cora_bot.usecases.exchange import Outcome, Removal, Sending
from tests.support.dying import TAKEN_IN, Steps, serve
from tests.support.grounds import Ground, prepared
from tests.support.hostile import ADDRESS, Telegram
from tests.support.killed import Killed
from tests.support.machine import NOTHING, Machine, SharedMachine
from tests.support.sites import FILES, Site
from tests.support.switched_off import careless, deaf, forgetful, oblivious, repeating, unfenced, untidy
from tests.support.turns import meet, write

EXAMPLES = int(os.environ.get("CORA_EXAMPLES", "5"))
STEPS = 20
OCCASIONS = 3
SwitchOff = Callable[[pytest.MonkeyPatch], None]
Scene = Callable[[Machine], None]


@pytest.fixture
async def begun(tmp_path: Path, site: Site) -> AsyncIterator[Ground]:
    ground = await prepared(tmp_path / "begin", occasions=OCCASIONS, site=site)
    yield ground
    await ground.clear()


def machine_on(begun: Ground) -> Machine:
    return Machine(begun) if begun.site is FILES else SharedMachine(begun)


def tried(begun: Ground, examples: int = EXAMPLES) -> None:
    run_state_machine_as_test(
        lambda: machine_on(begun),  # type: ignore[arg-type]
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            print_blob=False,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(900)
def test_nothing_that_may_happen_loses_or_doubles(begun: Ground) -> None:
    tried(begun)


# ---- each promise breaks without what it rests on --------------------------------------------------------------------


def a_call_times_out(machine: Machine) -> None:
    machine.run(("time-out", 0))
    machine.run(NOTHING)


def a_word_comes_twice(machine: Machine) -> None:
    for _ in range(3):
        machine.the_person_goes_on(fate=NOTHING)
    machine.telegram_hands_an_update_out_again(fate=NOTHING)
    machine.the_person_goes_on(fate=NOTHING)
    machine.the_person_goes_on(fate=NOTHING)


def the_process_ends_behind_a_call(machine: Machine) -> None:
    telegram, call = machine.telegram, machine.telegram.call

    def last(sending: Sending | Removal) -> Outcome:
        call(sending)
        raise Killed

    telegram.call = last  # type: ignore[method-assign]
    machine.run(NOTHING)
    telegram.call = call  # type: ignore[method-assign]
    assert machine.house is None
    machine.run(NOTHING)


def a_word_is_taken_in_and_the_process_ends(machine: Machine) -> None:
    for _ in range(3):
        machine.the_person_goes_on(fate=NOTHING)
    machine.telegram.crowded = True
    machine.one.act()
    machine.do(machine._serve(Steps(named=TAKEN_IN)))
    assert machine.house is None
    assert machine.one.written != []
    machine.run(NOTHING)


def a_sender_was_replaced(machine: Machine) -> None:
    assert isinstance(machine, SharedMachine)
    machine.run(NOTHING)
    machine.a_sender_that_was_replaced_wakes_up(called=True, fate=NOTHING)


def broken(machine: Machine, scene: Scene) -> str:
    """What is found wrong after the scene."""
    machine.begin()
    try:
        scene(machine)
        machine.read()
    except AssertionError as error:
        return str(error)
    finally:
        machine.close()
    return ""


SWITCHED: list[tuple[SwitchOff, Scene, str]] = [
    (repeating, a_call_times_out, "arrived twice"),
    (forgetful, a_word_comes_twice, "is stored 2 times"),
    (untidy, a_word_comes_twice, "stands, and nobody will remove it"),
    (oblivious, a_word_is_taken_in_and_the_process_ends, "stands, and nobody will remove it"),
    (careless, the_process_ends_behind_a_call, "is in flight for ever"),
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("off", [True, False], ids=["off", "on"])
@pytest.mark.parametrize(("switch_off", "scene", "wrong"), SWITCHED, ids=[each[0].__name__ for each in SWITCHED])
def test_promise_breaks_where_its_mechanism_is_off(
    monkeypatch: pytest.MonkeyPatch, begun: Ground, *, switch_off: SwitchOff, scene: Scene, wrong: str, off: bool
) -> None:
    if off:
        switch_off(monkeypatch)
    found = broken(machine_on(begun), scene)
    assert (wrong in found, found == "") == (off, not off)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("off", [True, False], ids=["off", "on"])
@pytest.mark.parametrize("site", ["postgresql"], indirect=True)  # SQLite has one process, and nobody to fence off
def test_replaced_sender_leaves_nothing_in_flight_unless_nobody_fences_it_off(
    monkeypatch: pytest.MonkeyPatch, begun: Ground, *, off: bool
) -> None:
    if off:
        unfenced(monkeypatch)
    found = broken(machine_on(begun), a_sender_was_replaced)
    assert ("is in flight for ever" in found, found == "") == (off, not off)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("off", [True, False], ids=["off", "on"])
async def test_nothing_unasked_after_no_more_messages_unless_nobody_judges(
    begun: Ground, monkeypatch: pytest.MonkeyPatch, off: bool
) -> None:
    """An invitation waits in the outbox when the person's "no more messages" is committed."""
    begun.clock.move(timedelta(hours=2))
    telegram = Telegram(begun.clock)
    async with begun.open() as house:
        await due(house)
        if off:
            deaf(monkeypatch)
        before = await meet(house, ADDRESS)
        assert before.participant is not None
        stopped = replace(before, participant=replace(before.participant, status=Status.STOPPED))
        await write(house, before, Turn(stopped))
        await serve(house, telegram, Steps())
    assert any(each.unsolicited for each in telegram.made) == off
