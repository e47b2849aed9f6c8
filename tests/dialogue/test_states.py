"""D-01 every state takes every input; D-02 a missing pair names both; D-03 a command is its button; D-04 the picture
in docs/ is the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from cora_bot.dialogue.inputs import Command, CommandName, Verb
from cora_bot.dialogue.states import COMMANDS, TRANSITIONS, Event, State, handler_for, key_of
from tests.support.transitions import picture

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("state", State)
def test_table_takes_every_input_in_every_state(state: State) -> None:
    expected = {*Verb, *Event}

    assert set(TRANSITIONS[state]) == expected


def test_handler_for_missing_pair_names_both() -> None:
    with pytest.raises(LookupError, match=r"resting.*nonsense"):
        handler_for(State.RESTING, "nonsense")  # type: ignore[arg-type]


def test_command_has_the_handler_of_its_button() -> None:
    expected = [COMMANDS[name] for name in CommandName]

    assert [key_of(Command(name, 1)) for name in CommandName] == expected


def test_picture_in_docs_is_current() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")

    assert picture() in text
