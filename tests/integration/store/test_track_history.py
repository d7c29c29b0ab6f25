"""Keep and read tracks on real databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.store.cursors import BadCursorError, encode_cursor
from hub.store.database import Database
from hub.store.tables import track_point
from hub.store.track_history import TrackPoint, insert_points, track
from tests.builders import NOW


def _point(number: int, *, second: float | None = None) -> TrackPoint:
    return TrackPoint(
        device_id="de_1",
        ping_key=number.to_bytes(16),
        resource_id="re_1",
        at=NOW + timedelta(seconds=number if second is None else second),
        lat=60.17,
        lon=24.94 + number / 1e5,
        accuracy_m=5.0,
        verdict="flagged" if number == 1 else "accepted",
        reasons=["teleport"] if number == 1 else [],
        received_at=NOW,
    )


async def test_points_come_back_as_they_were_kept(db: Database) -> None:
    points = [_point(number) for number in range(3)]

    async with db.write() as tx:
        await insert_points(tx, points)

    async with db.read() as tx:
        page = await track(tx, "re_1", from_=NOW, to=NOW + timedelta(hours=1))
    assert page.items == points
    assert page.next_cursor is None


async def test_a_replay_keeps_each_point_once(db: Database) -> None:
    points = [_point(number) for number in range(10)]
    async with db.write() as tx:
        await insert_points(tx, points[:6])

    async with db.write() as tx:
        await insert_points(tx, [*points, points[9]])

    async with db.read() as tx:
        assert (await track(tx, "re_1", from_=NOW, to=NOW + timedelta(hours=1))).items == points


async def test_more_points_than_one_chunk_are_all_kept(db: Database) -> None:
    async with db.write() as tx:
        await insert_points(tx, [_point(number) for number in range(1_201)])
        assert (await tx.execute(select(func.count()).select_from(track_point))).scalar() == 1_201


async def test_no_points_are_nothing(db: Database) -> None:
    async with db.write() as tx:
        await insert_points(tx, [])
        assert (await tx.execute(select(func.count()).select_from(track_point))).scalar() == 0


async def test_a_track_pages_through_points_of_one_moment(db: Database) -> None:
    points = [_point(number, second=0) for number in range(5)]
    async with db.write() as tx:
        await insert_points(tx, points)
    seen: list[TrackPoint] = []
    cursor: str | None = None

    async with db.read() as tx:
        for _ in range(3):
            page = await track(tx, "re_1", from_=NOW, to=NOW + timedelta(1), cursor=cursor, limit=2)
            seen += page.items
            cursor = page.next_cursor

    assert (seen, cursor) == (points, None)


async def test_a_track_is_cut_by_a_half_open_interval(db: Database) -> None:
    points = [_point(number) for number in range(4)]
    async with db.write() as tx:
        await insert_points(tx, points)

    async with db.read() as tx:
        page = await track(tx, "re_1", from_=points[1].at, to=points[3].at)

    assert page.items == points[1:3]


async def test_a_made_up_cursor_is_refused(db: Database) -> None:
    async with db.read() as tx:
        with pytest.raises(BadCursorError):
            await track(tx, "re_1", from_=NOW, to=NOW, cursor=encode_cursor(NOW, "de_1 no-key"))
