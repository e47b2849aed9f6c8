"""Menu, language, break, what is stored, help: away from the question and back to it."""

from __future__ import annotations

from datetime import timedelta

from cora_bot.base.calendars import day_long
from cora_bot.base.text import isolate
from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Showing
from cora_bot.dialogue.handlers import alerting, asking, correcting, finishing, pinging, questions, renewing
from cora_bot.dialogue.handlers.consenting import contact
from cora_bot.dialogue.handlers.visits import showing
from cora_bot.dialogue.inputs import Press, Pressed, Text, Verb
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.dialogue.scene import Scene, draw, fading
from cora_bot.dialogue.turn import TaskReason, Turn
from cora_bot.study.model import Step

MOST_PASSED_ON = 1500
"""As much of a free message is kept; the rest would not fit on the card that asks about it."""

PAUSE_WEEKS = {1: p.ONE_WEEK, 2: p.TWO_WEEKS, 4: p.FOUR_WEEKS}


def menu(scene: Scene, _event: object) -> Turn:
    new_text = renewing.outdated(scene.script, scene.participant)
    again = correcting.answerable(scene) is not None
    menu = cards.menu(scene, new_text=new_text, again=again, meeting=showing.concerns(scene))
    return draw(scene, menu, Showing.ASIDE)


def resume(scene: Scene, event: object) -> Turn:
    """Back to what was open: the question, or the empty card."""
    if scene.conversation.session:
        return asking.again(scene, event)
    return pinging.again(scene) if pinging.opened(scene) else close(scene, event)


def close(scene: Scene, event: object) -> Turn:
    """The card is emptied at once: a receipt or letter has been read, the menu is put away."""
    shows = scene.conversation.chat.card.showing
    if shows is Showing.LETTER and scene.participant.letters:
        scene = scene.with_person(letters=scene.participant.letters[1:])
        if scene.participant.letters:
            return letter(scene, event)
    if shows is Showing.RECEIPT and not scene.participant.asked_opening:
        return fading(scene, draw(scene.with_person(asked_opening=True), cards.openings(scene), Showing.ASIDE))
    if scene.conversation.session:
        return asking.again(scene, event)
    return draw(scene, cards.emptied(scene), Showing.NOTHING)


def languages(scene: Scene, _event: object) -> Turn:
    return draw(scene, cards.languages(scene), Showing.LANGUAGES)


def set_language(scene: Scene, event: Pressed) -> Turn:
    """From now on in another language; an open question is shown again in it."""
    known = scene.study.languages
    if not 0 <= event.press.choice < len(known):
        return languages(scene, event)
    return resume(scene.with_person(language=known[event.press.choice].code), event)


def ask_pause(scene: Scene, _event: object) -> Turn:
    weeks = tuple(
        Button(scene.say(phrase), Press(Verb.SET_PAUSE, choice=count)) for count, phrase in PAUSE_WEEKS.items()
    )
    return draw(scene, cards.aside(scene, scene.say(p.ASK_PAUSE), weeks), Showing.ASIDE)


def pause(scene: Scene, event: Pressed) -> Turn:
    if event.press.choice not in PAUSE_WEEKS:
        return ask_pause(scene, event)
    until = scene.now + timedelta(weeks=event.press.choice)
    last = scene.today() + timedelta(weeks=event.press.choice)
    text = scene.say(p.PAUSED, day=day_long(last, scene.language))
    return fading(scene, draw(scene.with_person(paused_until=until), cards.notice(scene, text), Showing.NOTICE))


def unpause(scene: Scene, _event: object) -> Turn:
    """The end of a break: what waited only because of it may come now."""
    scene = scene.with_person(paused_until=None, wrong_person=False)
    freed = tuple(
        replace(each, next_at=scene.now, reason="")
        for each in scene.conversation.planned
        if each.reason in ("paused", "wrong_person") and each.step in (Step.PLANNED, Step.INVITED, Step.OPENED)
    )
    turn = draw(scene, cards.notice(scene, scene.say(p.RESUMED)), Showing.NOTICE)
    return replace(fading(scene, turn), occurrences=freed)


