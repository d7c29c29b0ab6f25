"""Who may: devices, customers' links, invitations, API keys. Tokens themselves are never stored, only their hashes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Double, ForeignKey, LargeBinary, Table, Text

from hub.domain.roles import Role
from hub.store.tables.base import id_column, metadata, moment, reference


def _token_hash() -> Column[bytes]:
    return Column("token_hash", LargeBinary, nullable=False, unique=True)


device = Table(
    "device",
    metadata,
    id_column(),
    reference("resource", index=True),
    Column("name", Text, nullable=False),
    _token_hash(),
    moment("expires_at", nullable=True),
    moment("revoked_at", nullable=True),
    moment("created_at"),
    moment("last_seen_at", nullable=True),
    Column("app", Text),  # what it sends with
    Column("battery", Double),  # 0 to 1, when last told
    Column("silence", Text),  # why nothing comes, if the device said so
    moment("silence_at", nullable=True),
)

link = Table(
    "link",
    metadata,
    id_column(),
    reference("booking", index=True),
    Column("scope", Text, nullable=False),
    _token_hash(),
    moment("expires_at"),
    moment("revoked_at", nullable=True),
    moment("created_at"),
    Column("shared_by", Text),  # id of the link whose holder made this one; it closes with that one and with the visit
    CheckConstraint("scope IN ('track', 'manage')", name="scope_known"),
)

invitation = Table(
    "invitation",
    metadata,
    id_column(),
    Column("contact_id", Text, ForeignKey("contact.id", ondelete="CASCADE"), nullable=False, index=True),
    _token_hash(),
    moment("created_at"),
    moment("expires_at"),
    moment("revoked_at", nullable=True),
)

api_key = Table(
    "api_key",
    metadata,
    id_column(),
    reference("portal", index=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    _token_hash(),
    moment("expires_at", nullable=True),
    moment("revoked_at", nullable=True),
    moment("created_at"),
    CheckConstraint("role IN (" + ", ".join(f"'{role}'" for role in Role) + ")", name="role_known"),
)
