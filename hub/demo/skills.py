"""What decides in the demo who may come: licences, a skill, a buffer, and work for two."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.demo.directory import new_ids
from hub.store import qualifications, service_types
from hub.store.tables import service_type

LICENSED, LICENCE = "Electrical safety check", "Electrician's licence"
FOR_TWO, CARPENTRY = "Window and lock repair", "Carpentry"
WITH_BUFFER, BUFFER_S = "Dishwasher repair", 600


async def add_skills(tx: AsyncConnection, portal_id: str, resource_ids: Sequence[str]) -> None:
    """Have those whom customers can book know something that work asks for, and some work take two of them.

    All have the licence, the last one is the carpenter: only together they repair windows.
    """
    query = select(service_type.c.name, service_type.c.id).where(service_type.c.portal_id == portal_id)
    of_name: dict[str, str] = {row.name: row.id for row in await tx.execute(query)}
    if not {LICENSED, FOR_TWO, WITH_BUFFER} <= set(of_name):  # somebody made this demo their own
        return
    licence, carpentry = new_ids("ch", 2)
    fitter, mate = new_ids("sr", 2)
    await qualifications.insert_characteristics(
        tx,
        [
            qualifications.Characteristic(id=licence, portal_id=portal_id, name=LICENCE, kind="certificate"),
            qualifications.Characteristic(id=carpentry, portal_id=portal_id, name=CARPENTRY, kind="skill"),
        ],
    )
    known = [(id_, licence, 1) for id_ in resource_ids] + [(resource_ids[-1], carpentry, 3)]
    await qualifications.give(
        tx,
        [
            qualifications.ResourceCharacteristic(resource_id=id_, characteristic_id=what, rating=rating)
            for id_, what, rating in known
        ],
    )
    await service_types.insert_roles(
        tx,
        [
            service_types.ServiceRole(id=id_, service_type_id=of_name[FOR_TWO], name=name, position=position)
            for position, (id_, name) in enumerate(((fitter, "Fitter"), (mate, "Mate")))
        ],
    )
    asked = [(LICENSED, None, licence, 1), (FOR_TWO, fitter, carpentry, 2)]
    await service_types.insert_requirements(
        tx,
        [
            service_types.Requirement(
                id=id_, service_type_id=of_name[name], role_id=role, characteristic_id=what, min_rating=rating
            )
            for id_, (name, role, what, rating) in zip(new_ids("rq", len(asked)), asked, strict=True)
        ],
    )
    await tx.execute(update(service_type).where(service_type.c.id == of_name[WITH_BUFFER]).values(buffer_s=BUFFER_S))
