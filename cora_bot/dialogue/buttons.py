"""How a button is made of a phrase."""

from __future__ import annotations

from collections.abc import Sequence

from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.dialogue.prompt import Button
from cora_bot.dialogue.scene import Scene

Row = tuple[Button, ...]


def button(scene: Scene, phrase: str, verb: Verb, *, node: int = 0, choice: int = 0, mark: str = "") -> Button:
    label = scene.say(phrase)
    return Button(f"{mark} {label}" if mark else label, Press(verb, node=node, choice=choice))


def in_rows(buttons: Sequence[Button], width: int) -> list[Row]:
    return [tuple(buttons[start : start + width]) for start in range(0, len(buttons), width)]
