"""Every table of the main store. Open columns hold ids, times, counts and states; whatever a person said is sealed.

A chat's address, a token and an update's key appear only as keyed index or sealed blob. ``record`` shows nothing but
two random ids: no time, no order (WITHOUT ROWID), no person.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from cora_bot.dialogue.conversation import Showing, Status, Withdrawal
from cora_bot.dialogue.turn import TaskReason
from cora_bot.store.types import Flag, Id, Instant, Instants, Local, Sealed, Whole, among, one_of
from cora_bot.study.model import FINAL_STEPS, Step
from cora_bot.study.visits.trip import Way
from cora_bot.study.visits.visit import News, Request, Standing


class Kind(StrEnum):
    """What an outbox row does to the chat."""

    CARD = "card"  # shows the live card: edited in place or sent anew
    RETIRE = "retire"  # deletes an old card of ours; emptied instead where it cannot be deleted
    SPOKEN = "spoken"  # a sound, picture or film above the card
    EMPTY = "empty"  # edits an old card of ours to a neutral line
    STAFF = "staff"  # a notice to somebody of the team, in a message of its own


class State(StrEnum):
    """Where an outbox row stands. Final: all but pending and sending."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class Means(StrEnum):
    """The call a row was claimed for: after a crash it decides what may be repeated."""

    NONE = ""
    SEND = "send"
    EDIT = "edit"
    DELETE = "delete"


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _only(condition: str) -> dict[str, Any]:
    """An index over those rows alone: what is finished costs nothing.

    The migrations make it so on both engines. Said here for SQLite alone, since naming the other imports all of it.
    """
    return {"sqlite_where": text(condition)}


def _table(name: str, *parts: Any, rowid: bool = True) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=rowid)


