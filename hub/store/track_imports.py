"""Imports of recorded tracks: which one runs, how far it is, what became of its points."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import device, resource, track_import


class ImportStatus(StrEnum):
    """How an import is going."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class TrackImport(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of an import's row."""

    id: str
    device_id: str
    resource_id: str
    name: str
    """What the file is called."""
    status: ImportStatus = ImportStatus.RUNNING
    total: int
    done: int = 0
    verdicts: dict[str, dict[str, int]]
    """How many points by `verdicts` and by `reasons`."""
    fault: str | None = None
    created_at: datetime
    updated_at: datetime


class ImportRow(TrackImport, frozen=True, kw_only=True):
    """An import as stored, with its technician's portal."""

    portal_id: str


async def claim_device(tx: AsyncConnection, device_id: str) -> None:
    """Let nobody else begin an import of this device until the transaction ends."""
    await tx.execute(select(device.c.id).where(device.c.id == device_id).with_for_update())


async def is_running(tx: AsyncConnection, beside: TrackImport) -> bool:
    """Tell whether another import of the same device runs."""
    return (await tx.execute(select(track_import.c.id).where(*_running(beside)).limit(1))).first() is not None


async def insert(tx: AsyncConnection, made: TrackImport) -> None:
    """Insert an import."""
    await rows.insert(tx, track_import, [made])


async def get(tx: AsyncConnection, import_id: str) -> ImportRow | None:
    """Read an import."""
    query = select(track_import, resource.c.portal_id).join(resource, resource.c.id == track_import.c.resource_id)
    return await rows.find(tx, ImportRow, query.where(track_import.c.id == import_id))


async def note(
    tx: AsyncConnection,
    import_id: str,
    *,
    status: ImportStatus,
    done: int,
    verdicts: dict[str, dict[str, int]],
    fault: str | None,
    now: datetime,
) -> bool:
    """Note how far an import is, or how it ended; False where it does not run any more."""
    values = {"status": status, "done": done, "verdicts": verdicts, "fault": fault, "updated_at": now}
    running = track_import.c.status == ImportStatus.RUNNING
    change = update(track_import).where(track_import.c.id == import_id, running).values(values)
    return (await tx.execute(change)).rowcount == 1


async def fail_silent(tx: AsyncConnection, beside: TrackImport, before: datetime, fault: str) -> None:
    """Let other imports of the same device fail of which nothing was heard since `before`: their process has died."""
    values = {"status": ImportStatus.FAILED, "fault": fault, "updated_at": beside.updated_at}
    change = update(track_import).where(*_running(beside), track_import.c.updated_at < before)
    await tx.execute(change.values(values))


def _running(beside: TrackImport) -> tuple[ColumnElement[bool], ...]:
    return (
        track_import.c.resource_id == beside.resource_id,  # there is an index for it
        track_import.c.device_id == beside.device_id,
        track_import.c.status == ImportStatus.RUNNING,
    )
