"""Tell who holds a token, on real databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from hub.domain.link_scope import LinkScope
from hub.domain.roles import Role
from hub.services.authenticate import authenticate_api_key, authenticate_device, open_link
from hub.services.issue_api_keys import IssuedApiKey, issue_api_key, revoke_api_key
from hub.services.issue_devices import IssuedDevice, issue_device, revoke_device
from hub.services.issue_links import IssuedLink, issue_link, revoke_link
from hub.services.outcomes import UnknownBooking, UnknownPortal, UnknownResource
from hub.store import devices, links
from hub.store.database import Database
from hub.store.tables import link, resource
from tests.builders import (
    NOW,
    SECRET,
    BuiltVisit,
    build_api_key,
    build_device,
    build_directory,
    build_link,
    build_visit,
)

HOUR = timedelta(hours=1)


@pytest.fixture
async def visit(db: Database) -> BuiltVisit:
    """Build a visit."""
    async with db.write() as tx:
        return await build_visit(tx)


@pytest.fixture
async def stranger_id(db: Database) -> str:
    """Build another portal and give its id."""
    async with db.write() as tx:
        return (await build_directory(tx)).portal_id


async def _link(db: Database, visit: BuiltVisit) -> IssuedLink:
    portal_id = visit.directory.portal_id
    made = await issue_link(
        db, SECRET, visit.booking_id, LinkScope.MANAGE, expires_at=NOW + HOUR, now=NOW, portal_id=portal_id
    )
    assert isinstance(made, IssuedLink)
    return made


async def test_an_issued_link_opens_its_visit(db: Database, visit: BuiltVisit) -> None:
    made = await _link(db, visit)

    opened = await open_link(db, made.token, NOW)

    assert opened is not None
    assert (opened.link_id, opened.booking_id, opened.scope) == (made.id, visit.booking_id, LinkScope.MANAGE)
    assert opened.expires_at == NOW + HOUR


async def test_a_revoked_link_is_unknown(db: Database, visit: BuiltVisit) -> None:
    made = await _link(db, visit)

    assert await revoke_link(db, made.id, now=NOW, portal_id=visit.directory.portal_id)

    assert await open_link(db, made.token, NOW) is None


async def test_revoking_a_link_again_keeps_the_first_time(db: Database, visit: BuiltVisit) -> None:
    made = await _link(db, visit)
    await revoke_link(db, made.id, now=NOW, portal_id=None)

    assert await revoke_link(db, made.id, now=NOW + HOUR, portal_id=None)

    async with db.read() as tx:
        revoked_at = (await tx.execute(select(link.c.revoked_at).where(link.c.id == made.id))).scalar_one()
    assert revoked_at == NOW


async def test_a_link_is_unknown_from_the_moment_it_expires(db: Database, visit: BuiltVisit) -> None:
    made = await _link(db, visit)

    assert await open_link(db, made.token, NOW + HOUR - timedelta(microseconds=1)) is not None
    assert await open_link(db, made.token, NOW + HOUR) is None


@pytest.mark.parametrize("token", ["", "nothing", "\udc80", "é" * 1000, "' OR 1=1"])
async def test_a_made_up_token_is_unknown(db: Database, token: str) -> None:
    assert await open_link(db, token, NOW) is None
    assert await authenticate_device(db, token, NOW) is None
    assert await authenticate_api_key(db, token, NOW) is None


async def test_still_open_leaves_out_revoked_and_expired_links(db: Database, visit: BuiltVisit) -> None:
    async with db.write() as tx:
        good, _ = await build_link(tx, visit.booking_id)
        expired, _ = await build_link(tx, visit.booking_id, expires_at=NOW)
        revoked, _ = await build_link(tx, visit.booking_id)
        await links.revoke(tx, revoked, NOW)

    async with db.read() as tx:
        assert await links.still_open(tx, [good, expired, revoked, "li_nothing"], NOW) == {good}
        assert await links.still_open(tx, [], NOW) == set()


async def test_another_portal_can_neither_make_nor_revoke_a_link(
    db: Database, visit: BuiltVisit, stranger_id: str
) -> None:
    made = await _link(db, visit)

    refused = await issue_link(
        db, SECRET, visit.booking_id, LinkScope.TRACK, expires_at=NOW + HOUR, now=NOW, portal_id=stranger_id
    )

    assert refused == UnknownBooking(visit.booking_id)
    assert not await revoke_link(db, made.id, now=NOW, portal_id=stranger_id)
    assert await open_link(db, made.token, NOW) is not None


async def test_an_issued_device_is_known_until_it_is_revoked(db: Database, visit: BuiltVisit) -> None:
    resource_id = visit.directory.resource_id
    made = await issue_device(db, resource_id, "Phone", now=NOW, portal_id=None)
    assert isinstance(made, IssuedDevice)

    known = await authenticate_device(db, made.token, NOW)
    assert known is not None
    assert (known.device_id, known.resource_id) == (made.id, resource_id)
    assert known.portal_id == visit.directory.portal_id

    assert await revoke_device(db, made.id, now=NOW, portal_id=known.portal_id)
    assert await authenticate_device(db, made.token, NOW) is None


async def test_who_does_not_work_any_more_gets_no_device(db: Database, visit: BuiltVisit) -> None:
    resource_id = visit.directory.resource_id
    async with db.write() as tx:
        await tx.execute(update(resource).where(resource.c.id == resource_id).values(active=False))

    assert await issue_device(db, resource_id, "phone", now=NOW, portal_id=None) == UnknownResource(resource_id)


async def test_active_devices_are_those_that_may_send(db: Database, visit: BuiltVisit) -> None:
    resource_id = visit.directory.resource_id
    async with db.write() as tx:
        good, _ = await build_device(tx, resource_id)
        lasting, _ = await build_device(tx, resource_id, expires_at=NOW + HOUR)
        await build_device(tx, resource_id, expires_at=NOW)
        revoked, _ = await build_device(tx, resource_id)
        await devices.revoke(tx, revoked, NOW)
        await devices.mark_heard(tx, [devices.Heard(good, NOW, "OwnTracks", 0.5)])

    async with db.read() as tx:
        found = await devices.active(tx, NOW)

    assert {row.id: row.last_seen_at for row in found} == {good: NOW, lasting: None}


async def test_another_portal_can_neither_make_nor_revoke_a_device(
    db: Database, visit: BuiltVisit, stranger_id: str
) -> None:
    resource_id = visit.directory.resource_id
    async with db.write() as tx:
        device_id, token = await build_device(tx, resource_id)

    refused = await issue_device(db, resource_id, "Phone", now=NOW, portal_id=stranger_id)

    assert refused == UnknownResource(resource_id)
    assert not await revoke_device(db, device_id, now=NOW, portal_id=stranger_id)
    assert await authenticate_device(db, token, NOW) is not None


async def test_an_issued_api_key_is_known_until_it_is_revoked(db: Database, visit: BuiltVisit) -> None:
    portal_id = visit.directory.portal_id
    made = await issue_api_key(db, portal_id, "ERP", Role.INTEGRATION, now=NOW, expires_at=NOW + HOUR)
    assert isinstance(made, IssuedApiKey)

    known = await authenticate_api_key(db, made.token, NOW)
    assert known is not None
    assert (known.portal_id, known.role, known.name) == (portal_id, Role.INTEGRATION, "ERP")
    assert known.actor == f"api_key:{made.id}"
    assert await authenticate_api_key(db, made.token, NOW + HOUR) is None

    assert await revoke_api_key(db, made.id, now=NOW, portal_id=portal_id)
    assert await authenticate_api_key(db, made.token, NOW) is None


async def test_another_portal_can_not_revoke_an_api_key(db: Database, visit: BuiltVisit, stranger_id: str) -> None:
    async with db.write() as tx:
        key_id, token = await build_api_key(tx, visit.directory.portal_id)

    assert not await revoke_api_key(db, key_id, now=NOW, portal_id=stranger_id)
    assert await authenticate_api_key(db, token, NOW) is not None


async def test_an_api_key_needs_a_portal(db: Database) -> None:
    made = await issue_api_key(db, "po_nothing", "ERP", Role.ADMIN, now=NOW)

    assert made == UnknownPortal("po_nothing")


async def test_tokens_of_one_kind_open_nothing_of_another(db: Database, visit: BuiltVisit) -> None:
    async with db.write() as tx:
        _, device_token = await build_device(tx, visit.directory.resource_id)
        _, link_token = await build_link(tx, visit.booking_id)

    assert await authenticate_api_key(db, device_token, NOW) is None
    assert await open_link(db, device_token, NOW) is None
    assert await authenticate_device(db, link_token, NOW) is None
