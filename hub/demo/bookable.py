"""Technicians whom customers of the demo can book, and whom visitors play: nobody else drives them."""

from __future__ import annotations

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.demo import people
from hub.demo.anchor import Anchor, with_anchor
from hub.demo.directory import SWITCHES, new_ids
from hub.demo.skills import add_skills
from hub.demo.visit_rows import Customers
from hub.store import resources, working_hours
from hub.store.tables import portal

DAY_S = 86_400
PLACES = 12
"""How many addresses the booking page offers: nobody looks up others in a demo."""
_APART = 11
"""A technician's base is the customer so many further on."""
_FIRST_PHONE = 90
"""Their phone numbers begin here, after all that drive."""


async def add_bookable(tx: AsyncConnection, portal_id: str, anchor: Anchor, customers: Customers) -> Anchor:
    """Add them to a demo that has none yet, at work all day and every day, and let everybody book."""
    ids = sorted(new_ids("re", len(people.BOOKABLE)))  # the first gets the first booking, and is whom visitors play
    rows = [_technician(portal_id, id_, number, anchor, customers) for number, id_ in enumerate(ids)]
    await resources.insert_resources(tx, rows)
    areas = await resources.list_territories(tx, portal_id)
    served = [resources.ResourceTerritory(id_, area.id) for id_ in ids for area in areas]
    await resources.assign_territories(tx, served)
    await working_hours.insert_working_hours(
        tx,
        [
            working_hours.WorkingHours(resource_id=id_, weekday=weekday, starts_s=0, ends_s=DAY_S)
            for id_ in ids
            for weekday in range(7)
        ],
    )
    await add_skills(tx, portal_id, ids)
    return await _remember(tx, portal_id, msgspec.structs.replace(anchor, bookable=ids), customers)


async def _remember(tx: AsyncConnection, portal_id: str, anchor: Anchor, customers: Customers) -> Anchor:
    known = [customers.locations[location] for location in anchor.locations[:PLACES]]
    places = [{"address": one.address, "lat": one.lat, "lon": one.lon} for one in known]
    query = select(portal.c.switches).where(portal.c.id == portal_id)
    switches = with_anchor({**(await tx.execute(query)).scalar_one(), **SWITCHES, "places": places}, anchor)
    await tx.execute(update(portal).where(portal.c.id == portal_id).values(switches=switches))
    return anchor


def _technician(portal_id: str, id_: str, number: int, anchor: Anchor, customers: Customers) -> resources.Resource:
    base = customers.locations[anchor.locations[(number + 1) * _APART % len(anchor.locations)]]
    return resources.Resource(
        id=id_,
        portal_id=portal_id,
        name=people.BOOKABLE[number],
        phone=people.technician_phone(_FIRST_PHONE + number),
        base_lat=base.lat,
        base_lon=base.lon,
    )
