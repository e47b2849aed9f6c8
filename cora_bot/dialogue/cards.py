"""The prompts of the card: how a question, an invitation, the menu and the small notices look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cora_bot.base.calendars import day, day_as_typed, day_long, number
from cora_bot.base.text import isolate
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.buttons import Row, in_rows
from cora_bot.dialogue.buttons import button as button
from cora_bot.dialogue.conversation import OPENINGS, PICTURES, Opening, Status
from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.dialogue.kinds import files, lists, places, ranks, repeats, times
from cora_bot.dialogue.kinds.lists import PICKED as PICKED
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.dialogue.scene import Scene
from cora_bot.forms.model import Kind
from cora_bot.forms.walk import Shown
from cora_bot.study.model import CONTACT, Return, Step

TYPED = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.TEXT, Kind.DATE})
NOT_PRESSED = times.TIMES | {Kind.GEOPOINT}
"""Kinds whose answer no button shows as chosen: it stands above them."""


# ---- a question ------------------------------------------------------------------------------------------------------


def question(scene: Scene, shown: Shown, *, notices: Sequence[str] = ()) -> Prompt:
    """One question with its buttons; ``notices`` stand above it (a tick, what was wrong)."""
    parts = [
        *notices,
        _progress(scene, shown),
        repeats.where(scene, shown.path),
        _day_in_question(scene, shown),
        shown.label,
        shown.hint,
        places.before_consent(scene, shown),
        *_current(scene, shown),
        *_how(scene, shown),
    ]
    rows = [*_choices(scene, shown), *_proceed(scene, shown), *_navigation(scene, shown)]
    return Prompt("\n\n".join(part for part in parts if part), tuple(row for row in rows if row))


def _progress(scene: Scene, shown: Shown) -> str:
    # While consent is asked every answer may open or close the rest: a count would only mislead.
    if shown.question.kind in (Kind.NOTE, Kind.REPEAT) or scene.participant.status is Status.ENROLLING:
        return ""
    return isolate(f"{number(shown.position + 1, scene.language)} / {number(shown.total, scene.language)}")


def _day_in_question(scene: Scene, shown: Shown) -> str:
    """The planned day, above the question whether it still holds."""
    session, person = scene.conversation.session, scene.participant
    asks = session is not None and session.form == scene.study.return_check.form
    if not asks or shown.question.name != scene.study.return_check.status or person.return_date is None:
        return ""
    return isolate(day_long(person.return_date, scene.language))


def _current(scene: Scene, shown: Shown) -> list[str]:
    if shown.kept or (shown.value and shown.question.kind in files.ASKED):
        return [scene.say(p.ANSWER_LOCKED)]
    if shown.value and (is_typed(shown) or shown.question.kind in NOT_PRESSED):
        return [scene.say(p.ANSWER_NOW, answer=isolate(_readable(scene, shown)))]
    return []


def _readable(scene: Scene, shown: Shown) -> str:
    """A stored answer as its giver would read it: days in their calendar."""
    match shown.question.kind:
        case Kind.DATE:
            return day(date.fromisoformat(shown.value), scene.language)
        case Kind.TIME | Kind.DATETIME:
            return times.readable(scene, shown)
        case Kind.GEOPOINT:
            return places.readable(shown.value)
        case _:
            return shown.value


def is_typed(shown: Shown) -> bool:
    """Whether the answer is written rather than pressed."""
    return shown.question.kind in TYPED or (shown.question.kind is Kind.RANGE and not shown.choices)


def _how(scene: Scene, shown: Shown) -> list[str]:
    match shown.question.kind:
        case Kind.SELECT_ONE:
            return lists.words(scene, shown)
        case Kind.SELECT_MANY:
            return [*lists.words(scene, shown), scene.say(p.CHOOSE_MANY)]
        case Kind.RANGE if not shown.choices:
            return [scene.say(p.WRITE_NUMBER_BETWEEN, start=shown.question.start, end=shown.question.end)]
        case Kind.RANK:
            return ranks.words(scene, shown)
        case Kind.REPEAT:
            return repeats.words(scene, shown)
        case Kind.TIME | Kind.DATETIME:
            *before, asked = times.words(scene, shown)
            return [*before, asked] if scene.participant.told_removal else [*before, asked, scene.say(p.REMOVAL)]
        case Kind.GEOPOINT:
            asked = places.asked(scene)
        case Kind.INTEGER | Kind.DECIMAL:
            asked = scene.say(p.WRITE_NUMBER)
        case Kind.DATE:
            asked = scene.say(p.WRITE_DAY, example=day_example(scene))
        case kind if kind in files.ASKED:
            return [scene.say(files.ASKED[kind]), scene.say(p.FILE_REMOVAL)]
        case Kind.TEXT:
            asked = scene.say(p.WRITE_ANSWER)
        case _:
            return []
    return [asked] if scene.participant.told_removal else [asked, scene.say(p.REMOVAL)]


def day_example(scene: Scene) -> str:
    return day_as_typed(scene.today(), scene.language)


def _choices(scene: Scene, shown: Shown) -> list[Row]:
    match shown.question.kind:
        case Kind.RANK:
            return ranks.rows(scene, shown)
        case Kind.REPEAT:
            return repeats.rows(scene, shown)
        case Kind.TIME | Kind.DATETIME:
            return times.rows(scene, shown)
        case _:
            pass
    if shown.question.kind is Kind.RANGE:
        node = shown.question.number
        marked = [(f"{lists.CHOSEN} {each.label}" if each.picked else each.label, each.index) for each in shown.choices]
        return in_rows([Button(label, Press(Verb.CHOOSE, node=node, choice=index)) for label, index in marked], 6)
    return lists.rows(scene, shown)


def _proceed(scene: Scene, shown: Shown) -> list[Row]:
    node = shown.question.number
    rows: list[Row] = []
    if shown.guidance:
        rows.append((button(scene, p.FULL_TEXT, Verb.FULL_TEXT, node=node),))
    match shown.question.kind:
        case Kind.NOTE:
            rows.append((button(scene, p.CONTINUE, Verb.DONE, node=node),))
        case Kind.ACKNOWLEDGE:
            rows.append((button(scene, p.OK, Verb.DONE, node=node),))
        case Kind.SELECT_MANY:
            rows.append((button(scene, p.DONE, Verb.DONE, node=node, mark="✓"),))
    return rows


def _navigation(scene: Scene, shown: Shown) -> list[Row]:
    row: list[Button] = []
    if shown.can_go_back:
        row.append(button(scene, p.BACK, Verb.BACK))
    picked = any(choice.picked for choice in shown.choices)
    if has_answer(shown) and shown.question.kind not in (Kind.SELECT_MANY, Kind.RANK, Kind.ACKNOWLEDGE):
        row.append(button(scene, p.KEEP, Verb.KEEP, node=shown.question.number))
    elif not shown.required and not picked and shown.question.kind not in (Kind.NOTE, Kind.REPEAT):
        row.append(button(scene, p.SKIP, Verb.SKIP, node=shown.question.number))
    if scene.participant.status is Status.ENROLLING:
        away = (button(scene, p.LANGUAGE, Verb.LANGUAGE, mark="🌐"), button(scene, p.NO_THANKS, Verb.LEAVE))
        return [tuple(row), away]
    return [(*row, button(scene, p.MENU_BUTTON, Verb.MENU, mark="☰"))]


def has_answer(shown: Shown) -> bool:
    return shown.question.kind is not Kind.NOTE and (bool(shown.value) or shown.kept)


def full_text(scene: Scene, shown: Shown) -> Prompt:
    """The long text behind a question."""
    return Prompt(shown.guidance, ((button(scene, p.BACK, Verb.RESUME),),))


# ---- everything else -------------------------------------------------------------------------------------------------


def languages(scene: Scene) -> Prompt:
    """The languages, each named in itself; no sentence, because we do not know which one would be read."""
    buttons = [
        Button(language.name, Press(Verb.SET_LANGUAGE, choice=index))
        for index, language in enumerate(scene.study.languages)
    ]
    rows: list[Row] = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    return Prompt("🌐", tuple(rows))


def welcome(scene: Scene, card: int | None) -> Prompt:
    """The languages after a good code. Who handed out a numbered card sees here that it was this one."""
    prompt = languages(scene)
    if card is None:
        return prompt
    told = scene.say(p.CARD_TAKEN, number=isolate(f"{card:03}"))
    return Prompt(f"✓ {told}\n\n{prompt.text}", prompt.rows)


def sample(scene: Scene) -> Prompt:
    """How messages open from now on, and what an unasked one will look like; who sees questions at once needs none."""
    told = [scene.say(p.OPENING_SET)]
    if scene.participant.opening is not Opening.AT_ONCE:
        knocks = scene.participant.opening is Opening.KNOCK
        told += [scene.say(p.TEST_MESSAGE), scene.say(p.INVITATION), *([scene.say(p.CHOOSE_PICTURE)] if knocks else [])]
    return notice(scene, "\n\n".join(told))


def invitation(scene: Scene, phrase: str) -> Prompt:
    """One neutral sentence and buttons: the only thing that is ever sent unasked, but for who chose otherwise."""
    away = (
        (button(scene, p.LATER, Verb.LATER), button(scene, p.NOT_NOW, Verb.NOT_NOW)),
        (button(scene, p.WRONG_PERSON, Verb.WRONG_PERSON),),
    )
    if scene.participant.opening is Opening.KNOCK:
        return Prompt(f"{scene.say(phrase)}\n\n{scene.say(p.CHOOSE_PICTURE)}", (*_pictures(Verb.PICTURE), *away))
    return Prompt(scene.say(phrase), ((button(scene, p.OPEN, Verb.OPEN),), *away))


def knock(scene: Scene) -> Prompt:
    """The nine pictures, for whoever wants in."""
    away = (button(scene, p.NOT_NOW, Verb.NOT_NOW), button(scene, p.WRONG_PERSON, Verb.WRONG_PERSON))
    return Prompt(scene.say(p.CHOOSE_PICTURE), (*_pictures(Verb.PICTURE), away))


def _pictures(verb: Verb, *, without: frozenset[int] = frozenset()) -> list[Row]:
    shown = [Button(each, Press(verb, choice=index)) for index, each in enumerate(PICTURES) if index not in without]
    return [tuple(shown[start : start + 3]) for start in range(0, len(shown), 3)]


def openings(scene: Scene) -> Prompt:
    """How messages may open. Who shares a chat can only choose a picture."""
    phrases = {
        Opening.AT_ONCE: p.OPENS_AT_ONCE,
        Opening.NEUTRAL: p.OPENS_NEUTRALLY,
        Opening.KNOCK: p.OPENS_BY_PICTURE,
    }
    offered = [
        (button(scene, phrases[each], Verb.SET_OPENING, choice=index),)
        for index, each in enumerate(OPENINGS)
        if each is Opening.KNOCK or not scene.conversation.others
    ]
    return aside(scene, scene.say(p.ASK_OPENING), *offered)


def own_pictures(scene: Scene) -> Prompt:
    """Pictures to choose from; those of others in the chat are not among them."""
    taken = frozenset(other.picture for other in scene.conversation.others)
    rows = _pictures(Verb.SET_PICTURE, without=taken)
    text = scene.say(p.CHOOSE_OWN_PICTURE)
    return Prompt(text, tuple(rows)) if scene.conversation.others else aside(scene, text, *rows)


def plain(text: str) -> Prompt:
    """A sentence without any button."""
    return Prompt(text)


def notice(scene: Scene, text: str) -> Prompt:
    return Prompt(text, ((button(scene, p.MENU_BUTTON, Verb.MENU, mark="☰"),),))


def thanks(scene: Scene, *, again: bool) -> Prompt:
    """A form is complete; while its window is open it may be answered again."""
    said = notice(scene, scene.say(p.THANK_YOU))
    return replace(said, rows=((button(scene, p.ANSWER_AGAIN, Verb.AGAIN),), *said.rows)) if again else said


def emptied(scene: Scene) -> Prompt:
    """What is left of a card that has been read."""
    if scene.conversation.participant is None:
        return Prompt(p.NEUTRAL)
    return notice(scene, p.NEUTRAL)


def menu(scene: Scene, *, new_text: bool = False, again: bool = False, meeting: bool = False) -> Prompt:
    """Everything that can be done now, each as a button.

    ``new_text``: the consent text has changed. ``again``: something may still be answered again. ``meeting``: there is
    one to be looked at.
    """
    person, occurrence = scene.participant, scene.conversation.occurrence
    rows: list[Row] = [(button(scene, p.NEW_TEXT, Verb.RENEW_ASK),)] if new_text else []
    if scene.conversation.session:
        rows.append((button(scene, p.GO_BACK_TO_QUESTION, Verb.RESUME, mark="▶"),))
        rows.append((button(scene, p.LEAVE, Verb.LEAVE),))
    elif occurrence and (occurrence.step is Step.INVITED or occurrence.wave == CONTACT):
        rows.append((button(scene, p.OPEN_MESSAGE, Verb.OPEN, mark="▶"),))
    if again:
        rows.append((button(scene, p.ANSWER_AGAIN, Verb.AGAIN),))
    if meeting:
        rows.append((button(scene, p.MEETING, Verb.VISIT),))
    rows.append((button(scene, p.LANGUAGE, Verb.LANGUAGE, mark="🌐"),))
    if not scene.conversation.session and person.return_state in (Return.PLANNED, Return.NOT_GOING):
        rows.append((button(scene, p.TRAVEL_DAY, Verb.RETURN_DATE),))
    if person.paused_until and person.paused_until > scene.now:
        rows.append((button(scene, p.RESUME, Verb.UNPAUSE),))
    else:
        rows.append((button(scene, p.PAUSE, Verb.PAUSE),))
    rows.append((button(scene, p.OPENING, Verb.OPENING),))
    rows.append((button(scene, p.MY_DATA, Verb.MY_DATA),))
    rows.append((button(scene, p.PRIVACY, Verb.PRIVACY), button(scene, p.HELP, Verb.HELP)))
    rows.append((button(scene, p.HIDE_COMMAND, Verb.HIDE), button(scene, p.STOP, Verb.STOP)))
    rows.append((button(scene, p.CLOSE, Verb.SEEN),))
    return Prompt(scene.say(p.MENU), tuple(rows))


def aside(scene: Scene, text: str, *rows: Row) -> Prompt:
    """A text with its own buttons and a way back."""
    return Prompt(text, (*rows, (button(scene, p.BACK, Verb.RESUME),)))
