"""An interview as staff enter it at the terminal, for golden chats: the lines they type, through the very usecase."""

from __future__ import annotations

from cora_bot.cli.trial import AWAY, Trial
from cora_bot.dialogue.conversation import Mode
from cora_bot.usecases import staff_entry
from cora_bot.usecases.house import House


async def interview(house: House, code: str, form: str, *, mode: Mode, typed: list[str]) -> None:
    """All of ``typed``, one line after another, to the end of the form; then it is stored."""
    begun = await staff_entry.begin(house, code, form, mode=mode)
    trial = Trial(house.script, begun.begun, chance=house.chance, mode=mode, without=AWAY)
    for line in typed:
        if not trial.answer(line, house.clock.now()):
            raise ValueError(f"{line!r} is no answer to: {trial.prompt.text}")
    if not trial.finished:
        raise ValueError(f"the interview stands at: {trial.prompt.text}")
    await staff_entry.keep(house, begun, trial.turns)
