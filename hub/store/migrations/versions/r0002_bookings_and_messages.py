"""Bookings made here: working hours, reservations, feedback, messages, sign-in and stored answers.

Nothing here imports the hub's tables: a revision stays as it was written when they move on.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = (
    "working_hours",
    "reservation",
    "feedback",
    "message",
    "staff",
    "session",
    "enrolment",
    "stored_answer",
)
_OVERLAPS = (
    "SELECT 1 FROM reservation AS other WHERE other.resource_id = NEW.resource_id AND other.id <> NEW.id "
    "AND NOT other.override AND other.protected_from < NEW.protected_to AND other.protected_to > NEW.protected_from"
)


def upgrade() -> None:
    """Make the tables and the new columns."""
    op.add_column("booking", sa.Column("sequence", sa.Integer, nullable=False, server_default="0"))
    op.add_column("booking", sa.Column("undo", sa.JSON))
    _make_working_hours()
    _make_reservation()
    _make_feedback()
    _make_message()
    _make_people()
    _make_stored_answer()


def downgrade() -> None:
    """Drop them. PostgreSQL's btree_gist stays: others may use it."""
    for name in reversed(_TABLES):
        op.drop_table(name)
    for name in ("undo", "sequence"):
        op.drop_column("booking", name)


def _make_working_hours() -> None:
    _table(
        "working_hours",
        _text("resource_id"),
        _integer("weekday"),
        _integer("starts_s"),
        _integer("ends_s"),
        _check("working_hours", "weekday_range", "weekday >= 0 AND weekday <= 6"),
        _check("working_hours", "interval", "starts_s >= 0 AND ends_s > starts_s AND ends_s <= 86400"),
        primary_key=["resource_id", "weekday", "starts_s"],
        references=["resource"],
    )


def _make_reservation() -> None:
    _table(
        "reservation",
        _text("resource_id"),
        _moment("protected_from"),
        _moment("protected_to"),
        _text("kind"),
        _text("booking_id", nullable=True),
        sa.Column("slot", sa.JSON),
        _moment("expires_at", nullable=True),
        sa.Column("override", sa.Boolean, nullable=False),
        sa.UniqueConstraint("booking_id", name=op.f("uq_reservation_booking_id")),
        _check("reservation", "interval", "protected_to > protected_from"),
        _check(
            "reservation",
            "kind",
            "(kind = 'booking' AND booking_id IS NOT NULL AND expires_at IS NULL)"
            " OR (kind = 'hold' AND booking_id IS NULL AND expires_at IS NOT NULL)",
        ),
        references=["resource", "booking"],
    )
    op.create_index("ix_reservation_resource_id_protected_from", "reservation", ["resource_id", "protected_from"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            "ALTER TABLE reservation ADD CONSTRAINT ex_reservation_overlap EXCLUDE USING gist "
            "(resource_id WITH =, tstzrange(protected_from, protected_to, '[)') WITH &&) WHERE (NOT override)"
        )
        return
    for change in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER ex_reservation_overlap_{change.lower()} BEFORE {change} ON reservation "
            f"WHEN NOT NEW.override AND EXISTS ({_OVERLAPS}) BEGIN SELECT RAISE(ABORT, 'reservations overlap'); END"
        )


def _make_feedback() -> None:
    _table(
        "feedback",
        _text("booking_id"),
        _integer("rating"),
        _text("comment"),
        _moment("created_at"),
        _moment("updated_at"),
        _check("feedback", "rating_range", "rating >= 1 AND rating <= 5"),
        primary_key=["booking_id"],
        references=["booking"],
    )


def _make_message() -> None:
    kinds = "'booked', 'rescheduled', 'canceled', 'undone', 'on_the_way', 'completed'"
    _table(
        "message",
        *(_text(f"{table}_id") for table in ("portal", "booking", "contact")),
        _text("kind"),
        _text("state"),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        _moment("due_at"),
        _moment("leased_until", nullable=True),
        _text("last_error", nullable=True),
        _moment("created_at"),
        _moment("sent_at", nullable=True),
        _check("message", "kind_known", f"kind IN ({kinds})"),
        _check("message", "state_known", "state IN ('waiting', 'sent', 'failed', 'skipped')"),
        references=["portal", "booking", "contact"],
    )
    op.create_index("ix_message_booking_id", "message", ["booking_id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_message_waiting", "message", ["due_at"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index("ix_message_portal_id_created_at", "message", ["portal_id", "created_at"])


def _make_people() -> None:
    _table(
        "staff",
        _text("portal_id"),
        _text("email"),
        _text("name"),
        _text("password_hash"),
        _text("role"),
        _moment("created_at"),
        _moment("disabled_at", nullable=True),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
        _check("staff", "role_known", "role IN ('admin', 'dispatcher')"),
        references=["portal"],
    )
    op.create_index("ix_staff_portal_id", "staff", ["portal_id"])
    _table(
        "session",
        *(_text(f"{table}_id", nullable=True) for table in ("staff", "resource", "device")),
        *_token("session"),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("ended_at", nullable=True),
        _check("session", "one_person", "(staff_id IS NULL) <> (resource_id IS NULL)"),
        references=["staff", "resource", "device"],
    )
    op.create_index("ix_session_staff_id", "session", ["staff_id"])
    op.create_index("ix_session_resource_id", "session", ["resource_id"])
    _table(
        "enrolment",
        _text("resource_id"),
        *_token("enrolment"),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        _moment("revoked_at", nullable=True),
        references=["resource"],
    )
    op.create_index("ix_enrolment_resource_id", "enrolment", ["resource_id"])


def _make_stored_answer() -> None:
    _table(
        "stored_answer",
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("body_hash", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Integer),
        _text("content_type", nullable=True),
        sa.Column("content", sa.LargeBinary),
        _moment("created_at"),
        primary_key=["key"],
    )
    op.create_index("ix_stored_answer_created_at", "stored_answer", ["created_at"])


def _table(name: str, *items: Any, primary_key: list[str] | None = None, references: list[str] | None = None) -> None:
    keys = primary_key or ["id"]
    op.create_table(
        name,
        *([] if primary_key else [_text("id")]),
        *items,
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{name}")),
        *(
            sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=op.f(f"fk_{name}_{other}_id"))
            for other in references or []
        ),
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _integer(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _token(table: str) -> tuple[Any, Any]:
    hashed = sa.Column("token_hash", sa.LargeBinary, nullable=False)
    return hashed, sa.UniqueConstraint("token_hash", name=op.f(f"uq_{table}_token_hash"))
