"""Arrivals as they were told, and how good they turned out to be."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Double, ForeignKey, Index, Integer, Table, Text

from hub.store.columns import UtcDateTime
from hub.store.tables.base import metadata, moment

eta_prediction = Table(
    "eta_prediction",
    metadata,
    # No foreign keys, as in the track: a visit that is gone must not stop the recorder.
    Column("booking_id", Text, primary_key=True),
    Column("set_off_at", UtcDateTime, primary_key=True),  # which way to the visit
    Column("computed_at", UtcDateTime, primary_key=True),
    Column("resource_id", Text, nullable=False),
    moment("position_at"),
    Column("lat", Double, nullable=False),
    Column("lon", Double, nullable=False),
    Column("router_left_s", Double, nullable=False),  # before anything learned
    Column("stops_s", Double, nullable=False),
    moment("predicted_at"),
    moment("earliest"),
    moment("latest"),
    Column("confidence", Double, nullable=False),
    Column("source", Text, nullable=False),
    Column("model_version", Integer, nullable=False),
    CheckConstraint("source IN ('route', 'history', 'distance')", name="source_known"),
    Index("ix_eta_prediction_computed_at", "computed_at"),  # what is too old
    Index("ix_eta_prediction_resource_id", "resource_id"),  # whoever is erased
)

eta_score = Table(
    "eta_score",
    metadata,
    Column("portal_id", Text, ForeignKey("portal.id"), primary_key=True),
    Column("resource_id", Text, primary_key=True),  # empty: all of the portal's together
    Column("days", Integer, primary_key=True),  # how far back arrivals count
    Column("figures", JSON, nullable=False),
    moment("scored_at"),
)
