"""A portal with people, things and areas, for the tests of which times are offered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.domain.slot_ids import OfferedSlot
from hub.services.find_slots import Wanted, find_slots
from hub.services.outcomes import UnknownServiceType
from hub.services.travel_matrix import TravelMatrix
from hub.store import crews, preferences, qualifications, resources, service_types, time_off, working_hours
from hub.store.database import Database
from hub.store.ids import new_id
from hub.store.tables import location, service_type
from tests.builders import NOW, BuiltDirectory, build_directory

TOMORROW = NOW + timedelta(hours=8)
"""Midnight in Helsinki before a Tuesday."""
HERE, NEAR, ACROSS = Point(60.17, 24.94), Point(60.172, 24.942), Point(60.25, 25.1)


class SlotScene:
    """Nobody works here until somebody is hired."""

    def __init__(self, db: Database, directory: BuiltDirectory) -> None:
        self.db, self.directory = db, directory
        self.portal_id, self.service_type_id = directory.portal_id, directory.service_type_id

    async def hire(
        self,
        tx: AsyncConnection,
        *,
        kind: str = "employee",
        base: Point = HERE,
        hours: Sequence[tuple[int, int]] = ((8, 16),),
    ) -> str:
        """Add somebody, or something, that works at these hours every day."""
        one = resources.Resource(
            id=new_id("re"), portal_id=self.portal_id, name="Tero", base_lat=base.lat, base_lon=base.lon, kind=kind
        )
        await resources.insert_resources(tx, [one])
        await working_hours.insert_working_hours(
            tx,
            [
                working_hours.WorkingHours(
                    resource_id=one.id, weekday=weekday, starts_s=begins * 3_600, ends_s=ends * 3_600
                )
                for weekday in range(7)
                for begins, ends in hours
            ],
        )
        return one.id

    async def set_service(self, tx: AsyncConnection, **values: Any) -> None:
        """Change how the service is offered."""
        await tx.execute(update(service_type).where(service_type.c.id == self.service_type_id).values(**values))

    async def need(self, tx: AsyncConnection, name: str, *, role_id: str | None = None, min_rating: int = 1) -> str:
        """Require a characteristic and give its id."""
        one = qualifications.Characteristic(id=new_id("ch"), portal_id=self.portal_id, name=name, kind="skill")
        await qualifications.insert_characteristics(tx, [one])
        asked = service_types.Requirement(
            id=new_id("rq"),
            service_type_id=self.service_type_id,
            characteristic_id=one.id,
            role_id=role_id,
            min_rating=min_rating,
        )
        await service_types.insert_requirements(tx, [asked])
        return one.id

    async def role(self, tx: AsyncConnection, position: int, kind: str | None = None) -> str:
        """Add a role to the service and give its id."""
        one = service_types.ServiceRole(
            id=new_id("ro"), service_type_id=self.service_type_id, name="Role", position=position, kind=kind
        )
        await service_types.insert_roles(tx, [one])
        return one.id

    async def teach(
        self,
        tx: AsyncConnection,
        resource_id: str,
        characteristic_id: str,
        rating: int = 1,
        until: datetime | None = None,
    ) -> None:
        """Give somebody a characteristic."""
        pair = qualifications.ResourceCharacteristic(
            resource_id=resource_id, characteristic_id=characteristic_id, rating=rating, expires_at=until
        )
        await qualifications.give(tx, [pair])

    async def area(self, tx: AsyncConnection, around: Point, *resource_ids: str) -> None:
        """Draw a territory around a place and have these serve it."""
        id_, lat, lon = new_id("te"), around.lat, around.lon
        ring = [
            [lon + x, lat + y] for x, y in ((-0.01, -0.01), (0.01, -0.01), (0.01, 0.01), (-0.01, 0.01), (-0.01, -0.01))
        ]
        drawn = {"type": "Polygon", "coordinates": [ring]}
        await resources.insert_territories(
            tx, [resources.Territory(id=id_, portal_id=self.portal_id, name="Area", area=drawn)]
        )
        await resources.assign_territories(tx, [resources.ResourceTerritory(one, id_) for one in resource_ids])

    async def crew(self, tx: AsyncConnection, *members: str) -> str:
        """Make a crew of these, with their own hours, and give its id."""
        crew_id = await self.hire(tx, kind="crew", hours=())
        pairs = [crews.CrewMember(crew_id=crew_id, resource_id=one) for one in members]
        await crews.insert_crew_members(tx, pairs)
        return crew_id

    async def wish(self, tx: AsyncConnection, resource_id: str, kind: Any) -> None:
        """Say what the account thinks of somebody."""
        one = preferences.Preference(account_id=self.directory.account_id, resource_id=resource_id, kind=kind)
        await preferences.insert_preferences(tx, [one])

    async def absent(self, tx: AsyncConnection, resource_id: str, starts_at: datetime, ends_at: datetime) -> None:
        """Give somebody time off."""
        one = time_off.TimeOff(id=new_id("to"), resource_id=resource_id, starts_at=starts_at, ends_at=ends_at)
        await time_off.insert_time_off(tx, [one])

    async def move_to(self, tx: AsyncConnection, time_zone: str) -> None:
        """Put the customer's place into another time zone."""
        await tx.execute(update(location).values(time_zone=time_zone))

    async def offered(
        self,
        place: Point = HERE,
        *,
        known: bool = False,
        days: int = 1,
        from_: datetime = TOMORROW,
        roads: TravelMatrix | None = None,
    ) -> list[OfferedSlot]:
        """Find the times of tomorrow, at a new place or at the known location, by time."""
        wanted = Wanted(
            portal_id=self.portal_id,
            service_type_id=self.service_type_id,
            place=place,
            location_id=self.directory.location_id if known else None,
        )
        within = Interval(from_, from_ + timedelta(days=days))
        found = await find_slots(self.db, wanted, within, NOW, roads=roads)
        assert not isinstance(found, UnknownServiceType)
        return sorted(found, key=lambda one: one.visit.starts_at)


async def slot_scene(db: Database) -> SlotScene:
    """Build a portal with one service of half an hour and one customer."""
    async with db.write() as tx:
        return SlotScene(db, await build_directory(tx))


def who(offered: Sequence[OfferedSlot]) -> set[str]:
    """Tell who would come."""
    return {id_ for one in offered for id_ in one.resource_ids}


def clock(offered: Sequence[OfferedSlot]) -> list[float]:
    """Tell the starts in hours of Helsinki's tomorrow."""
    return [(one.visit.starts_at - TOMORROW) / timedelta(hours=1) for one in offered]
