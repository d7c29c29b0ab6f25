"""What was learned of arrivals, in rows that people can read."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Double, ForeignKey, Integer, Table, Text

from hub.store.tables.base import metadata, moment

eta_model = Table(
    "eta_model",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),  # the highest is in use
    moment("learned_at"),
    Column("trips", Integer, nullable=False),
)

eta_factor = Table(
    "eta_factor",
    metadata,
    Column("version", Integer, ForeignKey("eta_model.version", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),  # `route`, `Mon 08`, a resource's id, `53.445 -2.915 N`, or seconds
    Column("factor", Double, nullable=False),  # seconds needed for each that the router said; of an age: wider so much
    CheckConstraint("kind IN ('pace', 'hour', 'technician', 'cell', 'age')", name="kind_known"),
)

eta_range = Table(
    "eta_range",
    metadata,
    Column("version", Integer, ForeignKey("eta_model.version", ondelete="CASCADE"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("left_s", Double, primary_key=True),  # so long before the arrival
    Column("early_s", Double, nullable=False),
    Column("late_s", Double, nullable=False),
)
