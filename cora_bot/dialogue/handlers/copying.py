"""A copy of one's own answers, under a key that is shown once. Only where the study offers it."""

from __future__ import annotations

from typing import Final

from cora_bot.base.chance import letters
from cora_bot.base.text import isolate
from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Showing, Status
from cora_bot.dialogue.handlers import asides
from cora_bot.dialogue.inputs import Pressed, Verb
from cora_bot.dialogue.prompt import Prompt
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.turn import Turn

LENGTH: Final = 16
GROUP: Final = 4


def offered(scene: Scene) -> bool:
    return scene.study.participant_copy and scene.participant.status is Status.ACTIVE


def own_copy(scene: Scene, event: Pressed) -> Turn:
    """What it means first; with a second press the key is made, shown, and forgotten by everybody but the person."""
    if not offered(scene):
        return asides.menu(scene, event)
    if event.press.choice != 1:
        make = cards.button(scene, p.OWN_COPY_MAKE, Verb.OWN_COPY, choice=1)
        return draw(scene, cards.aside(scene, scene.say(p.OWN_COPY_MEANS), (make,)), Showing.ASIDE)
    drawn = letters(scene.chance, LENGTH)
    shown = "-".join(drawn[start : start + GROUP] for start in range(0, LENGTH, GROUP))
    prompt = Prompt(
        scene.say(p.OWN_COPY_KEY, key=isolate(shown)), ((cards.button(scene, p.I_HAVE_READ, Verb.RESUME),),)
    )
    turn = draw(scene, prompt, Showing.ASIDE)
    return fading(scene, replace(turn, own_key=drawn, notes=("own_copy_begun",)))
