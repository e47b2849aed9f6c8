"""Whoever stops, withdraws or takes back the consent to visits gives the seat back in the same turn."""

from __future__ import annotations

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Status
from cora_bot.dialogue.handlers.visits.meeting import given_up
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Turn
from cora_bot.study.visits.trip import PURPOSE
from cora_bot.study.visits.visit import OPEN, Standing


def released(scene: Scene, turn: Turn) -> Turn:
    """``turn``, with the visit given up where its person no longer wants any."""
    after = turn.conversation
    person, visit = after.participant, after.visit
    if person is None or visit is None or (visit.standing not in OPEN and visit.standing is not Standing.BOOKED):
        return turn
    if person.status is Status.ACTIVE and PURPOSE in person.purposes:
        return turn
    reason = "stopped" if person.status is not Status.ACTIVE else "no_consent"
    gone = given_up(replace(scene, conversation=after), Standing.CANCELLED, reason=reason)
    return replace(turn, conversation=gone.conversation, notes=(*turn.notes, "visit_released"))
