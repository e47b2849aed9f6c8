"""What happens without a word of the person's: blocked, unblocked, a card to be emptied, an old button."""

from __future__ import annotations

from datetime import timedelta

from cora_bot.base.chance import new_id
from cora_bot.base.values import replace
from cora_bot.dialogue import cards, contact_reasons
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import INSIDE, Occurrence, Opening, Showing, Status
from cora_bot.dialogue.handlers import arriving, asides, asking
from cora_bot.dialogue.handlers.visits import showing
from cora_bot.dialogue.inputs import ChoreDue, LetterCame, Pressed
from cora_bot.dialogue.scene import Scene, draw, nothing
from cora_bot.dialogue.turn import Turn
from cora_bot.study.model import Step

MISSED_PRESS = "missed_press"
EDITED_FOR = timedelta(hours=47)
"""An hour less than what is shown can be changed in place."""
PRESSED = frozenset(
    {Showing.LANGUAGES, Showing.QUESTION, Showing.ASIDE, Showing.INVITATION, Showing.KNOCK},
)
"""Cards somebody may have pressed in vain, so that something is missing."""


def blocked(scene: Scene, _event: object) -> Turn:
    who = "stranger_blocked" if scene.conversation.participant is None else "blocked"
    return nothing(scene.with_chat(blocked=True), who)


def unblocked(scene: Scene, _event: object) -> Turn:
    """The bot may write again; what waited for it may come now."""
    scene = scene.with_chat(blocked=False)
    if scene.conversation.participant is None:
        return nothing(scene, "stranger_unblocked")
    return replace(nothing(scene, "unblocked"), occurrences=freed(scene))


def freed(scene: Scene) -> tuple[Occurrence, ...]:
    """What waited because nothing could be sent, due now."""
    return tuple(
        replace(each, next_at=scene.now, reason="")
        for each in scene.conversation.planned
        if each.reason == "blocked" and each.step in (Step.PLANNED, Step.INVITED, Step.OPENED)
    )


def chore(scene: Scene, event: ChoreDue) -> Turn:
    """A card is emptied some time after it was drawn, unless it shows something else by then."""
    if event.kind == MISSED_PRESS:
        return missed_press(scene, event)
    if event.kind != "empty_card" or event.card != scene.conversation.chat.card.generation:
        return nothing(scene)
    if scene.conversation.participant is not None:
        scene = scene.with_person(draft="")  # what was written and not passed on goes with the card that asked about it
    return draw(scene, cards.emptied(scene), Showing.NOTHING)


def missed_press(scene: Scene, event: ChoreDue) -> Turn:
    """Presses were lost while the bot heard nothing: the card says so once, above what it shows."""
    conversation = scene.conversation
    stopped = conversation.participant is None or conversation.participant.status is Status.STOPPED
    sent = conversation.chat.card.sent_at
    if sent is not None and scene.now - sent > EDITED_FOR:
        return nothing(scene)  # it could only come as a new message, which nobody asked for
    if stopped or event.card != conversation.chat.card.generation or conversation.chat.card.showing not in PRESSED:
        return nothing(scene)
    turn = redraw(scene, event)
    if turn.show is None:
        return turn
    # Who has not chosen a language yet can be told nothing in words.
    told = "↻" if conversation.chat.card.showing is Showing.LANGUAGES else scene.say(p.NOT_RECEIVED)
    prompt = replace(turn.show.prompt, text=f"{told}\n\n{turn.show.prompt.text}")
    return replace(turn, show=replace(turn.show, prompt=prompt), spoken=(), hush=False)


def redraw(scene: Scene, event: object) -> Turn:
    """The live card as it stands: the answer to a press that came too late."""
    conversation = scene.conversation
    if conversation.participant is None:
        return arriving.stranger_again(scene, event)
    match conversation.chat.card.showing:
        case Showing.LANGUAGES:
            return draw(scene, cards.languages(scene), Showing.LANGUAGES, anew=True)
        case Showing.VISIT if showing.concerns(scene):
            return showing.show(scene, event)
        case Showing.INVITATION if showing.waits(scene):
            return draw(scene, cards.invitation(scene, p.INVITATION), Showing.INVITATION, anew=True)
        case Showing.INVITATION if conversation.occurrence:
            phrase = p.GO_ON if conversation.session else p.INVITATION
            return draw(scene, cards.invitation(scene, phrase), Showing.INVITATION, anew=True)
        case Showing.KNOCK:
            return draw(scene, cards.knock(scene), Showing.KNOCK, anew=True)
        case Showing.LETTER if conversation.participant.letters:
            return asides.letter(scene, event)
        case Showing.ASIDE if not conversation.session:
            return asides.menu(scene, event)
        case _ if conversation.session and not _outside(scene):
            return asking.again(scene, event)
        case _:
            return draw(scene, cards.emptied(scene), Showing.NOTHING)


def _outside(scene: Scene) -> bool:
    """Whether the person's picture would have to open the card first."""
    knocks = scene.participant.opening is Opening.KNOCK
    return knocks and scene.conversation.chat.card.showing not in INSIDE


def stale(scene: Scene, event: Pressed) -> Turn:
    """A button of an old card: the live card is shown again, the old one emptied."""
    turn = redraw(scene, event)
    old = event.message if event.message != scene.conversation.chat.card.message else None
    return replace(turn, stale=old, notes=("stale_press",))


def letter_came(scene: Scene, event: LetterCame) -> Turn:
    """The team has answered: kept until it is read, and announced by the neutral sentence."""
    waiting = (*scene.participant.letters, event.text)
    scene = scene.with_person(letters=waiting)
    paused = scene.participant.paused_until
    if scene.participant.status is not Status.ACTIVE or (paused is not None and paused > scene.now):
        return nothing(scene, "letter_kept")
    turn = draw(scene, cards.invitation(scene, p.INVITATION), Showing.INVITATION)
    if turn.show is None:
        raise LookupError("an invitation shows itself")
    key = f"{scene.participant.id.hex()}/letter/{new_id(scene.chance).hex()}"
    show = replace(turn.show, fresh=True, unsolicited=True, reason=contact_reasons.LETTER, key=key)
    return replace(turn, show=show)
