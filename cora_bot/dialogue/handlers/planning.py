"""From what is known of a person to the days of the waves."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from cora_bot.dialogue.scene import Scene
from cora_bot.study.model import Anchors, Planned
from cora_bot.study.schedule import plan
from cora_bot.study.stretch import stretched


def plan_for(scene: Scene) -> tuple[Planned, ...]:
    """The person's whole schedule as the study's rules and the outages of their place have it now."""
    person = scene.participant
    enrolled = (person.enrolled_at or scene.now).astimezone(ZoneInfo(person.zone)).date()
    anchors = Anchors(
        enrolled=enrolled,
        return_date=person.return_date,
        return_state=person.return_state,
        zone=person.zone,
        hour=person.hour,
        purposes=person.purposes,
    )
    cut_off = scene.cut_off()
    return tuple(stretched(each, cut_off, person.zone) for each in plan(scene.study, anchors))
