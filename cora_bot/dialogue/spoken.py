"""Questions that can be heard and seen: their sounds, pictures and films stand above the card, numbered as the choices.

They are sent when a question is first shown and deleted when something else is; those of a long list page by page.
Their titles are numbers: a player's list, a lock screen or a download folder shows nothing else. Where a place is asked
for, the key that sends it comes and goes the same way.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cora_bot.base.calendars import number
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Conversation, Showing
from cora_bot.dialogue.kinds import lists, places
from cora_bot.dialogue.prompt import PLACE_KEY, Spoken
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Turn
from cora_bot.dialogue.view import view_of
from cora_bot.forms.model import Kind
from cora_bot.forms.walk import Shown

QUESTION: Final = "▶"
PAGE: Final = "\n"  # between a question's path and the page of its list
STANDS: Final = timedelta(hours=40)
"""So long it may stand in the chat; Telegram deletes for 48 hours."""


def accompany(scene: Scene, shown: Shown, turn: Turn) -> Turn:
    """The turn that shows the question, with what says and shows it; the card goes below."""
    session = turn.conversation.session
    spoken = _spoken(scene, shown)
    if session is None or not (spoken or session.heard):
        return turn
    still = session.heard_at is not None and scene.now - session.heard_at < STANDS
    said = _said(scene, shown)
    if session.heard == said and still:
        return turn
    heard = replace(session, heard=said if spoken else "", heard_at=scene.now if spoken else None)
    show = replace(turn.show, fresh=True) if spoken and turn.show is not None else turn.show
    conversation = replace(turn.conversation, session=heard)
    return replace(turn, conversation=conversation, show=show, spoken=spoken, hush=bool(session.heard))


def leafed(scene: Scene, shown: Shown) -> bool:
    """Whether another page of the same list is read out by now: its card goes below, and the old buttons with it."""
    heard = scene.session.heard
    return heard.partition(PAGE)[0] == shown.ref and heard != _said(scene, shown)


def hushed(before: Conversation, turn: Turn) -> Turn:
    """Nothing that was said stays in the chat once something else is shown."""
    session, was = turn.conversation.session, before.session
    if was is None or not was.heard:
        return turn
    if session is not None and session.id == was.id and turn.conversation.chat.card.showing is Showing.QUESTION:
        return turn
    if session is None or session.id != was.id:
        return replace(turn, hush=True)
    silent = replace(session, heard="", heard_at=None)
    return replace(turn, hush=True, conversation=replace(turn.conversation, session=silent))


def _spoken(scene: Scene, shown: Shown) -> tuple[Spoken, ...]:
    known = scene.script.media
    found = [Spoken(each.sort, each.file, QUESTION) for each in shown.clips]
    if lists.numbered(shown):
        numbers = lists.numbers_of(shown)
        for choice in lists.part_of(shown, view_of(scene, shown)).choices:
            title = number(numbers[choice.index], scene.language)
            found += [Spoken(each.sort, each.file, title) for each in choice.clips]
    key = [Spoken(PLACE_KEY, "", places.key(scene))] if shown.question.kind is Kind.GEOPOINT else []
    return (*(each for each in found if each.file in known), *key)


def _said(scene: Scene, shown: Shown) -> str:
    """What is read out: a question, or of a long list whose choices can be heard the part of it that is shown."""
    if not (lists.is_long(shown) and lists.numbered(shown)):
        return shown.ref
    view = view_of(scene, shown)
    return f"{shown.ref}{PAGE}{lists.part_of(shown, view).page}{PAGE}{view.sought}"