meta = _table("meta", Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

chat = _table(
    "chat",
    Column("id", Id, primary_key=True),
    Column("address_index", Id, nullable=False, unique=True),
    Column("address", Sealed, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("showing", Text, nullable=False),
    Column("message", Whole),
    Column("sent_at", Instant),
    Column("buried", Flag, nullable=False),
    Column("shown_at", Instant),
    Column("misses", Integer, nullable=False),
    Column("misses_since", Instant),
    Column("blocked", Flag, nullable=False),
    Column("last_message", Whole, nullable=False),  # highest message id seen from the person
    Column("last_seen", Instant, nullable=False),
    one_of("showing", Showing),
    Index("ix_chat_last_seen", "last_seen"),
)

participant = _table(
    "participant",
    Column("id", Id, primary_key=True),
    Column("status", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("profile", Sealed, nullable=False),
    Column("withdrawal", Text),
    Column("withdraws_at", Instant),
    one_of("status", Status),
    one_of("withdrawal", Withdrawal),
    CheckConstraint("(withdrawal IS NULL) = (withdraws_at IS NULL)", name="withdraws"),
    CheckConstraint("withdrawal IS NULL OR status = 'stopped'", name="withdrawn_is_stopped"),
    Index("ix_participant_withdraws_at", "withdraws_at", **_only("withdraws_at IS NOT NULL")),
    Index(
        "ix_participant_enrolling",
        "id",
        **_only("status = 'enrolling'"),
    ),
)

chat_participant = _table(
    "chat_participant",
    Column("chat_id", Id, ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("participant_id", Id, ForeignKey("participant.id", ondelete="CASCADE"), primary_key=True),
    Column("since", Instant, nullable=False),
    Index("ix_chat_participant_participant_id", "participant_id"),
)

session = _table(
    "session",
    Column("id", Id, primary_key=True),
    Column("participant_id", Id, ForeignKey("participant.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("form_hash", Text, nullable=False),
    Column("sealed", Sealed, nullable=False),
    Column("touched_at", Instant, nullable=False),
    Index("ix_session_touched_at", "touched_at"),
)

_FINAL = among("step", sorted(FINAL_STEPS))

occurrence = _table(
    "occurrence",
    Column("participant_id", Id, ForeignKey("participant.id", ondelete="CASCADE"), primary_key=True),
    Column("wave", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("local", Local, nullable=False),
    Column("opens", Instant, nullable=False),
    Column("closes", Instant, nullable=False),
    Column("reminders", Instants, nullable=False),
    Column("step", Text, nullable=False),
    Column("next_at", Instant),
    Column("sent", Integer, nullable=False),
    Column("put_away", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_at", Instant),
    Column("finished_at", Instant),
    one_of("step", Step),
    CheckConstraint("opens <= closes", name="window"),
    CheckConstraint(f"next_at IS NULL OR NOT ({_FINAL})", name="final_is_not_due"),
    Index(
        "ix_occurrence_due",
        "next_at",
        **_only("next_at IS NOT NULL"),
    ),
)

# Who of several processes does what one alone may do. ``beats`` grows while its holder lives, ``fence`` with each one.
lease = _table(
    "lease",
    Column("name", Text, primary_key=True),
    Column("fence", Whole, nullable=False),
    Column("beats", Whole, nullable=False),
    Column("held", Flag, nullable=False),
)

# Of places, never of people: a country of the study or an IANA zone, and wall time there.
outage = _table(
    "outage",
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("place", Text, nullable=False),
    Column("begins", Local, nullable=False),
    Column("ends", Local, nullable=False),
    UniqueConstraint("place", "begins", "ends"),
    CheckConstraint("begins < ends", name="lasts"),
)

# A trip of the team: its days and places as the workbook has them, sealed. No row here names anybody who is invited.
trip = _table(
    "trip",
    Column("id", Text, primary_key=True),
    Column("sealed", Sealed, nullable=False),
    Column("ends", Instant, nullable=False),  # of its last slot
    Column("made_at", Instant, nullable=False),
)

# A picture or voice of where a place is. Apart from its trip, which is read with every press about a meeting.
place_file = _table(
    "place_file",
    Column("id", Id, primary_key=True),
    Column("trip_id", Text, ForeignKey("trip.id", ondelete="CASCADE"), nullable=False),
    Column("content", Sealed, nullable=False),
    Column("known", Sealed),  # Telegram's id of it
    Index("ix_place_file_trip_id", "trip_id"),
)

slot = _table(
    "slot",
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("trip_id", Text, ForeignKey("trip.id", ondelete="CASCADE"), nullable=False),
    Column("interviewer", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("held_from", Instant, nullable=False),
    Column("held_until", Instant, nullable=False),
    Column("languages", Text, nullable=False),
    Column("interpreter", Flag, nullable=False),
    Column("called_off", Flag, nullable=False),  # the interviewer cannot come
    UniqueConstraint("interviewer", "starts"),
    CheckConstraint("starts < ends AND held_from <= starts AND ends <= held_until", name="lasts"),
    Index("ix_slot_trip_id_starts", "trip_id", "starts"),
)

# Five minutes of one interviewer, with the way before and the pause after: nobody is at two places at a time.
slot_cell = _table(
    "slot_cell",
    Column("interviewer", Text, primary_key=True),
    Column("cell", Integer, primary_key=True),
    Column("slot_id", Integer, ForeignKey("slot.id", ondelete="CASCADE"), nullable=False),
    Index("ix_slot_cell_slot_id", "slot_id"),
    rowid=False,
)

visit = _table(
    "visit",
    Column("id", Id, primary_key=True),
    Column("trip_id", Text, ForeignKey("trip.id", ondelete="CASCADE"), nullable=False),
    Column("participant_id", Id, ForeignKey("participant.id", ondelete="CASCADE"), nullable=False),
    Column("standing", Text, nullable=False),
    Column("slot_id", Integer, ForeignKey("slot.id")),
    Column("seat", Integer, nullable=False),
    Column("way", Text, nullable=False),
    Column("deadline", Instant),
    Column("due", Text, nullable=False),
    Column("next_at", Instant),
    Column("told", Text, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("opened", Flag, nullable=False),
    Column("moves", Integer, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("confirmed", Flag, nullable=False),
    Column("late", Integer, nullable=False),
    Column("request", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Instant),
    Column("sealed", Sealed, nullable=False),  # wishes, language, city and picture word
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("trip_id", "participant_id"),
    one_of("standing", Standing),
    one_of("way", Way),
    one_of("due", News),
    one_of("told", News),
    one_of("request", Request),
    CheckConstraint("(slot_id IS NULL) = (seat = 0)", name="seated"),
    CheckConstraint("slot_id IS NOT NULL OR standing <> 'booked'", name="booked_has_a_seat"),
    Index("ix_visit_participant_id", "participant_id"),
    Index("ix_visit_slot_id", "slot_id"),
    Index("ix_visit_due", "next_at", **_only("next_at IS NOT NULL")),
    Index("ix_visit_waiting", "trip_id", "since", **_only("standing = 'waiting'")),
)

# As many rows as people fit: whoever books takes a free one, and there is no other way to hold a time.
seat = _table(
    "seat",
    Column("slot_id", Integer, ForeignKey("slot.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("visit_id", Id, ForeignKey("visit.id", ondelete="SET NULL"), unique=True),
    CheckConstraint("number >= 1", name="counts_from_one"),
)

outbox = _table(
    "outbox",
    Column("id", Whole, primary_key=True, autoincrement=True),
    Column("chat_id", Id, ForeignKey("chat.id", ondelete="CASCADE"), nullable=False),
    Column("participant_id", Id, ForeignKey("participant.id", ondelete="SET NULL")),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("means", Text, nullable=False),
    Column("unsolicited", Flag, nullable=False),
    Column("fresh", Flag, nullable=False),
    Column("reason", Text, nullable=False),  # the contact ledger: why it was to be sent
    Column("outcome", Text, nullable=False),  # and why it was not, or how it ended
    Column("wave", Text),
    Column("number", Integer),
    Column("visit_id", Id, ForeignKey("visit.id", ondelete="SET NULL")),
    Column("not_before", Instant, nullable=False),
    Column("valid_until", Instant),
    Column("attempts", Integer, nullable=False),
    Column("doubts", Integer, nullable=False),  # how often it may have been delivered without our knowing
    Column("payload", Sealed),
    Column("message", Whole),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),
    one_of("kind", Kind),
    one_of("state", State),
    one_of("means", Means),
    CheckConstraint("(finished_at IS NULL) = (state IN ('pending', 'sending'))", name="finished"),
    CheckConstraint("payload IS NULL OR state IN ('pending', 'sending')", name="wiped"),
    CheckConstraint("unsolicited = 0 OR doubts = 0 OR state <> 'pending'", name="at_most_once"),
    Index(
        "ix_outbox_waiting",
        "unsolicited",
        "not_before",
        "id",
        **_only("state = 'pending'"),
    ),
    Index("ix_outbox_chat_id_state_id", "chat_id", "state", "id"),  # whole: deleting a chat looks its rows up here
    Index(
        "uq_outbox_in_flight",
        "chat_id",
        unique=True,
        **_only("state = 'sending'"),
    ),
    Index(
        "uq_outbox_next_card",
        "chat_id",
        unique=True,
        **_only("state = 'pending' AND kind = 'card'"),
    ),
    Index(
        "ix_outbox_done_replies",
        "finished_at",
        **_only("unsolicited = 0 AND finished_at IS NOT NULL"),
    ),
    Index("ix_outbox_participant_id", "participant_id"),
    Index("ix_outbox_visit_id", "visit_id", **_only("visit_id IS NOT NULL")),
)

# People's own messages that are to leave their chats. None of ours stands here: those are rows of the outbox.
removal = _table(
    "removal",
    Column("chat_id", Id, ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("message", Whole, primary_key=True),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),  # how often it was not known whether it is gone
    Index("ix_removal_not_before", "not_before"),
    rowid=False,
)

download = _table(
    "download",
    Column("record_id", Id, primary_key=True),
    Column("chat_id", Id, ForeignKey("chat.id", ondelete="CASCADE"), nullable=False),
    Column("participant_id", Id, ForeignKey("participant.id", ondelete="CASCADE"), nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("message", Whole, nullable=False),  # the person's own, to be taken out of the chat
    Column("sealed", Sealed, nullable=False),
    Index("ix_download_next_at", "next_at"),
    Index("ix_download_chat_id", "chat_id"),
    Index("ix_download_participant_id", "participant_id"),
)

media_file = _table(
    "media_file",
    Column("digest", Text, primary_key=True),  # of our own sound or picture, and how it was sent
    Column("file", Text, nullable=False),  # Telegram's id of it
)

chore = _table(
    "chore",
    Column("chat_id", Id, ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("card", Integer, primary_key=True),
    Column("due_at", Instant, nullable=False),
    Index("ix_chore_due_at", "due_at"),
)

# What people keep for themselves, sealed to a key of theirs; nothing here says which record a copy is of.
own_key = _table(
    "own_key",
    Column("participant_id", Id, ForeignKey("participant.id", ondelete="CASCADE"), primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("sealed", Sealed, nullable=False),
)

own_copy = _table(
    "own_copy",
    Column("id", Id, primary_key=True),
    Column("participant_id", Id, ForeignKey("participant.id", ondelete="CASCADE"), nullable=False),
    Column("record_index", Id, nullable=False, unique=True),
    Column("blob", Sealed, nullable=False),
    Index("ix_own_copy_participant_id", "participant_id"),
    rowid=False,
)

# Somebody of the team, by the name the team uses, and the chat their notices go to: its address is sealed in ``chat``.
staff_phone = _table(
    "staff_phone",
    Column("name", Text, primary_key=True),
    Column("language", Text, nullable=False),
    Column("duty", Flag, nullable=False),
    Column("chat_id", Id, ForeignKey("chat.id", ondelete="SET NULL")),
    Column("linked_at", Instant),
    Index("ix_staff_phone_chat_id", "chat_id"),
)

# That somebody must look at a person's answers; whose, is sealed. ``told``: how many of those on duty were told so far.
alert = _table(
    "alert",
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),
    Column("at", Instant, nullable=False),
    Column("sealed", Sealed, nullable=False),
    Column("told", Integer, nullable=False),
    Column("next_at", Instant),
    Column("taken_by", Text),
    Column("taken_at", Instant),
    Column("done_at", Instant),
    CheckConstraint("(taken_by IS NULL) = (taken_at IS NULL)", name="taken"),
    CheckConstraint("next_at IS NULL OR (taken_at IS NULL AND done_at IS NULL)", name="waits"),
    Index("ix_alert_next_at", "next_at", **_only("next_at IS NOT NULL")),
)

# What was done with people's data and with keys, each entry hashed with the one before (``vault/audit_chain.py``).
audit = _table(
    "audit",
    Column("seq", Whole, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),  # a commitment: of whom it is, only ``mark`` says
    Column("facts", Text, nullable=False),
    Column("mark", Sealed),
    Column("person_index", Id),
    Column("hash", Text, nullable=False, unique=True),
    CheckConstraint("(mark IS NULL) = (person_index IS NULL)", name="mark"),
    CheckConstraint("mark IS NULL OR subject <> ''", name="subject"),
    Index("ix_audit_person_index", "person_index", **_only("person_index IS NOT NULL")),
)

token = _table(
    "token",
    Column("hash", Id, primary_key=True),
    Column("state", Text, nullable=False),
    Column("relink", Id),
    Column("staff", Text, ForeignKey("staff_phone.name", ondelete="CASCADE")),
    Column("card", Integer),  # the number printed on its card
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    CheckConstraint("state IN ('open', 'used')", name="state"),
    CheckConstraint("(used_at IS NULL) = (state = 'open')", name="used"),
    Index("ix_token_staff", "staff", **_only("staff IS NOT NULL")),
)

update_seen = _table(
    "update_seen",
    Column("key", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Index("ix_update_seen_at", "at"),
)

update_attempt = _table(
    "update_attempt",
    Column("key", Id, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)

taken_in = _table(
    "taken_in",
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),
    Column("sealed", Sealed, nullable=False),
    Column("at", Instant, nullable=False),
)

parked_update = _table(
    "parked_update",
    Column("key", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("sealed", Sealed, nullable=False),
    Column("at", Instant, nullable=False),
)

counter = _table("counter", Column("name", Text, primary_key=True), Column("value", Whole, nullable=False))

form_version = _table(
    "form_version",
    Column("hash", Text, primary_key=True),
    Column("form_id", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("xform", Text, nullable=False),
)

record = _table(
    "record",
    Column("id", Id, primary_key=True),
    Column("case_id", Id, nullable=False),
    Column("blob", Sealed, nullable=False),
    Index("ix_record_case_id", "case_id"),
    rowid=False,
)

# A person who goes leaves the main store first; until the key store has followed, the row stands here. Without a case
# only the link goes: then nothing here says whose answers they were.
cutting = _table(
    "cutting",
    Column("participant_id", Id, primary_key=True),
    Column("case_id", Id),
    UniqueConstraint("case_id"),
)

erased_case = _table(
    "erased_case",
    Column("case_id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
)

handed_out = _table(
    "handed_out",
    Column("bundle_id", Id, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    Column("gone_at", Instant),
    CheckConstraint("at <= expires", name="expires"),
)

# Never content: who, why, and what somebody of the team did about it. It goes with the person.
task = _table(
    "task",
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("participant_id", Id, ForeignKey("participant.id", ondelete="CASCADE"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("wave", Text, nullable=False),  # "" and 0 where it is about no occasion
    Column("number", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("passed_to", Text, nullable=False),  # a name of staff; "" while nobody was named
    Column("done_at", Instant),
    Column("done_by", Text, nullable=False),  # a name of staff; "" where it settled itself
    one_of("reason", TaskReason),
    CheckConstraint("done_at IS NOT NULL OR done_by = ''", name="done"),
    CheckConstraint("(reason = 'missed') = (wave <> '')", name="about"),
    Index(
        "uq_task_open",
        "participant_id",
        "reason",
        unique=True,
        **_only("done_at IS NULL AND reason <> 'missed'"),
    ),
    Index(
        "uq_task_missed",
        "participant_id",
        "wave",
        "number",
        unique=True,
        **_only("reason = 'missed'"),
    ),
    Index("ix_task_participant_id", "participant_id"),
    Index("ix_task_open", "reason", "opened_at", **_only("done_at IS NULL")),
)
