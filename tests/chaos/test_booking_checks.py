"""The checks see what they are there for: each fault that is put into a sound database is found."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.sql.base import Executable

from hub.services.hold_slot import hold_slot
from hub.services.reschedule_visit import reschedule_visit
from hub.store.database import Database
from hub.store.tables import booking, booking_resource, event, link, message, reservation, work_order
from tests.builders import NOW
from tests.chaos.booking_checks import faults_in, read_rows
from tests.chaos.booking_hammer import Said
from tests.databases import copy_sqlite
from tests.integration.services.booking_scene import booking_scene

FAULTS: dict[str, Executable] = {
    "a way that begins elsewhere": update(reservation)
    .where(reservation.c.booking_id.is_not(None))
    .values(protected_from=NOW),
    "a time that nobody keeps": delete(reservation).where(reservation.c.booking_id.is_not(None)),
    "a message that was not written": delete(message),
    "a message too many": update(message).values(kind="undone"),
    "a change without its event": delete(event).where(event.c.kind == "booking.rescheduled"),
    "a change that only half happened": update(booking).values(starts_at=NOW),
    "a link that is missing": delete(link).where(link.c.scope == "track"),
    "nobody who comes": delete(booking_resource),
    "a work order that did not follow": update(work_order).values(status="canceled"),
    "an override without a reason": update(reservation).values(override=True),
}


@pytest.fixture
async def sqlite(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """Open one database: the checks read rows, whichever kind keeps them."""
    opened = Database.open(copy_sqlite(sqlite_template, tmp_path))
    yield opened
    await opened.close()


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_is_found(sqlite: Database, fault: str) -> None:
    db = sqlite
    scene = await booking_scene(db)
    slots = sorted(await scene.slots(), key=lambda one: one.visit.starts_at)
    booking_id = await scene.book(slots[3])
    await reschedule_visit(db, booking_id, slots[9], actor="hammer:1", now=NOW, portal_id=None)
    await hold_slot(db, slots[20], NOW)
    said = [Said(what="moved", id=booking_id, actor="hammer:1")]
    async with db.read() as tx:
        assert faults_in(await read_rows(tx), said, NOW) == []

    async with db.write() as tx:
        await tx.execute(FAULTS[fault])

    async with db.read() as tx:
        assert faults_in(await read_rows(tx), said, NOW) != []


async def test_what_was_acknowledged_and_is_not_there_is_found(db: Database) -> None:
    async with db.read() as tx:
        rows = await read_rows(tx)

    assert faults_in(rows, [Said(what="booked", id="bk_1", actor="hammer:1")], NOW) == [
        "booked bk_1 by hammer:1 is lost"
    ]
    assert faults_in(rows, [Said(what="fault in hold: x")], NOW) == ["fault in hold: x"]
