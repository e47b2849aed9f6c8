"""How people deal with who may open messages: they choose it after the receipt, and press their picture where one asks.

Rules: everything is read off the card. Where a study or a bot offers none of this, nothing here ever happens.
"""

from __future__ import annotations

from bot.simulate.cards import Card
from bot.simulate.respondent import Doing, Respondent
from cora_bot.base.chance import below
from cora_bot.dialogue.conversation import OPENINGS
from cora_bot.dialogue.inputs import Verb


def choose_opening(one: Respondent) -> Doing:
    """Who may open messages, when the card asks; for the knock, a picture, too."""
    card = one.card()
    wanted = OPENINGS.index(one.persona.opening)
    offered = card.every(Verb.SET_OPENING) if card is not None else []
    if card is None or not offered:
        return
    one.press(card, next((each for each in offered if each.press.choice == wanted), offered[-1]))
    yield
    card = one.card()
    pictures = card.every(Verb.SET_PICTURE) if card is not None else []
    if card is not None and pictures:
        chosen = pictures[below(one.chance, len(pictures))]
        one.press(card, chosen)
        one.picture = chosen.press.choice
        yield


def knocks(one: Respondent) -> Doing:
    """The person's own picture, where the card shows pictures. What it opens may be a question: its sitting begins."""
    card = one.card()
    own = [each for each in card.every(Verb.PICTURE) if each.press.choice == one.picture] if card is not None else []
    if card is None or not own or not one.reachable:
        return
    one.press(card, own[0])
    yield
    inside = one.card()
    if inside is not None:
        one.sitting(inside)


def asks_for_picture(card: Card) -> bool:
    return card.first(Verb.PICTURE) is not None
