"""Stored answers: what an `Idempotency-Key` was answered, so that the same request again changes nothing."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from hub.store.tables.base import metadata, moment

stored_answer = Table(
    "stored_answer",
    metadata,
    Column("key", LargeBinary, primary_key=True),  # hash of caller, method, path and the key sent
    Column("body_hash", LargeBinary, nullable=False),
    Column("status", Integer),  # empty while the first request is in flight
    Column("content_type", Text),
    Column("content", LargeBinary),
    moment("created_at", index=True),
)
