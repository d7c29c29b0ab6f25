"""The outbox: what people are told, and how far each message has got."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Index, Integer, Table, Text

from hub.domain.messages import MessageKind, MessageState
from hub.store.tables.base import id_column, metadata, moment, reference

message = Table(
    "message",
    metadata,
    id_column(),
    reference("portal"),
    reference("booking", index=True),
    reference("contact"),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("facts", JSON, nullable=False),  # the visit as it was when this was to be told
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("due_at"),  # not to be tried before
    moment("leased_until", nullable=True),  # somebody works on it until then
    Column("last_error", Text),
    moment("created_at"),
    moment("sent_at", nullable=True),
    CheckConstraint("kind IN (" + ", ".join(f"'{kind}'" for kind in MessageKind) + ")", name="kind_known"),
    CheckConstraint("state IN (" + ", ".join(f"'{state}'" for state in MessageState) + ")", name="state_known"),
)

Index(
    "ix_message_waiting",  # what the relay claims; stays small as messages go out
    message.c.due_at,
    sqlite_where=message.c.state == "waiting",
    postgresql_where=message.c.state == "waiting",
)
Index("ix_message_portal_id_created_at", message.c.portal_id, message.c.created_at)