def privacy(scene: Scene, _event: object) -> Turn:
    texts = scene.study.privacy
    text = texts.get(scene.language) or texts.get(scene.study.default_language, "")
    return draw(scene, cards.aside(scene, text), Showing.ASIDE)


def help_(scene: Scene, _event: object) -> Turn:
    text = scene.say(p.HELP_TEXT, help=alerting.local_help(scene), contact=contact(scene))
    return draw(scene, cards.aside(scene, text), Showing.ASIDE)


def ask_leave(scene: Scene, _event: object) -> Turn:
    yes = cards.button(scene, p.YES_LEAVE, Verb.CONFIRM_LEAVE)
    return draw(scene, cards.aside(scene, scene.say(p.ASK_LEAVE), (yes,)), Showing.ASIDE)


def leave(scene: Scene, _event: object) -> Turn:
    """Stops answering this one; what was answered is kept."""
    broken = finishing.break_off(scene, "left")
    after = replace(scene, conversation=broken.conversation)
    drawn = draw(after, cards.notice(after, after.say(p.LEFT)), Showing.NOTICE)
    return fading(scene, replace(broken, conversation=drawn.conversation, show=drawn.show))


def ask_pass_on(scene: Scene, event: Text) -> Turn:
    """Free text while nothing is asked: shall the team have it? It is removed from the chat either way."""
    text = event.text.strip()[:MOST_PASSED_ON]
    asked = scene.say(p.ASK_PASS_ON, text=isolate(text))
    if not scene.participant.told_removal:
        asked = f"{asked}\n\n{scene.say(p.REMOVED)}"
    scene = scene.with_person(told_removal=True, draft=text)
    yes, no = cards.button(scene, p.PASS_ON, Verb.PASS_ON), cards.button(scene, p.DISCARD, Verb.DISCARD)
    prompt = Prompt(asked, ((yes,), (no,)))
    return replace(fading(scene, draw(scene, prompt, Showing.ASIDE)), remove=(event.message,))


def pass_on(scene: Scene, event: Pressed) -> Turn:
    """Sealed to the researchers, and to nobody else."""
    text = scene.participant.draft
    if not text:
        return resume(scene, event)
    scene = scene.with_person(draft="")
    made = questions.message(scene, {"text": text})
    turn = draw(scene, cards.notice(scene, scene.say(p.PASSED_ON)), Showing.NOTICE)
    return fading(scene, replace(turn, records=(made,), wanted=(TaskReason.MESSAGE,), notes=("passed_on",)))


def discard(scene: Scene, _event: Pressed) -> Turn:
    scene = scene.with_person(draft="")
    return fading(scene, draw(scene, cards.notice(scene, scene.say(p.FORGOTTEN)), Showing.NOTICE))


def letter(scene: Scene, _event: object) -> Turn:
    """The team's answer that has waited longest."""
    text = scene.say(p.LETTER_FROM_TEAM, text=isolate(scene.participant.letters[0]))
    read = cards.button(scene, p.I_HAVE_READ, Verb.SEEN)
    return draw(scene, Prompt(text, ((read,),)), Showing.LETTER)


def hide(scene: Scene, _event: object) -> Turn:
    """Everything that can still be deleted goes at once; what was begun waits for its reminder."""
    turn = draw(scene, cards.plain(p.NEUTRAL), Showing.NOTHING)
    return replace(turn, clear=True, toast=scene.say(p.HIDDEN), notes=("hidden",))


def cannot_take(scene: Scene, event: object) -> Turn:
    """A sticker, a photo, a voice message: removed, with a word; an open question is shown again."""
    if scene.conversation.session:
        walk = questions.pick_up(scene)
        turn = questions.ask(scene, walk, notices=[f"⚠ {scene.say(p.CANNOT_TAKE)}"], anew=True)
    else:
        turn = fading(scene, draw(scene, cards.notice(scene, scene.say(p.CANNOT_TAKE)), Showing.NOTICE))
    return replace(turn, remove=(getattr(event, "message"),))  # noqa: B009
