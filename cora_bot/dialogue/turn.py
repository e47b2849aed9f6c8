"""What one turn of a conversation produced. ``store.apply`` writes it in one transaction; sending comes later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from cora_bot.base.values import Value
from cora_bot.dialogue.conversation import Conversation, Occurrence
from cora_bot.dialogue.prompt import Prompt, Spoken
from cora_bot.study.model import Planned


class RecordKind(StrEnum):
    CONSENT = "consent"
    COMPLETE = "complete"
    PARTIAL = "partial"
    FRAGMENT = "fragment"
    MESSAGE = "message"
    ALERT = "alert"
    ATTACHMENT = "attachment"  # a part of a file that somebody sent


class TaskReason(StrEnum):
    """Why somebody of the team is wanted. In this order they are listed."""

    UNTOLD = "untold"  # a meeting was called off or moved, and the person can be told in no chat: call them
    UNREACHABLE = "unreachable"  # the chat is blocked or gone
    CONTACT = "contact"  # somebody said that the number changes, or that it is not theirs
    MESSAGE = "message"  # words were passed on to the team, and nobody has answered
    VISIT = "visit"  # something about a meeting: it was missed, or the person wants what only the team can arrange
    MISSED = "missed"  # an occasion of a wave passed without an answer


class Record(Value):
    """Something to be sealed to the researchers. ``head`` fields are bound inside the seal; ``body`` is JSON-able."""

    id: bytes
    kind: RecordKind
    session: bytes
    form: str
    form_version: str
    form_hash: str
    wave: str
    number: int
    order: int
    language: str
    started_at: datetime
    at: datetime
    body: dict[str, Any]


class Fetch(Value):
    """A file that somebody sent: to be fetched, sealed as ``record`` and its parts, and then taken out of the chat.

    ``file`` is Telegram's id of it, ``size`` in bytes as Telegram says (0: not said), ``message`` where it stands.
    """

    record: Record
    file: str
    size: int
    message: int


class Show(Value):
    """The card's new content; the card's generation, revision and showing are already in the new conversation.

    ``fresh``: a new message (it notifies), never an edit. ``unsolicited``: nobody asked; it is judged again at the
    moment of sending and sent at most once; ``reason`` goes to the contact ledger; ``key`` makes it unique.
    ``visit``: the id of the visit it is about.
    """

    prompt: Prompt
    fresh: bool = False
    unsolicited: bool = False
    reason: str = "reply"
    key: str = ""
    valid_until: datetime | None = None
    visit: bytes | None = None


class Chore(Value):
    """Housekeeping at a later time, unless the card shows something else by then.

    Kinds: ``empty_card``, ``missed_press``.
    """

    kind: str
    card: int
    due_at: datetime


class Turn(Value):
    """The result of ``advance``.

    ``conversation``: the new state (``participant`` or ``session`` None where there was one: it is deleted).
    ``show``: new content of the card. ``remove``: ids of the person's own messages to be taken out of the chat.
    ``records``: to be sealed. ``drop_records``: fragments that no longer count. ``fetches``: files to be fetched and
    sealed later. ``spoken``: sounds, pictures and films sent above the card; ``hush``: those sent before are deleted.
    ``plan``: the person's schedule anew (unsent rows follow it, cancelled ones still to come live again); None leaves
    it. ``occurrences``: of this person, changed by the turn; they win over ``plan``.
    ``toast``: text for the pressed button's spinner ("" just stops it). ``stale``: message id of an old card that was
    pressed and should be emptied. ``counts``: names of counters to raise by one. ``use_token``: the presented token is
    used up. ``keep_records``: whoever this turn deletes leaves their records behind, and nothing that leads to
    them. ``switch``: nothing happened yet; the same input is taken again with this participant (id) as the one the
    chat speaks with, and with ``moved_here`` that person is reached in no other chat from now on. ``staff``: whose of
    the team notices go to this chat from now on. ``alert``: somebody of the team is to be told that an answer of this
    person needs a look. ``own_key``: the code of a key for this person's own copy, forgotten with the turn.
    ``clear``: what can still be deleted of the chat is deleted. ``wanted``: why somebody of the team should look after
    this person. ``notes``: action names for the log, no content.
    """

    conversation: Conversation
    show: Show | None = None
    remove: tuple[int, ...] = ()
    records: tuple[Record, ...] = ()
    drop_records: tuple[bytes, ...] = ()
    fetches: tuple[Fetch, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    hush: bool = False
    plan: tuple[Planned, ...] | None = None
    occurrences: tuple[Occurrence, ...] = ()
    chores: tuple[Chore, ...] = ()
    toast: str = ""
    stale: int | None = None
    counts: tuple[str, ...] = ()
    use_token: bool = False
    keep_records: bool = False
    switch: bytes | None = None
    moved_here: bool = False
    staff: str = ""
    alert: bool = False
    own_key: str = ""
    clear: bool = False
    wanted: tuple[TaskReason, ...] = ()
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name != "own_key")
        return f"Turn({', '.join(shown)})"


def standing(turns: Iterable[Turn]) -> tuple[Record, ...]:
    """The records that several turns of one conversation leave, in order: later turns may drop what earlier made."""
    made: dict[bytes, Record] = {}
    for turn in turns:
        made |= {record.id: record for record in turn.records}
        for dropped in turn.drop_records:
            made.pop(dropped, None)
    return tuple(made.values())
