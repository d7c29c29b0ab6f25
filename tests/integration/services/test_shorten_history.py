"""Keep the track history short and coarse, on real databases."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

from hub.services import shorten_history
from hub.services.shorten_history import ShortenHistory
from hub.store.database import Database
from tests.builders import NOW, build_visit
from tests.fakes import FakeClock
from tests.integration.tracks import count_points, keep, kept_at, track_point_at

DAY = timedelta(days=1)
LATER = 26 * 3_600.0
"""Seconds until what was taken at NOW may be thinned."""


def _shorten(db: Database, clock: FakeClock, exact: timedelta | None = DAY) -> ShortenHistory:
    return ShortenHistory(db, clock, time.monotonic, keep=30 * DAY, exact=exact)


async def test_points_older_than_the_history_go(db: Database) -> None:
    ages = (0, 29, 31, 45)
    await keep(db, [track_point_at(NOW - age * DAY, resource_id=f"re_{age % 2}") for age in ages])

    done = await _shorten(db, FakeClock()).work()

    assert await count_points(db) == 2
    assert done["expired_points"] + done["expired_days"] == 2


async def test_more_old_points_than_one_chunk_holds_all_go(db: Database) -> None:
    await keep(db, [track_point_at(NOW - 40 * DAY + timedelta(seconds=n)) for n in range(1_100)])

    await _shorten(db, FakeClock()).work()

    assert await count_points(db) == 0


async def test_exact_points_are_thinned_after_a_day(db: Database) -> None:
    clock = FakeClock()
    await keep(db, [track_point_at(NOW + timedelta(seconds=n)) for n in range(0, 100, 2)])
    await _shorten(db, clock).work()
    assert len(await kept_at(db)) == 50

    clock.advance(LATER)
    done = await _shorten(db, clock).work()

    assert await kept_at(db) == [0, 30, 60, 90, 98]
    assert done["thinned_points"] == 45


async def test_technicians_are_thinned_apart(db: Database) -> None:
    clock = FakeClock()
    await keep(db, [track_point_at(NOW + timedelta(seconds=n), resource_id=f"re_{n % 3}") for n in range(90)])

    clock.advance(LATER)
    await _shorten(db, clock).work()

    for number in range(3):
        assert (await kept_at(db, f"re_{number}"))[:3] == [number, 30 + number, 60 + number]


async def test_with_no_exact_hours_nothing_is_ever_thinned(db: Database) -> None:
    clock = FakeClock()
    await keep(db, [track_point_at(NOW + timedelta(seconds=n)) for n in range(50)])

    clock.advance(10 * LATER)
    await _shorten(db, clock, exact=None).work()

    assert len(await kept_at(db)) == 50


async def test_what_came_late_stays_exact_for_a_day_and_is_thinned_by_a_later_sweep(db: Database) -> None:
    clock = FakeClock()
    clock.advance(LATER)
    await _shorten(db, clock).work()
    points = [track_point_at(NOW + timedelta(seconds=n), verdict="late", received_at=clock.now) for n in range(60)]
    await keep(db, points)

    clock.advance(20 * 3_600)
    await _shorten(db, clock).work()
    assert len(await kept_at(db)) == 60

    clock.advance(6 * 3_600)
    await _shorten(db, clock).work()  # comes to the end of what is old enough by now
    await _shorten(db, clock).work()
    assert await kept_at(db) == [0, 30, 59]


async def test_little_at_a_time_comes_to_the_same_end(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shorten_history, "WORK_S", 0.03)
    clock = FakeClock()
    await keep(db, [track_point_at(NOW + timedelta(minutes=n / 10)) for n in range(600)])
    clock.advance(LATER)

    for _ in range(200):
        if not (await _shorten(db, clock).work())["thinned_points"] and len(await kept_at(db)) <= 122:
            break

    assert len(await kept_at(db)) <= 122


async def test_two_that_shorten_at_once_and_a_recorder_do_not_disturb_each_other(db: Database) -> None:
    clock = FakeClock()
    await keep(db, [track_point_at(NOW + timedelta(seconds=n)) for n in range(1_200)])
    await keep(db, [track_point_at(NOW - 35 * DAY + timedelta(seconds=n)) for n in range(1_200)])
    clock.advance(LATER)
    fresh = [track_point_at(clock.now + timedelta(seconds=n), resource_id="re_2") for n in range(1_200)]

    await asyncio.gather(_shorten(db, clock).work(), _shorten(db, clock).work(), keep(db, fresh))

    assert await kept_at(db) == [*range(0, 1_200, 30), 1_199]
    assert len(await kept_at(db, "re_2")) == 1_200


async def test_one_that_is_killed_leaves_nothing_half_done(db: Database) -> None:
    clock = FakeClock()
    await keep(db, [track_point_at(NOW + timedelta(seconds=n)) for n in range(2_400)])
    clock.advance(LATER)
    for pause_s in (0.0, 0.01, 0.05):
        working = asyncio.create_task(_shorten(db, clock).work())
        await asyncio.sleep(pause_s)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    await _shorten(db, clock).work()

    assert await kept_at(db) == [*range(0, 2_400, 30), 2_399]


async def test_a_booking_is_made_while_old_points_go(db: Database) -> None:
    await keep(db, [track_point_at(NOW - 40 * DAY + timedelta(seconds=n)) for n in range(3_000)])
    working = asyncio.create_task(_shorten(db, FakeClock()).work())
    await asyncio.sleep(0.01)

    async with db.write() as tx:
        await build_visit(tx)

    await working
    assert await count_points(db) == 0
