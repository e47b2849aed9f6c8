"""What a person is shown: plain text and buttons. ``bot/render.py`` turns it into Telegram's terms."""

from __future__ import annotations

from typing import Final

from cora_bot.base.values import Value
from cora_bot.dialogue.inputs import Press

PLACE_KEY: Final = "place_key"
NO_KEY: Final = "no_key"  # takes the key away
MAP_PIN: Final = "map_pin"
PLACE_PICTURE: Final = "place_picture"
PLACE_VOICE: Final = "place_voice"


class Button(Value):
    label: str
    press: Press


class Spoken(Value):
    """A sound, picture or film in a message of its own above the card: ``title`` is all that is to be read of it.

    Of the sort PLACE_KEY: the key ``title`` in place of the phone's keyboard, which sends where somebody is. Of the
    sort MAP_PIN: a place on the map, ``title`` its latitude and longitude with a space between them.
    PLACE_PICTURE and PLACE_VOICE are of a trip's place: ``file`` is the store's id of them (hex), and their ending.
    """

    sort: str
    file: str
    title: str


class Prompt(Value):
    """``text`` is plain (no markup), at most 4096 UTF-16 units; ``rows`` are the buttons, row by row."""

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
