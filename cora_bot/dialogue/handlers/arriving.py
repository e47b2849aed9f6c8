"""People we do not know, codes, and the first choice: a language. Never a word of the study to a stranger."""

from __future__ import annotations

from cora_bot.base.chance import case_code, new_id
from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import PICTURES, Opening, Participant, Showing, Status
from cora_bot.dialogue.handlers import asides, guessing, questions
from cora_bot.dialogue.inputs import Pressed, Start, Text, Unusable
from cora_bot.dialogue.prompt import Prompt
from cora_bot.dialogue.scene import Scene, draw, nothing
from cora_bot.dialogue.turn import Turn


def knock(scene: Scene, _event: Start | Text | Unusable) -> Turn:
    """A stranger: with a good code the way in, else one neutral sentence, and silence for who goes on guessing."""
    token = scene.conversation.token
    if token is None:
        return draw(scene, Prompt(scene.say(p.STRANGER)), Showing.NOTICE)
    scene = guessing.forgiven(scene)
    if guessing.too_many(scene, guessing.CODES_ALLOWED):
        return nothing(guessing.missed(scene), "stranger_ignored")
    if token.state == "valid" and token.staff:
        return _staff(scene, draw(scene, Prompt(scene.say(p.STAFF_LINKED)), Showing.NOTICE))
    if token.state == "valid" and token.relink is not None:
        return _moved_here(scene, token.relink, _event)
    if token.state == "valid":
        return _welcome(scene) if scene.script.enrolling else _not_enrolling(scene)
    phrase = {"used": p.CODE_USED, "expired": p.CODE_EXPIRED}.get(token.state, p.CODE_UNKNOWN)
    return draw(guessing.missed(scene), Prompt(scene.say(phrase)), Showing.NOTICE)


def _staff(scene: Scene, turn: Turn) -> Turn:
    """The phone of somebody of the team. Whoever takes part here goes on as before: notices are messages apart."""
    token = scene.conversation.token
    return replace(turn, use_token=True, staff=token.staff if token else "", notes=("staff_linked",))


def _not_enrolling(scene: Scene) -> Turn:
    """The study's texts are not the approved ones: nobody comes in, and a code that was not used stays good."""
    gone = replace(scene, conversation=replace(scene.conversation, participant=None, session=None))
    turn = draw(gone, Prompt(scene.say(p.CODE_NOT_NOW)), Showing.NOTICE)
    return replace(turn, notes=("not_enrolling",))


def _welcome(scene: Scene) -> Turn:
    """The code is used up; what is known of the person stays sealed and is forgotten unless consent follows."""
    person = Participant(
        id=new_id(scene.chance),
        case=new_id(scene.chance),
        code=case_code(scene.chance),
        status=Status.ENROLLING,
        language=scene.language,
    )
    scene = replace(scene, conversation=replace(scene.conversation, participant=person))
    turn = draw(scene, cards.welcome(scene, _card(scene)), Showing.LANGUAGES)
    return replace(turn, use_token=True, notes=("token_used",))


def _card(scene: Scene) -> int | None:
    """The number of the paper card the code stood on: shown this once, and not kept with the person."""
    token = scene.conversation.token
    return token.card if token else None


def stranger_again(scene: Scene, _event: object) -> Turn:
    """A stranger presses an old button: the card says what it says to everybody."""
    return draw(scene, Prompt(scene.say(p.STRANGER)), Showing.NOTICE)


def languages(scene: Scene, event: object) -> Turn:
    return asides.languages(scene, event)


def set_language(scene: Scene, event: Pressed) -> Turn:
    """The first choice of language opens the consent form."""
    known = scene.study.languages
    if not 0 <= event.press.choice < len(known):
        return languages(scene, event)
    scene = scene.with_person(language=known[event.press.choice].code)
    if not scene.script.enrolling:
        return _not_enrolling(scene)
    if scene.conversation.others and scene.participant.picture < 0:
        return draw(scene, cards.own_pictures(scene), Showing.ASIDE)
    return _begin(scene)


def _begin(scene: Scene) -> Turn:
    scene, walk = questions.begin(scene, scene.study.enrolment.form)
    return questions.ask(scene, walk)


def set_picture(scene: Scene, event: Pressed) -> Turn:
    """On a phone that others use already, the picture comes before the first question."""
    chosen = event.press.choice
    if not 0 <= chosen < len(PICTURES) or any(other.picture == chosen for other in scene.conversation.others):
        return draw(scene, cards.own_pictures(scene), Showing.ASIDE)
    return _begin(scene.with_person(opening=Opening.KNOCK, picture=chosen, asked_opening=True))


def languages_removing(scene: Scene, event: Start | Text | Unusable) -> Turn:
    """Anything else before a language is chosen: the list again."""
    return replace(languages(scene, event), remove=(event.message,))


def with_code(scene: Scene, event: Start | Text) -> Turn | None:
    """Somebody known presents a code: for a new phone it moves the person here, else it lets another person in.

    None when there is nothing to do with it, and the input is taken as any other.
    """
    token, person = scene.conversation.token, scene.conversation.participant
    if token is None or token.state != "valid" or person is None or person.status is Status.ENROLLING:
        return None
    if token.relink == person.id:
        return None
    if token.staff:
        said = draw(scene, cards.notice(scene, scene.say(p.STAFF_LINKED)), Showing.NOTICE)
        return replace(_staff(scene, said), remove=(event.message,))
    if token.relink is None and not scene.script.enrolling:
        return None
    everyone = (person, *scene.conversation.others)
    if any(each.opening is not Opening.KNOCK for each in everyone if each.status is not Status.STOPPED):
        return replace(
            draw(scene, cards.notice(scene, scene.say(p.CHAT_SHARED)), Showing.NOTICE), remove=(event.message,)
        )
    if token.relink is not None:
        return _moved_here(scene, token.relink, event)
    alone = replace(scene.conversation, participant=None, session=None, occurrence=None, planned=(), others=everyone)
    return replace(_welcome(replace(scene, conversation=alone)), remove=(event.message,))


def _moved_here(scene: Scene, who: bytes, event: Start | Text | Unusable) -> Turn:
    """A new phone or account: from now on the person is reached here, and nowhere else."""
    gone = replace(scene.conversation, token=None)
    return Turn(gone, use_token=True, switch=who, moved_here=True, remove=(event.message,), notes=("moved_here",))
