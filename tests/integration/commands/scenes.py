"""Rows for hubs that run as processes of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from hub.domain.link_scope import LinkScope
from hub.store.database import Database
from tests.builders import build_device, build_link, build_visit


class Scene(msgspec.Struct, frozen=True):
    """A visit under way with its device and its customer's link."""

    booking_id: str
    portal_id: str
    resource_id: str
    device_id: str
    device_token: str
    link_token: str


async def scene_of(database: Database) -> Scene:
    """Build a visit under way, and close the database."""
    (scene,) = await scenes_of(database, 1)
    return scene


async def scenes_of(database: Database, number: int) -> list[Scene]:
    """Build visits under way, each of a technician of their own, and close the database."""
    now = datetime.now(UTC)
    scenes = []
    async with database.write() as tx:
        for _ in range(number):
            visit = await build_visit(tx, status="traveling", starts_at=now + timedelta(minutes=10))
            resource_id = visit.directory.resource_id
            device_id, device_token = await build_device(tx, resource_id)
            _, link_token = await build_link(
                tx, visit.booking_id, scope=LinkScope.TRACK, expires_at=now + timedelta(days=1)
            )
            portal_id = visit.directory.portal_id
            scenes.append(Scene(visit.booking_id, portal_id, resource_id, device_id, device_token, link_token))
    await database.close()
    return scenes
