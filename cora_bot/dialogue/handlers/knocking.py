"""The knock: on a shared phone only the chosen picture opens what is inside. Whoever else presses hears a thank-you.

What is inside stays open only for a while: an open card of somebody who knocks is emptied by itself.
"""

from __future__ import annotations

from datetime import timedelta

from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import INSIDE, OPENINGS, PICTURES, Opening, Showing, Status
from cora_bot.dialogue.handlers import asides, asking, guessing, inviting, pinging, withdrawing
from cora_bot.dialogue.handlers.visits import showing
from cora_bot.dialogue.inputs import Command, CommandName, Input, Pressed, Start, Text, Unusable, Verb
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.turn import TaskReason, Turn
from cora_bot.study.model import CONTACT, Step

HELD_AFTER_WRONG_PERSON = timedelta(weeks=4)
"""Somebody else has the phone: nothing is sent for so long, unless the person opens with the picture before."""

OUTSIDE = frozenset({Verb.PICTURE, Verb.LATER, Verb.NOT_NOW, Verb.WRONG_PERSON, Verb.HIDE})
"""Buttons that may be pressed before the knock."""


def must_knock(scene: Scene, event: Input) -> bool:
    """Whether this input stands before the knock and would lead inside."""
    person = scene.conversation.participant
    if person is None or person.opening is not Opening.KNOCK:
        return False
    if scene.conversation.chat.card.showing in INSIDE:
        return False
    match event:
        case Pressed(press=press):
            return press.verb not in OUTSIDE
        case Command(name=CommandName.HIDE):
            return False
        case Command() | Start() | Text() | Unusable():
            return True
        case _:
            return False


def knock(scene: Scene, event: Input) -> Turn:
    """The nine pictures. What was written is removed from the chat, unread."""
    turn = draw(scene, cards.knock(scene), Showing.KNOCK)
    return replace(turn, remove=(event.message,)) if isinstance(event, Text | Unusable) else turn


def picture(scene: Scene, event: Pressed) -> Turn:
    """The right picture opens; another's picture opens for that person; every other hears a thank-you.

    After too many wrong ones the right one does not open either, for a while: nine pictures are soon tried.
    """
    scene = guessing.forgiven(scene)
    if guessing.too_many(scene, guessing.PICTURES_ALLOWED):
        return replace(away(scene, event), notes=("picture_ignored",))
    if event.press.choice == scene.participant.picture:
        return enter(scene, event)
    for other in scene.conversation.others:
        if other.opening is Opening.KNOCK and other.picture == event.press.choice:
            return Turn(scene.conversation, switch=other.id)
    return replace(away(guessing.missed(scene), event), notes=("wrong_picture",))


def enter(scene: Scene, event: Pressed) -> Turn:
    """Inside: what waits, where it stood, or the menu."""
    if scene.participant.wrong_person:  # the person is there: what "not for me" held back may come again
        scene = scene.with_person(paused_until=None, wrong_person=False)
    occurrence = scene.conversation.occurrence
    if scene.participant.status is Status.STOPPED:
        return withdrawing.ask_return(scene, event)
    if scene.participant.letters:
        return asides.letter(scene, event)
    if showing.waits(scene):
        return showing.opened(scene, event)
    if scene.conversation.session:
        return asking.again(scene, event)
    if scene.participant.status is Status.ENROLLING:
        return asides.languages(scene, event)
    if occurrence and occurrence.step is Step.INVITED:
        return inviting.open_it(scene, event)
    return pinging.again(scene) if pinging.opened(scene) else asides.menu(scene, event)


def away(scene: Scene, _event: object) -> Turn:
    """A thank-you to whoever holds the phone, and an empty card soon."""
    return fading(scene, draw(scene, cards.plain(scene.say(p.THANKS)), Showing.NOTICE))


def wrong_person(scene: Scene, event: Pressed) -> Turn:
    """Not for me: nothing more is sent for some weeks, and the ledger says why."""
    held = scene.with_person(paused_until=scene.now + HELD_AFTER_WRONG_PERSON, wrong_person=True)
    occurrence = scene.conversation.occurrence
    turn = replace(away(held, event), wanted=(TaskReason.CONTACT,), notes=("wrong_person",))
    if occurrence is None or occurrence.step not in (Step.INVITED, Step.OPENED):
        return turn
    if occurrence.wave == CONTACT:  # that was the answer to it
        return replace(turn, occurrences=(pinging.not_reached(scene, occurrence),))
    return replace(turn, occurrences=(replace(occurrence, reason="wrong_person"),))


# ---- choosing it -----------------------------------------------------------------------------------------------------


def lacks_picture(scene: Scene, event: Input) -> bool:
    """Whether somebody who shares the chat must first choose a picture nobody else there has."""
    person, others = scene.conversation.participant, scene.conversation.others
    if person is None or person.status is not Status.ACTIVE or not others:
        return False
    if person.opening is Opening.KNOCK and all(person.picture != other.picture for other in others):
        return False
    if isinstance(event, Pressed):
        return event.press.verb not in (Verb.SET_PICTURE, Verb.HIDE)
    return isinstance(event, Command | Start | Text | Unusable)


def ask_picture(scene: Scene, event: Input) -> Turn:
    """Nothing else before it: who shares a chat is told apart by the picture alone."""
    turn = draw(scene, cards.own_pictures(scene), Showing.ASIDE)
    return replace(turn, remove=(event.message,)) if isinstance(event, Start | Text | Unusable | Command) else turn


def ask_opening(scene: Scene, _event: object) -> Turn:
    return draw(scene.with_person(asked_opening=True), cards.openings(scene), Showing.ASIDE)


def set_opening(scene: Scene, event: Pressed) -> Turn:
    if not 0 <= event.press.choice < len(OPENINGS):
        return ask_opening(scene, event)
    chosen = OPENINGS[event.press.choice]
    if chosen is Opening.KNOCK:
        return draw(scene, cards.own_pictures(scene), Showing.ASIDE)
    if scene.conversation.others:
        return ask_opening(scene, event)  # who shares a chat is told apart by the picture alone
    return _chosen(scene.with_person(opening=chosen, picture=-1))


def set_picture(scene: Scene, event: Pressed) -> Turn:
    """From now on this picture; two people of one chat never have the same."""
    taken = {other.picture for other in scene.conversation.others}
    if not 0 <= event.press.choice < len(PICTURES) or event.press.choice in taken:
        return draw(scene, cards.own_pictures(scene), Showing.ASIDE)
    return _chosen(scene.with_person(opening=Opening.KNOCK, picture=event.press.choice))


def _chosen(scene: Scene) -> Turn:
    """Told with a sample, as a new message: at the desk, both see what will stand there."""
    turn = draw(scene, cards.sample(scene), Showing.NOTICE)
    return replace(turn, show=replace(turn.show, fresh=True) if turn.show else None, notes=("opening_set",))


def closing(scene: Scene, turn: Turn) -> Turn:
    """What a person who knocks, or shares the chat, has opened is emptied after a while without a press."""
    person = turn.conversation.participant
    if person is None or turn.show is None:
        return turn
    if person.opening is not Opening.KNOCK and not turn.conversation.others:
        return turn
    return fading(scene, turn) if turn.conversation.chat.card.showing in INSIDE else turn
