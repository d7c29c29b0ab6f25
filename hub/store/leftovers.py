"""Rows that nobody needs any more, and their deletion, a chunk at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store.tables import (
    enrolment,
    eta_prediction,
    geocoded,
    invitation,
    lease,
    session,
    stored_answer,
    track_import,
    travel_time,
)

CHUNK_ROWS = 500


async def forget_sessions(tx: AsyncConnection, before: datetime) -> int:
    """Delete some sessions that ended or expired before a moment; answer how many."""
    return await _forget(tx, session.c.id, func.coalesce(session.c.ended_at, session.c.expires_at) < before)


async def forget_enrolments(tx: AsyncConnection, before: datetime) -> int:
    """Delete some enrolment links that expired before a moment, used or not; answer how many."""
    return await _forget(tx, enrolment.c.id, enrolment.c.expires_at < before)


async def forget_invitations(tx: AsyncConnection, before: datetime) -> int:
    """Delete some invitations to book that expired before a moment; answer how many."""
    return await _forget(tx, invitation.c.id, invitation.c.expires_at < before)


async def forget_answers(tx: AsyncConnection, before: datetime) -> int:
    """Delete some stored answers from before a moment; answer how many."""
    return await _forget(tx, stored_answer.c.key, stored_answer.c.created_at < before)


async def forget_imports(tx: AsyncConnection, before: datetime) -> int:
    """Delete what is known of some imports that ended before a moment; answer how many."""
    return await _forget(
        tx, track_import.c.id, (track_import.c.status != "running") & (track_import.c.updated_at < before)
    )


async def forget_leases(tx: AsyncConnection, before: datetime) -> int:
    """Delete some leases that ended before a moment; answer how many."""
    return await _forget(tx, lease.c.name, lease.c.until < before)


async def forget_addresses(tx: AsyncConnection, before: datetime) -> int:
    """Delete some answers of the geocoder from before a moment; answer how many."""
    return await _forget(tx, geocoded.c.address_hash, geocoded.c.computed_at < before)


async def forget_predictions(tx: AsyncConnection, before: datetime) -> int:
    """Delete some arrivals that were told before a moment; answer how many."""
    of = eta_prediction.c
    name = tuple_(of.booking_id, of.set_off_at, of.computed_at)
    some = select(of.booking_id, of.set_off_at, of.computed_at).where(of.computed_at < before).limit(CHUNK_ROWS)
    return (await tx.execute(delete(eta_prediction).where(name.in_(some)))).rowcount


async def forget_drives(tx: AsyncConnection, before: datetime) -> int:
    """Delete some drives that a router told before a moment; answer how many."""
    of = travel_time.c
    leg = (of.from_lat_e4, of.from_lon_e4, of.to_lat_e4, of.to_lon_e4)
    some = select(*leg).where(of.computed_at < before).limit(CHUNK_ROWS)
    return (await tx.execute(delete(travel_time).where(tuple_(*leg).in_(some)))).rowcount


async def _forget(tx: AsyncConnection, key: Column[Any], which: ColumnElement[bool]) -> int:
    some = select(key).where(which).limit(CHUNK_ROWS)
    return (await tx.execute(delete(key.table).where(key.in_(some)))).rowcount
