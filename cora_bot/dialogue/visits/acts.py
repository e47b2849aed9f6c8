"""What the buttons of a meeting do: the ``node`` of ``Verb.VISIT``. Values travel in buttons and are never renamed."""

from __future__ import annotations

from enum import IntEnum, unique

from cora_bot.dialogue.buttons import button
from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.dialogue.prompt import Button
from cora_bot.dialogue.scene import Scene


@unique
class Act(IntEnum):
    SHOW = 0  # how it stands
    CHOOSE = 1  # begins choosing a time; of a booked meeting another one
    WISH = 2  # choice: a Wish, on or off
    SPEAK = 3  # choice: index into the study's languages
    WISHED = 4  # wishes are complete
    CITY = 5  # choice: index into the trip's places
    DAYS = 6  # choice: a page of days
    DAY = 7  # choice: date.toordinal
    PICK = 8  # choice: a slot; asks whether to book it
    BOOK = 9  # choice: a slot
    OTHER_WAY = 10  # shows what is offered instead of a meeting
    WAY = 11  # choice: index into WAYS
    DECLINE = 12
    TELL_ME = 13  # onto the waiting list
    COME = 14  # time and place still hold
    LATE = 15  # choice: minutes; 0 asks
    CALL = 16
    CANCEL = 17  # choice: 1 confirms
    MET = 18  # choice: 0 yes, 1 could not come, 2 nobody was there


def act(scene: Scene, phrase: str, what: Act, choice: int = 0, *, mark: str = "") -> Button:
    return button(scene, phrase, Verb.VISIT, node=what, choice=choice, mark=mark)


def labelled(label: str, what: Act, choice: int = 0) -> Button:
    return Button(label, Press(Verb.VISIT, node=what, choice=choice))
