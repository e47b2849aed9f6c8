"""Every button of a meeting, in one table. What fits no longer shows how it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from cora_bot.dialogue.handlers.visits import choosing, meeting, showing
from cora_bot.dialogue.inputs import Pressed
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Turn
from cora_bot.dialogue.visits.acts import Act
from cora_bot.study.visits.visit import OPEN, Standing

Handler = Callable[[Scene, Any], Turn]

ACTS: Final[Mapping[Act, Handler]] = {
    Act.SHOW: showing.show,
    Act.CHOOSE: choosing.choose,
    Act.WISH: choosing.wish,
    Act.SPEAK: choosing.speak,
    Act.WISHED: choosing.wished,
    Act.CITY: choosing.city,
    Act.DAYS: choosing.pages,
    Act.DAY: choosing.day,
    Act.PICK: choosing.pick,
    Act.BOOK: choosing.book,
    Act.OTHER_WAY: meeting.other_way,
    Act.WAY: meeting.way,
    Act.DECLINE: meeting.decline,
    Act.TELL_ME: meeting.tell_me,
    Act.COME: meeting.come,
    Act.LATE: meeting.late,
    Act.CALL: meeting.call,
    Act.CANCEL: meeting.cancel,
    Act.MET: meeting.met,
}


def press(scene: Scene, event: Pressed) -> Turn:
    """A button of a meeting. The visit may have changed or gone since it was drawn."""
    known = event.press.node in ACTS
    visit = scene.conversation.visit
    if not known or not showing.concerns(scene) or visit is None:
        return showing.show(scene, event)
    if visit.standing not in OPEN and visit.standing is not Standing.BOOKED:
        return showing.show(scene, event)
    return ACTS[Act(event.press.node)](scene, event)
