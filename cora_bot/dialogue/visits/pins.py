"""Where a meeting is, as a pin on a map above its card. It comes with the exact place and goes with it.

A pin says nothing but where: no name, no address, and nothing of what is there.
"""

from __future__ import annotations

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Conversation, Showing
from cora_bot.dialogue.inputs import ChoreDue, Input
from cora_bot.dialogue.prompt import MAP_PIN, Spoken
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Turn
from cora_bot.dialogue.visits import cards
from cora_bot.study.visits.trip import Slot


def above(scene: Scene, slot: Slot, turn: Turn) -> Turn:
    """The turn that shows a booked meeting, with its pin where the card tells the exact place; the card goes below."""
    pin = scene.trip.place(slot.place).pin
    if pin is None or turn.show is None or not cards.tells_place(scene, slot):
        return turn
    latitude, longitude = pin
    spoken = (Spoken(MAP_PIN, "", f"{latitude:.5f} {longitude:.5f}"),)
    return replace(turn, spoken=spoken, show=replace(turn.show, fresh=True))


def taken_away(before: Conversation, event: Input, turn: Turn) -> Turn:
    """Whatever is drawn after a card of a meeting: no pin stays above it but its own.

    The same card once more, because presses were lost, leaves what stands there.
    """
    lost = isinstance(event, ChoreDue) and turn.conversation.chat.card.showing is Showing.VISIT
    if before.chat.card.showing is not Showing.VISIT or turn.show is None or lost:
        return turn
    return replace(turn, hush=True)
