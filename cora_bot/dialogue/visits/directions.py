"""Where a meeting is, above its card: a picture, a voice, a pin on a map. They come and go with the exact place.

They say nothing but where: no name, and nothing of what is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Conversation, Showing
from cora_bot.dialogue.inputs import ChoreDue, Input
from cora_bot.dialogue.prompt import MAP_PIN, PLACE_PICTURE, PLACE_VOICE, Spoken
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Turn
from cora_bot.dialogue.visits import cards
from cora_bot.study.visits.trip import Place, Slot

TITLE: Final = "📍"
"""All that is to be read of a picture or voice, on a lock screen too."""


def above(scene: Scene, slot: Slot, turn: Turn) -> Turn:
    """The turn that shows a booked meeting, with what leads there once it tells the exact place; the card below."""
    if turn.show is None or not cards.tells_place(scene, slot):
        return turn
    shown = tuple(_leading(scene.trip.place(slot.place), scene.language))
    return replace(turn, spoken=shown, show=replace(turn.show, fresh=True)) if shown else turn


def _leading(place: Place, language: str) -> Iterator[Spoken]:
    for sort, file in ((PLACE_PICTURE, place.picture(language)), (PLACE_VOICE, place.voice(language))):
        if file is not None and file.id:
            yield Spoken(sort, f"{file.id}{file.ending}", TITLE)
    if place.pin is not None:
        latitude, longitude = place.pin
        yield Spoken(MAP_PIN, "", f"{latitude:.5f} {longitude:.5f}")


def taken_away(before: Conversation, event: Input, turn: Turn) -> Turn:
    """Whatever is drawn after a card of a meeting: nothing that led there stays above it but its own.

    The same card once more, because presses were lost, leaves what stands there.
    """
    lost = isinstance(event, ChoreDue) and turn.conversation.chat.card.showing is Showing.VISIT
    if before.chat.card.showing is not Showing.VISIT or turn.show is None or lost:
        return turn
    return replace(turn, hush=True)
