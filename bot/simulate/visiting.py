"""What people do about a meeting: choose a time, move it, call it off, say that they are late, or that they met.

Rules: as in ``behaviour``: every ``yield`` is one thing done, and the card is read anew each time. A time is
remembered as theirs when the card that offers to cancel it has come.
"""

from __future__ import annotations

from functools import partial

from bot.simulate.cards import Card, Offer
from bot.simulate.knock import asks_for_picture, knocks
from bot.simulate.meetings import End, Guest, Manner
from bot.simulate.respondent import HOUR, Doing, Respondent
from cora_bot.base.chance import below
from cora_bot.dialogue.inputs import Verb
from cora_bot.dialogue.visits.acts import Act
from cora_bot.dialogue.visits.cards import LATE, WAYS
from cora_bot.study.visits.trip import Way

MOST_CARDS = 20  # until a time is chosen: more is somebody who goes round in circles
IN_ORDER = (Act.WISHED, Act.BOOK, Act.PICK, Act.DAY, Act.CITY)
"""What is pressed next while a time is chosen: the first of these that the card offers."""


def concerns(one: Respondent) -> bool:
    """Whether the card is about a meeting, and the person somebody who has one in mind."""
    card = one.card()
    return one.guest is not None and card is not None and card.first(Verb.VISIT) is not None and not _is_menu(card)


def _is_menu(card: Card) -> bool:
    return card.first(Verb.LANGUAGE) is not None


def attend(one: Respondent) -> Doing:
    """The card of a meeting is open: what this person does with it; then it is closed."""
    guest, card = one.guest, one.card()
    if guest is None or card is None:
        return
    if _offers(card, Act.MET):
        yield from _press(one, Act.MET, 0)
        guest.met = one.clock.now()
    elif _offers(card, Act.CANCEL) or _offers(card, Act.LATE):
        yield from _has_a_meeting(one, guest)
    elif _offers(card, Act.CHOOSE):
        yield from _is_offered(one, guest)
    elif _offers(card, Act.TELL_ME):
        yield from _press(one, Act.TELL_ME)
    yield from _close(one)


def _is_offered(one: Respondent, guest: Guest) -> Doing:
    if guest.manner is Manner.REFUSES:
        yield from _press(one, Act.DECLINE)
        guest.refused = True
    elif guest.manner is Manner.CANCELS and guest.held:
        return
    else:
        if guest.manner is Manner.PHONE and Way.PHONE in guest.trip.rules.ways:
            yield from _press(one, Act.OTHER_WAY)
            yield from _press(one, Act.WAY, WAYS.index(Way.PHONE))
        else:
            yield from _press(one, Act.CHOOSE)
        yield from _choose(one, guest)


def _has_a_meeting(one: Respondent, guest: Guest) -> Doing:
    """Somebody opened a reminder, or looks how it stands."""
    if guest.manner is Manner.CANCELS:
        yield from _press(one, Act.CANCEL)
        card = one.card()
        if card is not None and _offers(card, Act.CANCEL, 1):
            yield from _press(one, Act.CANCEL, 1)
            guest.give_up(one.clock.now(), End.CANCELLED)
        return
    if guest.manner is Manner.MOVES and len(guest.held) == 1:
        yield from _press(one, Act.CHOOSE)
        yield from _choose(one, guest)
        return
    yield from _press(one, Act.COME)


def _choose(one: Respondent, guest: Guest) -> Doing:
    """Card after card, until a time is booked or none is left."""
    before = guest.current
    for _ in range(MOST_CARDS):
        card = one.card()
        what = next((each for each in IN_ORDER if card is not None and _offers(card, each)), None)
        if card is None or what is None:
            return
        offered = _every(card, what)
        chosen = offered[below(one.chance, len(offered))]
        one.press(card, chosen)
        yield
        if what is Act.BOOK:
            _booked(one, guest, chosen)
            if guest.current is not before:
                return


def _booked(one: Respondent, guest: Guest, chosen: Offer) -> None:
    """The card says so, or somebody was faster."""
    card = one.card()
    if card is None or not _offers(card, Act.CANCEL):
        return
    slot = guest.slots[chosen.press.choice]
    guest.take(slot, one.clock.now())
    if guest.manner is Manner.LATE:
        one.plan(slot.starts - HOUR, partial(_is_late, one))


def _is_late(one: Respondent) -> Doing:
    """On the way, by their own decision."""
    guest = one.guest
    if guest is None or guest.current is None or not one.reachable:
        return
    one.person.look()
    one.write("/menu")
    yield
    card = one.card()
    if card is not None and asks_for_picture(card):
        yield from knocks(one)
    yield from _press(one, Act.SHOW)
    card = one.card()
    if card is not None and _offers(card, Act.LATE):
        yield from _press(one, Act.LATE, 0)
        yield from _press(one, Act.LATE, LATE[0])
        guest.late = True
        yield from _close(one)


def _close(one: Respondent) -> Doing:
    card = one.card()
    if card is None or not one.reachable:
        return
    closes = card.first(Verb.SEEN)
    if closes is not None:
        one.press(card, closes)
        yield


def _press(one: Respondent, what: Act, choice: int | None = None) -> Doing:
    """The button of that act, where the card has one."""
    card = one.card()
    if card is None or not one.reachable:
        return
    offered = _every(card, what, choice)
    if offered:
        one.press(card, offered[0])
        yield


def _every(card: Card, what: Act, choice: int | None = None) -> list[Offer]:
    acts = [each for each in card.every(Verb.VISIT) if each.press.node == what]
    return [each for each in acts if choice in (None, each.press.choice)]


def _offers(card: Card, what: Act, choice: int | None = None) -> bool:
    return bool(_every(card, what, choice))
