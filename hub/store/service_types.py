"""Service types: what can be booked, how, how long it takes, and who it takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import ColumnElement, Text, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.start_times import TimeGroup
from hub.store import rows
from hub.store.tables import requirement, service_role, service_type


class ServiceType(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of work."""

    id: str
    portal_id: str
    name: str
    duration_s: int
    preparation: str = ""
    """What the customer should prepare; may be empty."""
    display_names: dict[str, str] = {}
    """What customers read instead of the name, by language."""
    buffer_s: int = 0
    """Kept free after the visit."""
    online_bookable: bool = True
    lead_min_s: int = 1800
    """How long before its start a visit can be booked at the latest."""
    lead_max_s: int = 31 * 86_400
    """And at the earliest."""
    change_cutoff_s: int = 0
    """How long before the start customers may move or cancel at the latest."""
    interval_s: int = 1800
    """What lies between offered starts, by the clock on the wall."""
    time_groups: list[TimeGroup] | None = None
    """Where set, one offer per group and day, whose window is the group."""
    arrival_window_s: int = 3600
    """How long the promised window of arrival is, without time groups."""
    radius_m: int | None = None
    """The largest distance from a resource's base."""
    active: bool = True


class ServiceRole(msgspec.Struct, frozen=True, kw_only=True):
    """One of those whom a crew's job takes; a service type without roles takes one resource."""

    id: str
    service_type_id: str
    name: str
    position: int
    kind: str | None = None
    """Which kind of resource fills it; None: any."""


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever does it must be able to."""

    id: str
    service_type_id: str
    characteristic_id: str
    role_id: str | None = None
    """None: it holds for every role."""
    min_rating: int = 1


def shown_name(language: ColumnElement[str]) -> ColumnElement[str]:
    """Name a service type in a query as its customers read it, in the language of this column."""
    display_name = type_coerce(service_type.c.display_names.op("->>")(language), Text())
    return func.coalesce(display_name, service_type.c.name).label("service")


async def insert_service_types(tx: AsyncConnection, service_types: Iterable[ServiceType]) -> None:
    """Insert service types."""
    values = [msgspec.to_builtins(one) for one in service_types]
    if values:
        await tx.execute(service_type.insert(), values)


async def insert_roles(tx: AsyncConnection, roles: Iterable[ServiceRole]) -> None:
    """Insert roles of service types."""
    await rows.insert(tx, service_role, roles)


async def insert_requirements(tx: AsyncConnection, requirements: Iterable[Requirement]) -> None:
    """Insert requirements of service types."""
    await rows.insert(tx, requirement, requirements)


async def roles_of(tx: AsyncConnection, service_type_ids: Collection[str]) -> list[ServiceRole]:
    """Read the roles of these service types, by service type and position."""
    of = service_role.c
    query = select(service_role).where(of.service_type_id.in_(service_type_ids))
    return await rows.find_all(tx, ServiceRole, query.order_by(of.service_type_id, of.position, of.id))


async def requirements_of(tx: AsyncConnection, service_type_ids: Collection[str]) -> list[Requirement]:
    """Read what these service types require."""
    query = select(requirement).where(requirement.c.service_type_id.in_(service_type_ids))
    return await rows.find_all(tx, Requirement, query.order_by(requirement.c.id))


async def get_service_type(tx: AsyncConnection, service_type_id: str) -> ServiceType | None:
    """Read one service type."""
    return await rows.find(tx, ServiceType, select(service_type).where(service_type.c.id == service_type_id))


async def list_service_types(
    tx: AsyncConnection, portal_id: str, *, after: str | None = None, limit: int = 500
) -> list[ServiceType]:
    """List a portal's service types by id, those after the id `after`."""
    query = select(service_type).where(service_type.c.portal_id == portal_id)
    return await rows.page(tx, ServiceType, query, service_type.c.id, after, limit)
