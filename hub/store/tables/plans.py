"""Better days that the search found: proposed to staff, and what became of them."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Double, Index, Table, Text

from hub.store.tables.base import id_column, metadata, moment, reference

day_plan = Table(
    "day_plan",
    metadata,
    id_column(),
    reference("portal"),
    Column("day", Text, nullable=False),  # a date of the portal's calendar, YYYY-MM-DD
    Column("state", Text, nullable=False),
    Column("before_s", Double, nullable=False),
    Column("after_s", Double, nullable=False),
    Column("moves", JSON, nullable=False),
    moment("computed_at"),
    moment("decided_at", nullable=True),
    Column("decided_by", Text),
    CheckConstraint("state IN ('proposed', 'applied', 'dismissed', 'stale')", name="state_known"),
    Index("ix_day_plan_portal_id_day", "portal_id", "day"),
)
