"""What people do, step by step: enrolling, looking at a message, answering, and what they do of their own accord.

Rules: every ``yield`` is one thing done; after it the bot has answered and the phone shows it. Nothing is assumed of
the next card: it is read anew each time, and what is not understood is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from bot.simulate import visiting
from bot.simulate.answering import Circumstances, Said, answer
from bot.simulate.cards import Card
from bot.simulate.diary import Ending, Sitting
from bot.simulate.habits import Act, Joining
from bot.simulate.knock import asks_for_picture, choose_opening, knocks
from bot.simulate.meetings import End
from bot.simulate.respondent import Doing, Respondent
from cora_bot.base.chance import below
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Verb
from cora_bot.forms.model import Kind, Question

MOST_STEPS = 400  # of one sitting: more is somebody who goes round in circles
MOST_ATTEMPTS = 8  # at one question; then it is given up
NONSENSE = "🙈 ???"
PAUSE_WEEKS = 2


@dataclass(slots=True)
class Course:
    """How this sitting is going to go. Counts are of answered questions, -1: not at all."""

    breaks_after: int = -1
    leaves_after: int = -1
    back_after: int = -1
    nonsense_after: int = -1
    switches_after: int = -1
    answered: int = 0

    def due(self, after: int) -> bool:
        return after >= 0 and self.answered == after


def enrol(one: Respondent) -> Doing:
    """The link, the language, the consent form."""
    habit = one.persona.habit
    one.does("follows the link")
    one.person.start(one.persona.token)
    yield
    yield from choose_language(one, one.persona.language)
    course = Course(breaks_after=3 if habit.joining is Joining.WALKS_AWAY else -1)
    if habit.joining is Joining.DECLINES:
        yield from pressing(one, Verb.LEAVE)
        yield from pressing(one, Verb.CONFIRM_LEAVE)
        return
    yield from answering(one, course)
    yield from _put_receipt_away(one)
    for day, act in habit.acts:
        one.plan(one.awake_at(one.persona.arrives + timedelta(days=day)), partial(OF_OWN_ACCORD[act], one))


def _put_receipt_away(one: Respondent) -> Doing:
    """Read, and closed; then the card may ask who may open messages."""
    if one.diary.code:
        yield from pressing(one, Verb.SEEN)
        yield from choose_opening(one)


def look(one: Respondent) -> Doing:
    """The phone is taken up because a message came, or because something was left unfinished."""
    if not one.reachable:
        return
    one.person.look()
    card = one.card()
    opens = card.first(Verb.OPEN, Verb.PICTURE) if card is not None else None
    if card is not None and opens and one.reads(card, p.INVITATION, p.REMINDER, p.GO_ON):
        yield from decide(one, card)
    elif card is not None and card.asked is not None:
        yield from _asked_at_once(one, card)
    elif one.diary.current is not None:
        yield from pressing(one, Verb.MENU)
        yield from knocks(one)
        yield from pressing(one, Verb.RESUME)
        yield from answering(one, _course(one))


def _asked_at_once(one: Respondent, card: Card) -> Doing:
    """A question lies there: one that was begun, or one that came by itself, as the person had wished."""
    if one.diary.current is None and card.rang is not None:
        if one.sittings >= one.persona.habit.answers_at_most:
            return
        one.sittings += 1
    yield from answering(one, _course(one))


def decide(one: Respondent, card: Card) -> Doing:
    """Open, Later, Not now, or nothing, as the habit has it for the first and the later messages of an occasion."""
    habit = one.persona.habit
    if one.sittings >= habit.answers_at_most:
        return
    one.heard = 0 if one.reads(card, p.INVITATION) else one.heard + 1
    wishes = habit.first if one.heard == 0 else habit.later[min(one.heard, len(habit.later)) - 1]
    match wishes:
        case "l":
            yield from pressing(one, Verb.LATER)
            _puts_off(one)
        case "n":
            yield from pressing(one, Verb.NOT_NOW)
        case "o":
            begun, before = one.new_occasion(card), one.diary.current
            if begun:
                one.close(Ending.LEFT)
                one.sittings += 1
            yield from knocks(one) if asks_for_picture(card) else pressing(one, Verb.OPEN)
            if visiting.concerns(one):
                one.sittings -= begun
                one.take_up(before)
                yield from visiting.attend(one)
            yield from answering(one, _course(one))


def _course(one: Respondent) -> Course:
    habit = one.persona.habit
    begun = one.diary.current is not None
    course = Course()
    if not begun and one.in_share(habit.breaks_off):
        course.breaks_after = 2 + below(one.chance, 5)
    elif not begun and one.in_share(habit.leaves):
        course.leaves_after = 1 + below(one.chance, 6)
    elif one.in_share(habit.goes_back):
        course.back_after = 3 + below(one.chance, 4)
    if one.in_share(habit.nonsense):
        course.nonsense_after = 1 + below(one.chance, 4)
    if one.in_share(habit.switches):
        course.switches_after = 1 + below(one.chance, 5)
    return course


def answering(one: Respondent, course: Course) -> Doing:
    """Question after question, until there is none, or the course says otherwise."""
    attempts = 0
    for _ in range(MOST_STEPS):
        card = one.card()
        sitting = one.sitting(card) if card is not None else None
        if card is None or card.asked is None or sitting is None:
            return
        if course.due(course.breaks_after):
            one.does("puts the phone away")
            if one.persona.habit.comes_back:
                one.plan(one.awake_at(one.clock.now() + one.hours(18, 30)), partial(look, one))
            return
        if course.due(course.leaves_after):
            yield from leave(one)
            return
        question = sitting.question(card.asked)
        if (aside := _aside(one, card, course)) is not None:
            yield from aside
            continue
        before = course.answered
        yield from _one_question(one, card, sitting, question, course, attempt=attempts)
        attempts = 0 if course.answered != before else attempts + 1
        if attempts > MOST_ATTEMPTS:
            yield from leave(one)
            return


def _aside(one: Respondent, card: Card, course: Course) -> Doing | None:
    """What is done instead of answering this question now, once for each."""
    if course.due(course.back_after) and card.first(Verb.BACK):
        course.back_after = -1
        return _back(one, 1 + below(one.chance, 3))
    if course.due(course.nonsense_after) and card.choices():
        course.nonsense_after = -1
        return _nonsense(one)
    if course.due(course.switches_after):
        course.switches_after = -1
        return switch_language(one)
    return None


def _one_question(
    one: Respondent, card: Card, sitting: Sitting, question: Question, course: Course, *, attempt: int
) -> Doing:
    given = Circumstances(one.language, one.today(), _known(one, sitting), one.persona.habit.skips)
    before = sitting.answers.get(question.number)
    keep = card.first(Verb.KEEP)
    if keep is not None and before is not None and one.in_share(70):
        one.press(card, keep)
        yield
        _taken(one, sitting, question, before.value, course)
        return
    said = answer(question, card, given, one.chance, attempt=attempt)
    yield from _say(one, card, said)
    _taken(one, sitting, question, said.value, course)


def _known(one: Respondent, sitting: Sitting) -> dict[str, str]:
    return {name: value for form in sorted(sitting.forms) for name, value in one.persona.facts.get(form, {}).items()}


def _say(one: Respondent, card: Card, said: Said) -> Doing:
    if said.done:
        yield from pressing(one, Verb.DONE)
    elif said.text:
        one.write(said.text)
        yield
    elif not said.choices:
        yield from pressing(one, Verb.SKIP)
    elif card.first(Verb.TOGGLE):
        wrong = [each for each in card.choices() if each.picked != (each.press.choice in said.choices)]
        for each in wrong:
            one.press(card, each)
        if wrong:
            yield
        yield from pressing(one, Verb.DONE)
    else:
        one.press(card, next(each for each in card.choices() if each.press.choice in said.choices))
        yield


def _taken(one: Respondent, sitting: Sitting, question: Question, value: str, course: Course) -> None:
    """Looks whether the answer was taken, and writes it down if it was."""
    card = one.card()
    if card is not None and card.asked is not None and sitting.fits(card.asked):
        following = sitting.question(card.asked).number
        if following == question.number:
            return
        _note(one, sitting, question, value, course)
        sitting.moved(question.number, following)
    elif one.reads(card, p.THANK_YOU) or (card is not None and card.asked is not None) or _has_joined(one, card):
        _note(one, sitting, question, value, course)
        sitting.moved(question.number, None)
        one.close(Ending.COMPLETE)
    elif one.reads(card, p.REFUSED):
        _note(one, sitting, question, value, course)
        one.close(Ending.REFUSED)


def _has_joined(one: Respondent, card: Card | None) -> bool:
    """The receipt lies there, or already what comes after it."""
    if card is None or not one.diary.code:
        return False
    return one.diary.code in card.text or card.first(Verb.SET_OPENING) is not None


def _note(one: Respondent, sitting: Sitting, question: Question, value: str, course: Course) -> None:
    if question.kind is not Kind.NOTE:
        course.answered += 1
    sitting.language = one.language
    sitting.answered(question, value, one.acted or one.clock.now())


# ---- small things ----------------------------------------------------------------------------------------------------


def pressing(one: Respondent, verb: Verb, choice: int | None = None) -> Doing:
    """Presses the first such button of the card; nothing, where there is none."""
    card = one.card()
    if card is None or not one.reachable:
        return
    offers = [each for each in card.offers if each.press.verb is verb and choice in (None, each.press.choice)]
    if offers:
        one.press(card, offers[0])
        yield


def leave(one: Respondent) -> Doing:
    """Stop answering, from the menu, confirmed."""
    yield from pressing(one, Verb.MENU)
    yield from pressing(one, Verb.LEAVE)
    yield from pressing(one, Verb.CONFIRM_LEAVE)
    one.close(Ending.LEFT)


def _back(one: Respondent, times: int) -> Doing:
    for _ in range(times):
        yield from pressing(one, Verb.BACK)


def _nonsense(one: Respondent) -> Doing:
    one.write(NONSENSE)
    yield


def choose_language(one: Respondent, wanted: str) -> Doing:
    """A language from the list on the card."""
    codes = [language.code for language in one.script.study.languages]
    card = one.card()
    if wanted in codes and card is not None and card.first(Verb.SET_LANGUAGE):
        number = codes.index(wanted)
        offer = next(each for each in card.offers if each.press.choice == number)
        one.press(card, offer)
        one.language = wanted
        yield


def switch_language(one: Respondent) -> Doing:
    """Another language, from the menu."""
    others = [language.code for language in one.script.study.languages if language.code != one.language]
    yield from pressing(one, Verb.MENU)
    yield from pressing(one, Verb.LANGUAGE)
    if others:
        yield from choose_language(one, others[below(one.chance, len(others))])


def _command(one: Respondent, text: str, verb: Verb = Verb.MENU) -> Doing:
    """A command. Who has to knock first stands before the menu then, or before a question, and takes its button."""
    if not one.reachable:
        return
    one.write(text)
    yield
    card = one.card()
    if card is None or not asks_for_picture(card):
        return
    yield from knocks(one)
    met = visiting.concerns(one)
    if met:
        yield from pressing(one, Verb.SEEN)
    card = one.card()
    if met or (card is not None and card.asked is not None):
        yield from pressing(one, Verb.MENU)
    if verb is not Verb.MENU:
        yield from pressing(one, verb)


def _talk(one: Respondent) -> Doing:
    """A few words though nothing is asked; while something is, they would be an answer."""
    card = one.card()
    if card is not None and card.asked is None and one.reachable:
        one.write("hello, is anybody there?")
        yield


def _travel_day(one: Respondent) -> Doing:
    """The menu's button for the day of travel."""
    yield from _command(one, "/menu")
    card = one.card()
    if card is not None and card.first(Verb.RETURN_DATE):
        one.close(Ending.LEFT)
        yield from pressing(one, Verb.RETURN_DATE)
        yield from answering(one, Course())


