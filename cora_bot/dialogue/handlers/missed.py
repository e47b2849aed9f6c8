"""An occasion whose planned moment passed before anything could be sent: what its wave has become of it.

Waves say it in study.toml (``missed = skip | late | merge``). Whatever they say, a person is asked for one thing at a
time, so that no downtime ends in a flood.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cora_bot.dialogue.conversation import Occurrence, Status
from cora_bot.dialogue.handlers import finishing
from cora_bot.dialogue.scene import Scene
from cora_bot.study.model import Missed, Step
from cora_bot.study.schedule import allowed_at
from cora_bot.study.stretch import back_at

MISSED: Final = "missed"
MERGED: Final = "merged"
OUTAGE: Final = "outage"
MISSED_AFTER = timedelta(hours=3)
"""So much later than planned is not missed yet: a restart of the server, somebody else at the same phone."""


def back(scene: Scene, occurrence: Occurrence, at: datetime) -> datetime:
    """``at``, or once the outage that lasts then is over, at the person's hour."""
    hour, zone = occurrence.local.time(), ZoneInfo(scene.participant.zone)
    return back_at(scene.cut_off(), at, hour, zone, before=occurrence.closes)


def skipped(scene: Scene, occurrence: Occurrence) -> bool:
    """Whether its moment has passed and its wave wants none that comes late.

    Its moment is the planned one; where nothing could be sent then: the enrolment, the end of an outage, the morning.
    """
    person = scene.participant
    if _said(scene, occurrence.wave) is not Missed.SKIP or occurrence.step is not Step.PLANNED or occurrence.sent:
        return False
    begins = max(occurrence.opens, person.enrolled_at or occurrence.opens)
    moment = allowed_at(scene.study, person.zone, back(scene, occurrence, begins))
    return scene.now - moment > MISSED_AFTER


def stood_for(scene: Scene, occurrence: Occurrence) -> bool:
    """Whether a later one of the wave, open by now and not sent either, stands for this one that was never sent."""
    if scene.participant.status is not Status.ACTIVE or occurrence.step is not Step.PLANNED:
        return False
    return any(
        occurrence.number < other.number and other.opens <= scene.now < other.closes
        for other in _mergeable(scene, occurrence.wave)
    )


def stands_for(scene: Scene, sent: Occurrence) -> tuple[Occurrence, ...]:
    """The earlier ones of the wave that were never sent: they end when this one is."""
    return tuple(
        finishing.ended(each, Step.LAPSED, scene.now, MERGED)
        for each in _mergeable(scene, sent.wave)
        if each.number < sent.number
    )


def _mergeable(scene: Scene, wave_id: str) -> list[Occurrence]:
    """What is still planned of a wave that merges what was missed."""
    if _said(scene, wave_id) is not Missed.MERGE:
        return []
    return [each for each in scene.conversation.planned if each.wave == wave_id and each.step is Step.PLANNED]


def _said(scene: Scene, wave_id: str) -> Missed:
    """What the wave says; one that study.toml no longer names says nothing."""
    return next((wave.missed for wave in scene.study.occasions if wave.id == wave_id), Missed.LATE)


def reopened(occurrence: Occurrence) -> bool:
    """Whether it ended unseen in an outage and was opened again: that stays the reason, whatever holds it now."""
    return occurrence.step is Step.PLANNED and occurrence.sent > 0 and occurrence.reason == OUTAGE
