"""Reservations: the database itself refuses two at one time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from hub.domain.intervals import Interval
from hub.store import reservations
from hub.store.database import Database
from hub.store.ids import new_id
from hub.store.reservations import Reservation, is_overlap
from tests.builders import NOW, build_directory, build_resource, build_visit

HOUR = timedelta(hours=1)


def _hold(resource_id: str, first_h: float, last_h: float, *, override: bool = False) -> Reservation:
    return Reservation(
        id=new_id("rv"),
        hold_id=new_id("ho"),
        resource_id=resource_id,
        protected_from=NOW + first_h * HOUR,
        protected_to=NOW + last_h * HOUR,
        kind="hold",
        slot={},
        expires_at=NOW + HOUR,
        override=override,
    )


async def _two_resources(db: Database) -> tuple[str, str]:
    async with db.write() as tx:
        directory = await build_directory(tx)
        return directory.resource_id, await build_resource(tx, directory.portal_id)


async def _insert(db: Database, *made: Reservation) -> None:
    for one in made:
        async with db.write() as tx:
            await reservations.insert(tx, one)


async def _taken(db: Database, resource_id: str, now: datetime = NOW, but_of: tuple[str, ...] = ()) -> list[Interval]:
    async with db.read() as tx:
        within = Interval(NOW, NOW + 9 * HOUR)
        return (await reservations.taken(tx, [resource_id], within, now, but_of=but_of))[resource_id]


@pytest.mark.parametrize("times", [(1, 2), (0.5, 1.5), (1.5, 3), (0, 3), (1.2, 1.3)])
async def test_a_resource_has_one_reservation_at_a_time(db: Database, times: tuple[float, float]) -> None:
    one, _other = await _two_resources(db)
    await _insert(db, _hold(one, 1, 2))

    with pytest.raises(IntegrityError) as refused:
        await _insert(db, _hold(one, *times))

    assert is_overlap(refused.value)
    assert len(await _taken(db, one)) == 1


async def test_what_touches_another_resources_time_and_knowing_overrides_pass(db: Database) -> None:
    one, other = await _two_resources(db)

    await _insert(db, _hold(one, 1, 2), _hold(one, 2, 3), _hold(one, 0, 1), _hold(other, 1, 2))
    await _insert(db, _hold(one, 1, 2, override=True))

    assert len(await _taken(db, one)) == 4


async def test_a_way_that_would_begin_in_somebody_elses_time_is_refused_too(db: Database) -> None:
    one, _other = await _two_resources(db)
    async with db.write() as tx:
        visit = await build_visit(tx)
        own = reservations.of_booking(visit.booking_id, one, Interval(NOW + 2 * HOUR, NOW + 3 * HOUR))
        await reservations.insert(tx, own)
    await _insert(db, _hold(one, 0, 1))

    with pytest.raises(IntegrityError) as refused:
        async with db.write() as tx:
            await reservations.protect_from(tx, own.id, NOW + 0.9 * HOUR)
    assert is_overlap(refused.value)

    async with db.write() as tx:
        await reservations.protect_from(tx, own.id, NOW + HOUR)
    assert Interval(NOW + HOUR, NOW + 3 * HOUR) in await _taken(db, one)


async def test_a_booking_has_one_reservation_for_each_of_its_resources(db: Database) -> None:
    one, other = await _two_resources(db)
    time = Interval(NOW, NOW + HOUR)
    async with db.write() as tx:
        visit = await build_visit(tx)
        await reservations.insert(tx, *(reservations.of_booking(visit.booking_id, id_, time) for id_ in (one, other)))

    async with db.write() as tx:
        assert [row.resource_id for row in await reservations.of_holder(tx, visit.booking_id)] == sorted([one, other])
        assert len(await reservations.remove(tx, visit.booking_id)) == 2


async def test_another_fault_is_no_overlap(db: Database) -> None:
    with pytest.raises(IntegrityError) as refused:
        await _insert(db, _hold("re_nobody", 1, 2))

    assert not is_overlap(refused.value)


async def test_expired_holds_count_no_more_and_are_forgotten(db: Database) -> None:
    one, _other = await _two_resources(db)
    await _insert(db, _hold(one, 1, 2))

    assert await _taken(db, one, NOW + HOUR) == []
    async with db.write() as tx:
        await reservations.forget_expired(tx, [one], NOW + HOUR)
        await reservations.insert(tx, _hold(one, 1, 2))


async def test_what_one_moves_oneself_does_not_count(db: Database) -> None:
    one, _other = await _two_resources(db)
    hold = _hold(one, 1, 2)
    async with db.write() as tx:
        visit = await build_visit(tx)
        await reservations.insert(tx, reservations.of_booking(visit.booking_id, one, Interval(NOW, NOW + HOUR)))
    await _insert(db, hold)

    assert len(await _taken(db, one)) == 2
    assert await _taken(db, one, but_of=(hold.hold_id or "", visit.booking_id)) == []
