"""What an outage that is entered, or taken back, makes of an occasion that is planned, sent or over. Pure.

Windows are placed anew from the wave and the planned local moment, never from what is stored, so that doing it twice
is doing it once. What was answered, opened and left, put away or called off stays as it was: that was no silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Occurrence
from cora_bot.dialogue.handlers.inviting import GRACE
from cora_bot.dialogue.handlers.missed import OUTAGE
from cora_bot.study.model import Planned, Step, Wave
from cora_bot.study.schedule import placed
from cora_bot.study.stretch import Span, back_at, overlap, stretched

SILENT: Final = {Step.EXPIRED: "not_opened", Step.LAPSED: "late"}
"""How an occasion ends of which nobody heard anything: the reason by its step, where no outage explains it."""


def under(
    occurrence: Occurrence, wave: Wave, cut_off: Sequence[Span], *, zone: str, now: datetime, may_reopen: bool
) -> Occurrence:
    """``occurrence`` once these are its person's outages. ``may_reopen``: the person still takes part."""
    window = stretched(placed(wave, occurrence.number, occurrence.local, ZoneInfo(zone)), cut_off, zone)
    match occurrence.step:
        case Step.PLANNED:
            return _planned(occurrence, window, cut_off, zone=zone, now=now)
        case Step.INVITED | Step.OPENED:
            return _sent(occurrence, window, now)
        case Step.EXPIRED | Step.LAPSED if _silent(occurrence):
            if may_reopen and window.closes > now:
                again = replace(occurrence, step=Step.PLANNED, finished_at=None, reason=OUTAGE)
                return _planned(again, window, cut_off, zone=zone, now=now)
            return _explained(occurrence, cut_off)
        case _:
            return occurrence


def _planned(
    occurrence: Occurrence, window: Planned, cut_off: Sequence[Span], *, zone: str, now: datetime
) -> Occurrence:
    """Nothing is sent yet. What falls due in an outage is put off then; what was put off is looked at again."""
    moved = replace(occurrence, closes=window.closes, reminders=window.reminders)
    if occurrence.reason != OUTAGE:
        return replace(moved, next_at=min(occurrence.next_at or window.opens, window.closes))
    from_now = max(window.opens, now)
    back = back_at(cut_off, from_now, window.local.time(), ZoneInfo(zone), before=window.closes)
    why = OUTAGE if overlap(cut_off, window.opens, window.closes) else ""
    return replace(moved, next_at=min(back, window.closes), reason=why)


def _sent(occurrence: Occurrence, window: Planned, now: datetime) -> Occurrence:
    """Reminders move, but none is sent a second time; an hour the person asked for stays."""
    used = max(0, occurrence.sent - 1)
    reminders = window.reminders[used:]
    moved = replace(occurrence, closes=window.closes, reminders=reminders)
    its_own = {*occurrence.reminders, occurrence.closes, occurrence.closes + GRACE}
    if occurrence.next_at is not None and occurrence.next_at not in its_own and occurrence.reason != OUTAGE:
        return replace(moved, next_at=min(occurrence.next_at, window.closes))
    next_at = next((each for each in reminders if each > now), window.closes)
    return replace(moved, next_at=next_at, reason="" if occurrence.reason == OUTAGE else occurrence.reason)


def _silent(occurrence: Occurrence) -> bool:
    heard = occurrence.opened_at is not None or occurrence.put_away
    return not heard and occurrence.reason in (SILENT[occurrence.step], OUTAGE)


def _explained(occurrence: Occurrence, cut_off: Sequence[Span]) -> Occurrence:
    """Over for good: was the person cut off when it ended?"""
    if any(begins < occurrence.closes <= ends for begins, ends in cut_off):
        return replace(occurrence, reason=OUTAGE)
    if occurrence.reason == OUTAGE and overlap(cut_off, occurrence.opens, occurrence.closes) == timedelta():
        return replace(occurrence, reason=SILENT[occurrence.step])
    return occurrence
