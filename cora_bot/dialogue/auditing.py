"""When each question was on the card, if the form asks for an audit: as Collect's log has it, with real times.

A question's time ends when the next one is shown. Away in the menu, or the phone put aside, counts as its time: nobody
can tell in a chat.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from cora_bot.base.clock import to_millis
from cora_bot.dialogue.conversation import AuditEvent, Session
from cora_bot.dialogue.scene import Scene
from cora_bot.forms.walk import Shown, Walk

MOST: Final = 2_000
"""Events of one filling-in: somebody may go to and fro for ever."""
QUESTION, REPEAT = "question", "repeat"


def seen(scene: Scene, walk: Walk, shown: Shown) -> Scene:
    """The question is on the card now."""
    session = scene.session
    if not walk.audited or (session.audit and session.audit[-1].node == shown.ref):
        return scene
    if len(session.audit) >= MOST:
        return scene
    event = AuditEvent(REPEAT if shown.question.kind.value == REPEAT else QUESTION, shown.ref, scene.now)
    return scene.with_session(replace(session, audit=(*_closed(session, scene.now), event)))


def events(session: Session, now: datetime) -> list[list[object]]:
    """Event, path, start and end in milliseconds since 1970: the columns of Collect's log."""
    made = (AuditEvent("form start", "", session.started_at, session.started_at), *_closed(session, now))
    last = AuditEvent("form exit", "", now, now)
    return [[each.event, each.node, to_millis(each.start), to_millis(each.end or now)] for each in (*made, last)]


def _closed(session: Session, now: datetime) -> tuple[AuditEvent, ...]:
    return tuple(each if each.end is not None else replace(each, end=now) for each in session.audit)
