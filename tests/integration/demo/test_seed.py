"""Seeding the demo, on both databases."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.demo.anchor import SWITCH, Anchor
from hub.demo.demo_rows import find_demo
from hub.demo.seed import extend_demo, seed_demo, store_is_empty
from hub.demo.seeded import Seed, SeedRefused
from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.domain.roles import Role
from hub.services.authenticate import authenticate_api_key, authenticate_device, open_link
from hub.services.enrol_technician import Enrolled, enrol
from hub.services.find_slots import Wanted, find_slots
from hub.services.outcomes import UnknownServiceType
from hub.services.passwords import Passwords
from hub.services.sign_in import SignedIn, SignIn
from hub.settings import Settings
from hub.store import portals, resources, working_hours
from hub.store.database import Database
from hub.store.tables import account, booking, event, work_order
from hub.store.tables import device as device_table
from hub.store.tables import portal as portal_table
from hub.store.tables import resource as resource_table
from tests.builders import build_directory

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
S = BookingStatus


@pytest.fixture
def settings(city_folder: Path) -> Settings:
    """Describe a hub without a road router."""
    return Settings(secret_key="s" * 40, public_url="http://hub.test", demo_city=str(city_folder))


def statuses(seed: Seed) -> Counter[BookingStatus]:
    return Counter(booking.status for booking in seed.bookings)


def token_of(url: str) -> str:
    return url.rpartition("/")[2]


async def test_an_empty_store_gets_a_city_at_work(db: Database, settings: Settings) -> None:
    assert await store_is_empty(db)
    began_s = time.monotonic()
    seed = await seed_demo(db, settings, now=NOW)
    assert time.monotonic() - began_s < 3
    assert not await store_is_empty(db)
    assert (len(seed.resources), len(seed.locations), len(seed.service_types)) == (10, 40, 6)
    assert statuses(seed)[S.TRAVELING] >= 4
    assert set(statuses(seed)) == {S.COMPLETED, S.IN_PROGRESS, S.TRAVELING, S.SCHEDULED, S.CANCELED}
    assert all(NOW - timedelta(hours=1) <= visit.starts_at <= NOW + timedelta(hours=4) for visit in seed.bookings)
    assert all((visit.contact_email or "").endswith("@example.org") for visit in seed.bookings)
    async with db.read() as tx:
        (portal,) = await portals.list_portals(tx)
        assert (portal.name, portal.demo, portal.time_zone) == ("Helsinki Home Services", True, "Europe/Helsinki")
        assert len(await resources.list_territories(tx, portal.id)) == 3
        assert (await tx.execute(select(func.count()).select_from(account))).scalar() == 40


async def test_what_has_begun_has_its_actual_times(db: Database, settings: Settings) -> None:
    await seed_demo(db, settings, now=NOW)
    query = select(booking, work_order.c.status.label("work")).join(work_order).where(booking.c.status != S.CANCELED)
    async with db.read() as tx:
        for row in await tx.execute(query):
            assert (row.traveling_at is not None) == (row.status != S.SCHEDULED)
            assert (row.arrived_at is not None) == (row.status in (S.IN_PROGRESS, S.COMPLETED))
            assert (row.completed_at is not None) == (row.status == S.COMPLETED)
            assert (row.work == "completed") == (row.status == S.COMPLETED)


async def test_every_token_works(db: Database, settings: Settings) -> None:
    seed = await seed_demo(db, settings, now=NOW)
    key = await authenticate_api_key(db, seed.api_key, NOW)
    assert key is not None
    assert key.role is Role.DISPATCHER
    for resource in seed.resources:
        device = await authenticate_device(db, resource.device_token, NOW)
        assert device is not None
        assert device.resource_id == resource.id
    for visit in seed.bookings[:5]:
        for url, scope in ((visit.track_url, "track"), (visit.manage_url, "manage")):
            link = await open_link(db, token_of(url), NOW)
            assert link is not None
            assert (link.booking_id, link.scope) == (visit.id, scope)


async def test_seeding_again_gives_the_same_demo_with_fresh_tokens(db: Database, settings: Settings) -> None:
    first = await seed_demo(db, settings, now=NOW)
    second = await seed_demo(db, settings, now=NOW + timedelta(seconds=5))
    assert {visit.id for visit in first.bookings} <= {visit.id for visit in second.bookings}
    assert [one.id for one in first.resources] == [one.id for one in second.resources]
    assert (first.locations, first.service_types) == (second.locations, second.service_types)
    assert not {one.device_token for one in first.resources} & {one.device_token for one in second.resources}
    assert not {one.track_url for one in first.bookings} & {one.track_url for one in second.bookings}
    for seed in (first, second):
        assert await authenticate_api_key(db, seed.api_key, NOW)
        assert await authenticate_device(db, seed.resources[0].device_token, NOW)
        assert await open_link(db, token_of(seed.bookings[0].manage_url), NOW)


async def test_who_does_not_work_any_more_gets_no_phone(db: Database, settings: Settings) -> None:
    gone = (await seed_demo(db, settings, now=NOW)).resources[0].id
    async with db.write() as tx:
        await tx.execute(update(resource_table).where(resource_table.c.id == gone).values(active=False))

    again = await seed_demo(db, settings, now=NOW)

    async with db.read() as tx:
        phones = (await tx.execute(select(func.count()).where(device_table.c.resource_id == gone))).scalar_one()
    assert (gone in {one.id for one in again.resources}, phones) == (False, 1)


async def test_the_day_goes_on_where_it_was(db: Database, settings: Settings) -> None:
    await extend_demo(db, settings, NOW)
    await extend_demo(db, settings, NOW + timedelta(hours=2))
    later = NOW + timedelta(hours=2)
    query = select(booking).where(booking.c.status != S.CANCELED).order_by(booking.c.resource_id, booking.c.starts_at)
    async with db.read() as tx:
        rows = (await tx.execute(query)).all()
    for before, after in pairwise(rows):
        if before.resource_id == after.resource_id:
            assert timedelta(0) < after.starts_at - before.ends_at < timedelta(minutes=15)
    assert max(row.ends_at for row in rows) >= later + timedelta(hours=3)
    assert not [row for row in rows if row.ends_at < NOW + timedelta(hours=1) and row.status != S.COMPLETED]


async def test_after_a_day_off_what_is_stale_is_closed_and_everybody_sets_off_again(
    db: Database, settings: Settings
) -> None:
    await seed_demo(db, settings, now=NOW)
    tomorrow = NOW + timedelta(days=1)
    seed = await seed_demo(db, settings, now=tomorrow)
    assert statuses(seed)[S.TRAVELING] >= 4
    open_before = select(func.count()).where(
        booking.c.starts_at < tomorrow, booking.c.status.not_in([S.COMPLETED, S.CANCELED])
    )
    open_work = (
        select(func.count())
        .select_from(booking)
        .join(work_order)
        .where(booking.c.status == S.COMPLETED, work_order.c.status != "completed")
    )
    async with db.read() as tx:
        assert (await tx.execute(open_before)).scalar() == 0
        assert (await tx.execute(open_work)).scalar() == 0
        assert (await tx.execute(select(func.count()).select_from(event))).scalar() == 0


async def test_technicians_for_benchmarks_are_added_once(db: Database, settings: Settings) -> None:
    await seed_demo(db, settings, now=NOW)
    first = await seed_demo(db, settings, visits=5, now=NOW)
    second = await seed_demo(db, settings, visits=5, now=NOW + timedelta(seconds=1))
    for seed in (first, second):
        bench = [one.id for one in seed.resources if one.name.startswith("Bench ")]
        assert len(bench) == 5
        assert len(seed.resources) == 15
        theirs = [visit for visit in seed.bookings if visit.resource in bench]
        assert {visit.resource for visit in theirs} == set(bench)
        assert {visit.status for visit in theirs} == {S.TRAVELING}
        assert all(visit.starts_at == NOW + timedelta(minutes=10) for visit in theirs)
    assert await authenticate_device(db, second.resources[-1].device_token, NOW)


async def test_a_day_later_their_visits_are_ahead_again(db: Database, settings: Settings) -> None:
    first = await seed_demo(db, settings, visits=2, now=NOW)
    bench = {one.id for one in first.resources if one.name.startswith("Bench ")}
    tomorrow = NOW + timedelta(days=1)
    seed = await seed_demo(db, settings, visits=2, now=tomorrow)
    ahead = [visit.starts_at for visit in seed.bookings if visit.resource in bench]
    assert ahead == [tomorrow + timedelta(minutes=10)] * 2


async def test_a_real_store_is_refused_and_left_alone(db: Database, settings: Settings) -> None:
    async with db.write() as tx:
        await build_directory(tx)
    with pytest.raises(SeedRefused, match="real portal"):
        await seed_demo(db, settings, now=NOW)
    async with db.read() as tx:
        assert len(await portals.list_portals(tx)) == 1


async def test_a_city_that_was_not_built_is_said(db: Database, settings: Settings, tmp_path: Path) -> None:
    unbuilt = Settings(secret_key="s" * 40, demo_city=str(tmp_path))
    with pytest.raises(SeedRefused, match="make setup"):
        await seed_demo(db, unbuilt, now=NOW)
    assert await store_is_empty(db)


async def test_links_need_a_secret(db: Database, settings: Settings) -> None:
    with pytest.raises(SeedRefused, match="HUB_SECRET_KEY"):
        await seed_demo(db, Settings(demo_city=settings.demo_city), now=NOW)
    assert await store_is_empty(db)


async def test_two_technicians_can_be_booked_at_any_time_and_are_never_driven(db: Database, settings: Settings) -> None:
    seed = await seed_demo(db, settings, now=NOW)
    async with db.read() as tx:
        portal_id, anchor = await _demo(tx)
        hours = await working_hours.of_resources(tx, [one.id for one in seed.resources])
        (portal,) = await portals.list_portals(tx)
    assert len(anchor.bookable) == 2
    assert not set(anchor.bookable) & {visit.resource for visit in seed.bookings}
    assert not set(anchor.bookable) & set(anchor.resources)
    week = [(id_, weekday, 0, 86_400) for id_ in sorted(anchor.bookable) for weekday in range(7)]
    assert [(one.resource_id, one.weekday, one.starts_s, one.ends_s) for one in hours] == week
    assert portal.switches["public_booking"] is True
    assert portal_id == portal.id


async def test_a_demo_of_an_older_version_gets_them_too(db: Database, settings: Settings) -> None:
    await seed_demo(db, settings, now=NOW)
    async with db.write() as tx:
        portal_id, anchor = await _demo(tx)
        old = msgspec.to_builtins(msgspec.structs.replace(anchor, bookable=[]))
        await tx.execute(update(portal_table).where(portal_table.c.id == portal_id).values(switches={SWITCH: old}))
    await seed_demo(db, settings, now=NOW)
    async with db.read() as tx:
        _, renewed = await _demo(tx)
        (portal,) = await portals.list_portals(tx)
    assert len(renewed.bookable) == 2
    assert not set(renewed.bookable) & set(anchor.bookable)
    assert portal.switches["public_booking"] is True


async def test_visitors_get_in_by_what_the_seed_names(db: Database, settings: Settings) -> None:
    first = (await seed_demo(db, settings, now=NOW)).access
    second = (await seed_demo(db, settings, now=NOW + timedelta(days=20))).access
    assert first == second
    assert first.staff_url == "http://hub.test/staff"
    assert first.staff_email is not None
    assert first.staff_password is not None
    sign_in = SignIn(db, Passwords(), lambda: NOW, lambda: 0.0)
    outcome = await sign_in.with_password(first.staff_email, first.staff_password, "192.0.2.1")
    assert isinstance(outcome, SignedIn)
    async with db.read() as tx:
        _, anchor = await _demo(tx)
    for _ in range(2):
        enrolled = await enrol(
            db, settings.secret_key.encode(), token_of(first.enrolment_url or ""), browser="b", now=NOW
        )
        assert isinstance(enrolled, Enrolled)
        assert enrolled.resource_id == anchor.bookable[0]


async def test_the_way_in_is_renewed_before_it_ends_and_after_a_change_of_the_secret(
    db: Database, settings: Settings
) -> None:
    first = (await seed_demo(db, settings, now=NOW)).access
    renewed = (await seed_demo(db, settings, now=NOW + timedelta(days=25))).access
    assert renewed.enrolment_url != first.enrolment_url
    other = msgspec.structs.replace(settings, secret_key="t" * 40)
    later = NOW + timedelta(days=26)
    changed = (await seed_demo(db, other, now=later)).access
    assert changed.enrolment_url not in (first.enrolment_url, renewed.enrolment_url)
    assert changed.staff_password != first.staff_password
    assert changed.staff_email is not None
    assert changed.staff_password is not None
    sign_in = SignIn(db, Passwords(), lambda: later, lambda: 0.0)
    assert isinstance(await sign_in.with_password(changed.staff_email, changed.staff_password, ""), SignedIn)
    assert isinstance(
        await enrol(db, other.secret_key.encode(), token_of(changed.enrolment_url or ""), browser="b", now=later),
        Enrolled,
    )


async def _demo(tx: AsyncConnection) -> tuple[str, Anchor]:
    found = await find_demo(tx)
    assert found is not None
    return found


async def test_windows_are_repaired_by_two_and_nobody_goes_to_another_city(db: Database, settings: Settings) -> None:
    seed = await seed_demo(db, settings, now=NOW)
    kinds = {kind.name: kind.id for kind in seed.service_types}
    async with db.read() as tx:
        (portal,) = await portals.list_portals(tx)
    within = Interval(NOW, NOW + timedelta(days=1))

    async def teams(service: str, place: Point) -> set[int]:
        wanted = Wanted(portal_id=portal.id, service_type_id=kinds[service], place=place)
        found = await find_slots(db, wanted, within, NOW)
        assert not isinstance(found, UnknownServiceType)
        return {len(slot.resource_ids) for slot in found}

    helsinki, tampere = Point(60.17, 24.94), Point(61.5, 23.76)
    assert await teams("Window and lock repair", helsinki) == {2}
    assert await teams("Electrical safety check", helsinki) == {1}
    assert await teams("Electrical safety check", tampere) == set()
