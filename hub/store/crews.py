"""Crews: which resources come together as one. Booking a crew takes the time of all its members."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import crew_member, resource


class CrewMember(msgspec.Struct, frozen=True, kw_only=True):
    """That a resource belongs to a crew, itself a resource."""

    crew_id: str
    resource_id: str


async def insert_crew_members(tx: AsyncConnection, members: Iterable[CrewMember]) -> None:
    """Insert who belongs to which crew."""
    await rows.insert(tx, crew_member, members)


async def members_of(tx: AsyncConnection, crew_ids: Collection[str]) -> list[CrewMember]:
    """Read the members of these crews, by crew."""
    query = select(crew_member).where(crew_member.c.crew_id.in_(crew_ids))
    return await rows.find_all(tx, CrewMember, query.order_by(crew_member.c.crew_id, crew_member.c.resource_id))


async def crews_among(tx: AsyncConnection, resource_ids: Collection[str]) -> set[str]:
    """Tell which of these resources are crews themselves."""
    query = select(resource.c.id).where(resource.c.id.in_(resource_ids), resource.c.kind == "crew")
    return set((await tx.execute(query)).scalars())


async def is_member(tx: AsyncConnection, resource_id: str) -> bool:
    """Tell whether a resource belongs to a crew."""
    query = select(crew_member.c.crew_id).where(crew_member.c.resource_id == resource_id).limit(1)
    return (await tx.execute(query)).first() is not None
