"""Later, pressed on a message about a meeting: the same news comes again in a few hours, where it is still of use.

What comes then answers the person's own tap. It counts toward no limit of what is sent unasked, so that putting off
one reminder never costs a later one.
"""

from __future__ import annotations

from typing import Final

from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.visits.fitting import own_slot
from cora_bot.study.schedule import later
from cora_bot.study.visits.reminders import AT_LEAST
from cora_bot.study.visits.visit import News

HOURS: Final = 3
REMINDERS: Final = frozenset({News.WEEK, News.DAY, News.HOURS})


def postponed(scene: Scene) -> Scene:
    """What was to come next is found again when this has been sent. What comes sooner anyway stays as it is."""
    visit, slot = scene.visit, own_slot(scene)
    at = later(scene.study, scene.participant.zone, scene.now, HOURS)
    too_late = slot is not None and visit.told in REMINDERS and at > slot.starts - AT_LEAST
    sooner = visit.next_at is not None and visit.next_at <= at
    if too_late or sooner:
        return scene
    again = News.OFFER_AGAIN if visit.told in (News.OFFER, News.FREED) else visit.told
    return scene.with_visit(due=again, next_at=at, put_off=at)