def _pause(one: Respondent) -> Doing:
    yield from _command(one, "/pause", Verb.PAUSE)
    yield from pressing(one, Verb.SET_PAUSE, PAUSE_WEEKS)
    _is_away(one, timedelta(weeks=PAUSE_WEEKS))


def _is_away(one: Respondent, span: timedelta) -> None:
    """So long, and the day for which a message is put off then."""
    if one.guest is not None:
        one.guest.away.append((one.clock.now(), one.clock.now() + span + timedelta(days=1)))


def _puts_off(one: Respondent) -> None:
    """Later: the message comes again within a day, and what would have come meanwhile with it."""
    if one.guest is not None:
        one.guest.put_off += 1
        one.guest.away.append((one.clock.now(), one.clock.now() + timedelta(days=1)))


def _stop(one: Respondent) -> Doing:
    yield from _command(one, "/stop", Verb.STOP)
    yield from pressing(one, Verb.CHOOSE_STOP, 0)  # nothing besides the messages
    card = one.card()
    asked = card is not None and card.first(Verb.CONFIRM_STOP) is not None
    yield from pressing(one, Verb.CONFIRM_STOP, 0)
    one.close(Ending.LEFT)
    if asked and one.guest is not None and one.guest.met is None:
        one.guest.stopped = True
        one.guest.give_up(one.clock.now(), End.STOPPED)


