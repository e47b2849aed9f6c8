"""The first schema.

Written out, not taken from ``tables``: a migration stays what it was when the tables move on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cora_bot.store import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_NEWS = (
    "", "offer", "offer_again", "closing", "week", "day", "hours", "after", "freed", "moved", "cancelled", "missed",
)  # fmt: skip


def _one_of(column: str, *words: str) -> str:
    return " OR ".join(f"{column} = '{word}'" for word in words)


def upgrade() -> None:
    _alert()
    _audit()
    _chat()
    _counter()
    _cutting()
    _erased_case()
    _form_version()
    _lease()
    _meta()
    _outage()
    _parked_update()
    _handed_out()
    _participant()
    _record()
    _staff_phone()
    _taken_in()
    _token()
    _update_attempt()
    _update_seen()
    _chat_participant()
    _chore()
    _removal()
    _download()
    _media_file()
    _occurrence()
    _trip()
    _place_file()
    _slot()
    _slot_cell()
    _visit()
    _seat()
    _outbox()
    _own_key()
    _own_copy()
    _session()
    _task()


def _alert() -> None:
    op.create_table(
        "alert",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("next_at", types.Instant(), nullable=True),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("taken_at", types.Instant(), nullable=True),
        sa.Column("done_at", types.Instant(), nullable=True),
        sa.CheckConstraint("(taken_by IS NULL) = (taken_at IS NULL)", name=op.f("ck_alert_taken")),
        sa.CheckConstraint("next_at IS NULL OR (taken_at IS NULL AND done_at IS NULL)", name=op.f("ck_alert_waits")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_alert")),
        sa.UniqueConstraint("id", name=op.f("uq_alert_id")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index(
        "ix_alert_next_at",
        "alert",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", types.Whole, autoincrement=False, nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=True),
        sa.Column("person_index", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("(mark IS NULL) = (person_index IS NULL)", name=op.f("ck_audit_mark")),
        sa.CheckConstraint("mark IS NULL OR subject <> ''", name=op.f("ck_audit_subject")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_hash")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index(
        "ix_audit_person_index",
        "audit",
        ["person_index"],
        unique=False,
        sqlite_where=sa.text("person_index IS NOT NULL"),
        postgresql_where=sa.text("person_index IS NOT NULL"),
    )


def _chat() -> None:
    op.create_table(
        "chat",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("showing", sa.Text(), nullable=False),
        sa.Column("message", types.Whole, nullable=True),
        sa.Column("sent_at", types.Instant(), nullable=True),
        sa.Column("buried", types.Flag(), nullable=False),
        sa.Column("shown_at", types.Instant(), nullable=True),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("misses_since", types.Instant(), nullable=True),
        sa.Column("blocked", types.Flag(), nullable=False),
        sa.Column("last_message", types.Whole, nullable=False),
        sa.Column("last_seen", types.Instant(), nullable=False),
        sa.CheckConstraint(
            _one_of(
                "showing",
                "nothing",
                "languages",
                "question",
                "aside",
                "invitation",
                "receipt",
                "notice",
                "knock",
                "letter",
                "visit",
            ),
            name=op.f("ck_chat_showing"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat")),
        sa.UniqueConstraint("address_index", name=op.f("uq_chat_address_index")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index("ix_chat_last_seen", "chat", ["last_seen"], unique=False)


def _counter() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", types.Whole, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _cutting() -> None:
    op.create_table(
        "cutting",
        sa.Column("participant_id", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_cutting")),
        sa.UniqueConstraint("case_id", name=op.f("uq_cutting_case_id")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _erased_case() -> None:
    op.create_table(
        "erased_case",
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_erased_case")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _handed_out() -> None:
    op.create_table(
        "handed_out",
        sa.Column("bundle_id", sa.LargeBinary(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("expires", types.Instant(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.CheckConstraint("at <= expires", name=op.f("ck_handed_out_expires")),
        sa.PrimaryKeyConstraint("bundle_id", name=op.f("pk_handed_out")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _form_version() -> None:
    op.create_table(
        "form_version",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("xform", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_form_version")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fence", types.Whole, nullable=False),
        sa.Column("beats", types.Whole, nullable=False),
        sa.Column("held", types.Flag(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _outage() -> None:
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("begins", types.Local(), nullable=False),
        sa.Column("ends", types.Local(), nullable=False),
        sa.CheckConstraint("begins < ends", name=op.f("ck_outage_lasts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
        sa.UniqueConstraint("place", "begins", "ends", name=op.f("uq_outage_place_begins_ends")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _taken_in() -> None:
    op.create_table(
        "taken_in",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_taken_in")),
        sa.UniqueConstraint("id", name=op.f("uq_taken_in_id")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _parked_update() -> None:
    op.create_table(
        "parked_update",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_parked_update")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _participant() -> None:
    op.create_table(
        "participant",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("profile", sa.LargeBinary(), nullable=False),
        sa.Column("withdrawal", sa.Text(), nullable=True),
        sa.Column("withdraws_at", types.Instant(), nullable=True),
        sa.CheckConstraint(_one_of("status", "enrolling", "active", "stopped"), name=op.f("ck_participant_status")),
        sa.CheckConstraint(_one_of("withdrawal", "link", "answers"), name=op.f("ck_participant_withdrawal")),
        sa.CheckConstraint("(withdrawal IS NULL) = (withdraws_at IS NULL)", name=op.f("ck_participant_withdraws")),
        sa.CheckConstraint(
            "withdrawal IS NULL OR status = 'stopped'", name=op.f("ck_participant_withdrawn_is_stopped")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index(
        "ix_participant_enrolling",
        "participant",
        ["id"],
        unique=False,
        sqlite_where=sa.text("status = 'enrolling'"),
        postgresql_where=sa.text("status = 'enrolling'"),
    )
    op.create_index(
        "ix_participant_withdraws_at",
        "participant",
        ["withdraws_at"],
        unique=False,
        sqlite_where=sa.text("withdraws_at IS NOT NULL"),
        postgresql_where=sa.text("withdraws_at IS NOT NULL"),
    )


def _record() -> None:
    op.create_table(
        "record",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_record_case_id", "record", ["case_id"], unique=False)


def _staff_phone() -> None:
    op.create_table(
        "staff_phone",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("duty", types.Flag(), nullable=False),
        sa.Column("chat_id", sa.LargeBinary(), nullable=True),
        sa.Column("linked_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_staff_phone_chat_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_staff_phone")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index("ix_staff_phone_chat_id", "staff_phone", ["chat_id"], unique=False)


def _token() -> None:
    op.create_table(
        "token",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("relink", sa.LargeBinary(), nullable=True),
        sa.Column("staff", sa.Text(), nullable=True),
        sa.Column("card", sa.Integer(), nullable=True),
        sa.Column("made_at", types.Instant(), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=False),
        sa.Column("used_at", types.Instant(), nullable=True),
        sa.CheckConstraint("(used_at IS NULL) = (state = 'open')", name=op.f("ck_token_used")),
        sa.CheckConstraint("state IN ('open', 'used')", name=op.f("ck_token_state")),
        sa.ForeignKeyConstraint(["staff"], ["staff_phone.name"], name=op.f("fk_token_staff"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_token")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index(
        "ix_token_staff",
        "token",
        ["staff"],
        unique=False,
        sqlite_where=sa.text("staff IS NOT NULL"),
        postgresql_where=sa.text("staff IS NOT NULL"),
    )


def _update_attempt() -> None:
    op.create_table(
        "update_attempt",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_update_attempt")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _update_seen() -> None:
    op.create_table(
        "update_seen",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_update_seen")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index("ix_update_seen_at", "update_seen", ["at"], unique=False)


def _chat_participant() -> None:
    op.create_table(
        "chat_participant",
        sa.Column("chat_id", sa.LargeBinary(), nullable=False),
        sa.Column("participant_id", sa.LargeBinary(), nullable=False),
        sa.Column("since", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_chat_participant_chat_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_chat_participant_participant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat_id", "participant_id", name=op.f("pk_chat_participant")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index("ix_chat_participant_participant_id", "chat_participant", ["participant_id"], unique=False)


def _chore() -> None:
    op.create_table(
        "chore",
        sa.Column("chat_id", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("card", sa.Integer(), nullable=False),
        sa.Column("due_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_chore_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat_id", "kind", "card", name=op.f("pk_chore")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index("ix_chore_due_at", "chore", ["due_at"], unique=False)


def _removal() -> None:
    op.create_table(
        "removal",
        sa.Column("chat_id", sa.LargeBinary(), nullable=False),
        sa.Column("message", types.Whole, nullable=False),
        sa.Column("not_before", types.Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_removal_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat_id", "message", name=op.f("pk_removal")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_removal_not_before", "removal", ["not_before"], unique=False)


def _download() -> None:
    op.create_table(
        "download",
        sa.Column("record_id", sa.LargeBinary(), nullable=False),
        sa.Column("chat_id", sa.LargeBinary(), nullable=False),
        sa.Column("participant_id", sa.LargeBinary(), nullable=False),
        sa.Column("next_at", types.Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message", types.Whole, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_download_chat_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_download_participant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_download")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    for column in ("next_at", "chat_id", "participant_id"):
        op.create_index(f"ix_download_{column}", "download", [column], unique=False)


def _media_file() -> None:
    op.create_table(
        "media_file",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_media_file")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _occurrence() -> None:
    op.create_table(
        "occurrence",
        sa.Column("participant_id", sa.LargeBinary(), nullable=False),
        sa.Column("wave", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("local", types.Local(), nullable=False),
        sa.Column("opens", types.Instant(), nullable=False),
        sa.Column("closes", types.Instant(), nullable=False),
        sa.Column("reminders", types.Instants(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("next_at", types.Instant(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("put_away", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", types.Instant(), nullable=True),
        sa.Column("finished_at", types.Instant(), nullable=True),
        sa.CheckConstraint(
            "next_at IS NULL OR NOT (" + _one_of("step", "cancelled", "complete", "expired", "lapsed", "partial") + ")",
            name=op.f("ck_occurrence_final_is_not_due"),
        ),
        sa.CheckConstraint(
            _one_of("step", "planned", "invited", "opened", "complete", "partial", "expired", "lapsed", "cancelled"),
            name=op.f("ck_occurrence_step"),
        ),
        sa.CheckConstraint("opens <= closes", name=op.f("ck_occurrence_window")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_occurrence_participant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant_id", "wave", "number", name=op.f("pk_occurrence")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index(
        "ix_occurrence_due",
        "occurrence",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", types.Whole, autoincrement=True, nullable=False),
        sa.Column("chat_id", sa.LargeBinary(), nullable=False),
        sa.Column("participant_id", sa.LargeBinary(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("unsolicited", types.Flag(), nullable=False),
        sa.Column("fresh", types.Flag(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("wave", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("visit_id", sa.LargeBinary(), nullable=True),
        sa.Column("not_before", types.Instant(), nullable=False),
        sa.Column("valid_until", types.Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("message", types.Whole, nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("finished_at", types.Instant(), nullable=True),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (state IN ('pending', 'sending'))", name=op.f("ck_outbox_finished")
        ),
        sa.CheckConstraint(_one_of("kind", "card", "retire", "spoken", "empty", "staff"), name=op.f("ck_outbox_kind")),
        sa.CheckConstraint(_one_of("means", "", "send", "edit", "delete"), name=op.f("ck_outbox_means")),
        sa.CheckConstraint("payload IS NULL OR state IN ('pending', 'sending')", name=op.f("ck_outbox_wiped")),
        sa.CheckConstraint(
            _one_of("state", "pending", "sending", "sent", "uncertain", "lapsed", "superseded", "failed"),
            name=op.f("ck_outbox_state"),
        ),
        sa.CheckConstraint("unsolicited = 0 OR doubts = 0 OR state <> 'pending'", name=op.f("ck_outbox_at_most_once")),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_outbox_chat_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_outbox_participant_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_outbox_visit_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index(
        "ix_outbox_done_replies",
        "outbox",
        ["finished_at"],
        unique=False,
        sqlite_where=sa.text("unsolicited = 0 AND finished_at IS NOT NULL"),
        postgresql_where=sa.text("unsolicited = 0 AND finished_at IS NOT NULL"),
    )
    op.create_index("ix_outbox_chat_id_state_id", "outbox", ["chat_id", "state", "id"], unique=False)
    op.create_index("ix_outbox_participant_id", "outbox", ["participant_id"], unique=False)
    op.create_index(
        "ix_outbox_visit_id",
        "outbox",
        ["visit_id"],
        unique=False,
        sqlite_where=sa.text("visit_id IS NOT NULL"),
        postgresql_where=sa.text("visit_id IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["unsolicited", "not_before", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "uq_outbox_in_flight",
        "outbox",
        ["chat_id"],
        unique=True,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "uq_outbox_next_card",
        "outbox",
        ["chat_id"],
        unique=True,
        sqlite_where=sa.text("state = 'pending' AND kind = 'card'"),
        postgresql_where=sa.text("state = 'pending' AND kind = 'card'"),
    )


def _own_key() -> None:
    op.create_table(
        "own_key",
        sa.Column("participant_id", sa.LargeBinary(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_own_key_participant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_own_key")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _own_copy() -> None:
    op.create_table(
        "own_copy",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("participant_id", sa.LargeBinary(), nullable=False),
        sa.Column("record_index", sa.LargeBinary(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_own_copy_participant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_copy")),
        sa.UniqueConstraint("record_index", name=op.f("uq_own_copy_record_index")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_own_copy_participant_id", "own_copy", ["participant_id"], unique=False)


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("participant_id", sa.LargeBinary(), nullable=False),
        sa.Column("form_hash", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("touched_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_session_participant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("participant_id", name=op.f("uq_session_participant_id")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index("ix_session_touched_at", "session", ["touched_at"], unique=False)


def _trip() -> None:
    op.create_table(
        "trip",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ends", types.Instant(), nullable=False),
        sa.Column("made_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _place_file() -> None:
    op.create_table(
        "place_file",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("trip_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("known", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_place_file_trip_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_file")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index("ix_place_file_trip_id", "place_file", ["trip_id"], unique=False)


def _slot() -> None:
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("trip_id", sa.Text(), nullable=False),
        sa.Column("interviewer", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts", types.Instant(), nullable=False),
        sa.Column("ends", types.Instant(), nullable=False),
        sa.Column("held_from", types.Instant(), nullable=False),
        sa.Column("held_until", types.Instant(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("interpreter", types.Flag(), nullable=False),
        sa.Column("called_off", types.Flag(), nullable=False),
        sa.CheckConstraint("starts < ends AND held_from <= starts AND ends <= held_until", name=op.f("ck_slot_lasts")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_slot_trip_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("interviewer", "starts", name=op.f("uq_slot_interviewer_starts")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index("ix_slot_trip_id_starts", "slot", ["trip_id", "starts"], unique=False)


def _slot_cell() -> None:
    op.create_table(
        "slot_cell",
        sa.Column("interviewer", sa.Text(), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_slot_cell_slot_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("interviewer", "cell", name=op.f("pk_slot_cell")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_slot_cell_slot_id", "slot_cell", ["slot_id"], unique=False)


def _visit() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("trip_id", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.LargeBinary(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("deadline", types.Instant(), nullable=True),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("next_at", types.Instant(), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("opened", types.Flag(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("confirmed", types.Flag(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", types.Instant(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", types.Instant(), nullable=False),
        sa.CheckConstraint(
            _one_of("due", *_NEWS),
            name=op.f("ck_visit_due"),
        ),
        sa.CheckConstraint(_one_of("request", "", "call", "home", "nobody_there"), name=op.f("ck_visit_request")),
        sa.CheckConstraint("slot_id IS NOT NULL OR standing <> 'booked'", name=op.f("ck_visit_booked_has_a_seat")),
        sa.CheckConstraint(
            _one_of(
                "standing", "invited", "waiting", "booked", "asked", "declined", "met", "missed", "cancelled", "expired"
            ),
            name=op.f("ck_visit_standing"),
        ),
        sa.CheckConstraint(
            _one_of("told", *_NEWS),
            name=op.f("ck_visit_told"),
        ),
        sa.CheckConstraint(_one_of("way", "in_person", "phone", "video", "home"), name=op.f("ck_visit_way")),
        sa.CheckConstraint("(slot_id IS NULL) = (seat = 0)", name=op.f("ck_visit_seated")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_visit_participant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_visit_slot_id")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_visit_trip_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("trip_id", "participant_id", name=op.f("uq_visit_trip_id_participant_id")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index(
        "ix_visit_due",
        "visit",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index("ix_visit_participant_id", "visit", ["participant_id"], unique=False)
    op.create_index("ix_visit_slot_id", "visit", ["slot_id"], unique=False)
    op.create_index(
        "ix_visit_waiting",
        "visit",
        ["trip_id", "since"],
        unique=False,
        sqlite_where=sa.text("standing = 'waiting'"),
        postgresql_where=sa.text("standing = 'waiting'"),
    )


def _seat() -> None:
    op.create_table(
        "seat",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_seat_counts_from_one")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_seat_slot_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_seat_visit_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("slot_id", "number", name=op.f("pk_seat")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_seat_visit_id")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )


def _task() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("participant_id", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("wave", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_at", types.Instant(), nullable=False),
        sa.Column("passed_to", sa.Text(), nullable=False),
        sa.Column("done_at", types.Instant(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            _one_of("reason", "untold", "unreachable", "contact", "message", "visit", "missed"),
            name=op.f("ck_task_reason"),
        ),
        sa.CheckConstraint("done_at IS NOT NULL OR done_by = ''", name=op.f("ck_task_done")),
        sa.CheckConstraint("(reason = 'missed') = (wave <> '')", name=op.f("ck_task_about")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_task_participant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_index("ix_task_participant_id", "task", ["participant_id"], unique=False)
    op.create_index(
        "ix_task_open",
        "task",
        ["reason", "opened_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "uq_task_missed",
        "task",
        ["participant_id", "wave", "number"],
        unique=True,
        sqlite_where=sa.text("reason = 'missed'"),
        postgresql_where=sa.text("reason = 'missed'"),
    )
    op.create_index(
        "uq_task_open",
        "task",
        ["participant_id", "reason"],
        unique=True,
        sqlite_where=sa.text("done_at IS NULL AND reason <> 'missed'"),
        postgresql_where=sa.text("done_at IS NULL AND reason <> 'missed'"),
    )
