"""Every transition of a conversation, in one table.

Rule 1: which handler takes which input in which state is said here and nowhere else.
Rule 2: a pair that is missing is a mistake of ours and raises an error naming both; the tests hold the table total.
Rule 3: a command is the button of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from cora_bot.dialogue.conversation import Conversation, Status
from cora_bot.dialogue.handlers import (
    arriving,
    asides,
    asking,
    consenting,
    copying,
    correcting,
    held,
    housekeeping,
    inviting,
    knocking,
    leafing,
    pinging,
    reconsidering,
    renewing,
    returning,
    sending,
    stepwise,
    withdrawing,
)
from cora_bot.dialogue.handlers.visits import due as visit_due
from cora_bot.dialogue.handlers.visits import table as visiting
from cora_bot.dialogue.handlers.visits import team as visit_team
from cora_bot.dialogue.inputs import (
    Blocked,
    ChoreDue,
    Command,
    CommandName,
    Input,
    LetterCame,
    OccurrenceDue,
    Pressed,
    Start,
    Text,
    Unblocked,
    Unusable,
    Verb,
    VisitArranged,
    VisitDue,
)
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Turn
from cora_bot.study.model import Step

Handler = Callable[[Scene, Any], Turn]


class State(StrEnum):
    """Where a conversation stands."""

    STRANGER = "stranger"
    CHOOSING = "choosing"  # a code was good, no language yet
    CONSENTING = "consenting"
    RESTING = "resting"
    INVITED = "invited"
    ANSWERING = "answering"
    STOPPED = "stopped"


class Event(StrEnum):
    """What can happen besides the buttons."""

    START = "start"
    TEXT = "text"
    UNUSABLE = "unusable"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    LETTER = "letter"
    DUE = "due"
    VISIT = "visit"
    TEAM = "team"
    CHORE = "chore"


Key = Verb | Event

COMMANDS: Final[Mapping[CommandName, Verb]] = {
    CommandName.MENU: Verb.MENU,
    CommandName.LANGUAGE: Verb.LANGUAGE,
    CommandName.PAUSE: Verb.PAUSE,
    CommandName.RESUME: Verb.UNPAUSE,
    CommandName.STOP: Verb.STOP,
    CommandName.PRIVACY: Verb.PRIVACY,
    CommandName.MY_DATA: Verb.MY_DATA,
    CommandName.HELP: Verb.HELP,
    CommandName.HIDE: Verb.HIDE,
}

_HAPPENS: Final[Mapping[Key, Handler]] = {
    Event.BLOCKED: housekeeping.blocked,
    Event.UNBLOCKED: housekeeping.unblocked,
    Event.CHORE: housekeeping.chore,
    Event.LETTER: housekeeping.letter_came,
    Event.DUE: inviting.due,
    Event.VISIT: visit_due.due,
    Event.TEAM: visit_team.arranged,
}

_OUT_OF_PLACE: Final[Mapping[Key, Handler]] = dict.fromkeys(Verb, housekeeping.redraw)
"""A button that means nothing in this state only shows the card again."""

_ASIDES: Final[Mapping[Key, Handler]] = {
    Verb.MENU: asides.menu,
    Verb.RESUME: asides.resume,
    Verb.SEEN: asides.close,
    Verb.AGAIN: correcting.again,
    Verb.LANGUAGE: asides.languages,
    Verb.SET_LANGUAGE: asides.set_language,
    Verb.PAUSE: asides.ask_pause,
    Verb.SET_PAUSE: asides.pause,
    Verb.UNPAUSE: asides.unpause,
    Verb.STOP: withdrawing.ask,
    Verb.CHOOSE_STOP: withdrawing.choose,
    Verb.CONFIRM_STOP: withdrawing.confirm,
    Verb.PRIVACY: asides.privacy,
    Verb.MY_DATA: held.show,
    Verb.OWN_COPY: copying.own_copy,
    Verb.CONSENTS: reconsidering.overview,
    Verb.CONSENT: reconsidering.ask,
    Verb.SET_CONSENT: reconsidering.decide,
    Verb.RENEW_ASK: renewing.ask,
    Verb.NEW_TEXT: renewing.full_text,
    Verb.RENEW: renewing.decide,
    Verb.HELP: asides.help_,
    Verb.PICTURE: knocking.picture,
    Verb.REACHED: pinging.answer,
    Verb.WRONG_PERSON: knocking.wrong_person,
    Verb.OPENING: knocking.ask_opening,
    Verb.SET_OPENING: knocking.set_opening,
    Verb.SET_PICTURE: knocking.set_picture,
    Verb.HIDE: asides.hide,
    Verb.PASS_ON: asides.pass_on,
    Verb.DISCARD: asides.discard,
    Verb.VISIT: visiting.press,
    Event.START: asides.menu,
    Event.UNUSABLE: asides.cannot_take,
}

_QUESTION: Final[Mapping[Key, Handler]] = {
    Verb.CHOOSE: asking.choose,
    Verb.TOGGLE: asking.toggle,
    Verb.DONE: asking.done,
    Verb.SKIP: asking.skip,
    Verb.KEEP: asking.keep,
    Verb.BACK: asking.back,
    Verb.FULL_TEXT: asking.full_text,
    Verb.PAGE: leafing.page,
    Verb.WHOLE: leafing.whole,
    Verb.UNDO: stepwise.undo,
    Verb.DAY: stepwise.day,
    Verb.PART: stepwise.part,
    Verb.HOUR: stepwise.hour,
    Verb.TIME: stepwise.time,
    Verb.INSTANCES: stepwise.instances,
    Verb.INSTANCE: stepwise.instance,
    Verb.INTO: stepwise.into,
    Verb.TAKE_AWAY: stepwise.take_away,
    Event.TEXT: asking.typed,
    Event.UNUSABLE: sending.sent,
}

TRANSITIONS: Final[Mapping[State, Mapping[Key, Handler]]] = {
    State.STRANGER: {
        **dict.fromkeys(Verb, arriving.stranger_again),
        **_HAPPENS,
        Event.START: arriving.knock,
        Event.TEXT: arriving.knock,
        Event.UNUSABLE: arriving.knock,
    },
    State.CHOOSING: {
        **dict.fromkeys(Verb, arriving.languages),
        **_HAPPENS,
        Verb.SET_LANGUAGE: arriving.set_language,
        Verb.SET_PICTURE: arriving.set_picture,
        Verb.PICTURE: knocking.picture,
        Verb.HIDE: asides.hide,
        Event.START: arriving.languages_removing,
        Event.TEXT: arriving.languages_removing,
        Event.UNUSABLE: arriving.languages_removing,
    },
    State.CONSENTING: {
        **_OUT_OF_PLACE,
        **_HAPPENS,
        **_QUESTION,
        Verb.LANGUAGE: asides.languages,
        Verb.SET_LANGUAGE: asides.set_language,
        Verb.RESUME: asides.resume,
        Verb.LEAVE: consenting.ask_refuse,
        Verb.STOP: consenting.ask_refuse,
        Verb.CONFIRM_LEAVE: consenting.refuse,
        Verb.PRIVACY: asides.privacy,
        Verb.MY_DATA: asides.privacy,
        Verb.HELP: asides.help_,
        Verb.PICTURE: knocking.picture,
        Verb.NOT_NOW: inviting.put_away,
        Verb.WRONG_PERSON: knocking.away,
        Verb.HIDE: asides.hide,
        Event.START: asking.again,
    },
    State.RESTING: {
        **_OUT_OF_PLACE,
        **_HAPPENS,
        **_ASIDES,
        Verb.OPEN: inviting.open_it,
        Verb.LATER: inviting.postpone,
        Verb.NOT_NOW: inviting.put_away,
        Verb.RETURN_DATE: returning.change,
        Event.TEXT: asides.ask_pass_on,
    },
    State.INVITED: {
        **_OUT_OF_PLACE,
        **_HAPPENS,
        **_ASIDES,
        Verb.OPEN: inviting.open_it,
        Verb.LATER: inviting.postpone,
        Verb.NOT_NOW: inviting.put_away,
        Verb.RETURN_DATE: returning.change,
        Event.TEXT: asides.ask_pass_on,
    },
    State.ANSWERING: {
        **_OUT_OF_PLACE,
        **_HAPPENS,
        **_ASIDES,
        **_QUESTION,
        Verb.OPEN: inviting.go_on,
        Verb.LATER: inviting.postpone,
        Verb.NOT_NOW: inviting.put_away,
        Verb.LEAVE: asides.ask_leave,
        Verb.CONFIRM_LEAVE: asides.leave,
    },
    State.STOPPED: {
        **_OUT_OF_PLACE,
        **_HAPPENS,
        Verb.MENU: withdrawing.ask_return,
        Verb.RESUME: withdrawing.ask_return,
        Verb.SEEN: asides.close,
        Verb.UNPAUSE: withdrawing.come_back,
        Verb.LANGUAGE: asides.languages,
        Verb.SET_LANGUAGE: asides.set_language,
        Verb.PRIVACY: asides.privacy,
        Verb.MY_DATA: held.show,
        Verb.HELP: asides.help_,
        Verb.PAUSE: withdrawing.ask_return,
        Verb.STOP: withdrawing.stop_again,
        Verb.CHOOSE_STOP: withdrawing.choose,
        Verb.CONFIRM_STOP: withdrawing.confirm,
        Verb.FINISH: withdrawing.finish,
        Verb.PICTURE: knocking.picture,
        Verb.HIDE: asides.hide,
        Verb.PASS_ON: asides.pass_on,
        Verb.DISCARD: asides.discard,
        Event.START: withdrawing.ask_return,
        Event.TEXT: asides.ask_pass_on,
        Event.UNUSABLE: asides.cannot_take,
    },
}


def state_of(conversation: Conversation) -> State:
    """Where a conversation stands, derived from what is stored."""
    person = conversation.participant
    if person is None:
        return State.STRANGER
    if person.status is Status.STOPPED:
        return State.STOPPED
    if person.status is Status.ENROLLING:
        return State.CONSENTING if conversation.session else State.CHOOSING
    if conversation.session:
        return State.ANSWERING
    occurrence = conversation.occurrence
    return State.INVITED if occurrence and occurrence.step is Step.INVITED else State.RESTING


_EVENTS: Final[Mapping[type[Input], Event]] = {
    Start: Event.START,
    Text: Event.TEXT,
    Unusable: Event.UNUSABLE,
    Blocked: Event.BLOCKED,
    Unblocked: Event.UNBLOCKED,
    LetterCame: Event.LETTER,
    OccurrenceDue: Event.DUE,
    VisitDue: Event.VISIT,
    VisitArranged: Event.TEAM,
    ChoreDue: Event.CHORE,
}


def key_of(event: Input) -> Key:
    match event:
        case Pressed(press=press):
            return press.verb
        case Command(name=name):
            return COMMANDS[name]
        case _:
            return _EVENTS[type(event)]


def handler_for(state: State, key: Key) -> Handler:
    """The handler of a pair; raises ``LookupError`` naming both when the table has none."""
    try:
        return TRANSITIONS[state][key]
    except KeyError:
        raise LookupError(f"no transition from {state!r} on {key!r}") from None
