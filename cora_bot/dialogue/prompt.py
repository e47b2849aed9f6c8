"""What a person is shown: plain text and buttons. ``bot/render.py`` turns it into Telegram's terms."""

from __future__ import annotations

from dataclasses import dataclass

from cora_bot.dialogue.inputs import Press


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    press: Press


@dataclass(frozen=True, slots=True)
class Prompt:
    """``text`` is plain (no markup), at most 4096 UTF-16 units; ``rows`` are the buttons, row by row."""

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
