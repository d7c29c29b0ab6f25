"""List and change bookings on real databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.domain.booking_status import BookingStatus
from hub.store import bookings
from hub.store.bookings import Times
from hub.store.cursors import BadCursorError
from hub.store.database import Database
from tests.builders import NOW, BuiltDirectory, build_directory, build_resource, build_visit

S = BookingStatus


async def _hourly(db: Database, count: int) -> tuple[BuiltDirectory, list[str]]:
    async with db.write() as tx:
        known = await build_directory(tx)
        made = [await build_visit(tx, directory=known, starts_at=NOW + timedelta(hours=hour)) for hour in range(count)]
        await build_visit(tx)  # another portal's
    return known, [visit.booking_id for visit in made]


async def test_pages_follow_each_other_without_gap_or_repetition(db: Database) -> None:
    known, expected = await _hourly(db, 5)
    seen: list[str] = []
    cursor: str | None = None

    async with db.read() as tx:
        for _ in range(3):
            page = await bookings.list_bookings(tx, known.portal_id, cursor=cursor, limit=2)
            seen += [booking.id for booking in page.items]
            cursor = page.next_cursor

    assert (seen, cursor) == (expected, None)


async def test_bookings_of_one_moment_page_by_their_ids(db: Database) -> None:
    async with db.write() as tx:
        known = await build_directory(tx)
        made = sorted([(await build_visit(tx, directory=known)).booking_id for _ in range(3)])

    async with db.read() as tx:
        first = await bookings.list_bookings(tx, known.portal_id, limit=2)
        rest = await bookings.list_bookings(tx, known.portal_id, cursor=first.next_cursor, limit=2)

    assert [booking.id for booking in first.items + rest.items] == made


async def test_starts_are_filtered_by_a_half_open_interval(db: Database) -> None:
    known, ids = await _hourly(db, 4)

    async with db.read() as tx:
        page = await bookings.list_bookings(
            tx,
            known.portal_id,
            starts_from=NOW + timedelta(hours=1),
            starts_before=NOW + timedelta(hours=3),
        )

    assert [booking.id for booking in page.items] == ids[1:3]


async def test_resource_and_status_narrow_the_list(db: Database) -> None:
    async with db.write() as tx:
        known = await build_directory(tx)
        other = await build_resource(tx, known.portal_id)
        await build_visit(tx, directory=known, status="traveling")
        await build_visit(tx, directory=known, resource_id=other)
        wanted = await build_visit(tx, directory=known, resource_id=other, status="traveling")

    async with db.read() as tx:
        page = await bookings.list_bookings(tx, known.portal_id, resource_id=other, status=S.TRAVELING)

    assert [booking.id for booking in page.items] == [wanted.booking_id]


@pytest.mark.parametrize("cursor", ["", "x", "e30", "WzEsMl0", "é", "WyIyMDI2LTExLTIzVDE0OjAwOjAwIiwiYSJd"])
async def test_a_made_up_cursor_is_refused(db: Database, cursor: str) -> None:
    async with db.read() as tx:
        with pytest.raises(BadCursorError):
            await bookings.list_bookings(tx, "po_any", cursor=cursor)


async def test_an_outdated_version_changes_nothing(db: Database) -> None:
    async with db.write() as tx:
        built = await build_visit(tx)
    none = Times(traveling_at=None, arrived_at=None, completed_at=None)

    async with db.read() as tx:
        read_before = await bookings.get(tx, built.booking_id)
    assert read_before is not None
    async with db.write() as tx:
        await bookings.set_status(tx, read_before, status=S.TRAVELING, times=none, undo=None, now=NOW)

    with pytest.raises(RuntimeError):
        async with db.write() as tx:
            await bookings.set_status(tx, read_before, status=S.CANCELED, times=none, undo=None, now=NOW)

    async with db.read() as tx:
        found = await bookings.get(tx, built.booking_id)
    assert found is not None
    assert (found.status, found.version, found.sequence) == (S.TRAVELING, 2, 0)