def _come_back(one: Respondent) -> Doing:
    yield from _command(one, "/menu")
    yield from pressing(one, Verb.UNPAUSE)


def _block(one: Respondent) -> Doing:
    if one.act("blocks the bot", one.person.block):
        _is_away(one, timedelta(days=3650))
        yield


def _unblock(one: Respondent) -> Doing:
    if one.act("unblocks the bot", one.person.unblock):
        if one.guest is not None and one.guest.away:
            one.guest.away[-1] = (one.guest.away[-1][0], one.clock.now() + timedelta(days=1))
        yield


def _offline(one: Respondent) -> Doing:
    one.act("the network is gone", one.person.network_off)
    yield from ()


def _online(one: Respondent) -> Doing:
    if one.act("the network is back", one.person.network_on):
        yield
        one.plan(one.awake_at(one.clock.now()), partial(look, one))


def _sticker(one: Respondent) -> Doing:
    if one.act("sends a sticker", partial(one.person.send, "sticker")):
        yield


def _menu(one: Respondent) -> Doing:
    yield from _command(one, "/menu")
    yield from pressing(one, Verb.PRIVACY)
    yield from pressing(one, Verb.RESUME)


OF_OWN_ACCORD: Final[Mapping[Act, Callable[[Respondent], Doing]]] = {
    Act.PAUSE: _pause,
    Act.STOP: _stop,
    Act.COME_BACK: _come_back,
    Act.BLOCK: _block,
    Act.UNBLOCK: _unblock,
    Act.OFFLINE: _offline,
    Act.ONLINE: _online,
    Act.TALK: _talk,
    Act.STICKER: _sticker,
    Act.LANGUAGE: switch_language,
    Act.MENU: _menu,
    Act.TRAVEL_DAY: _travel_day,
}
"""What nobody asked for."""
