"""Make, change and delete portals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.exc import IntegrityError

from hub.domain.directory.portals import PortalFields
from hub.domain.misfit import Misfit
from hub.domain.roles import Role
from hub.domain.tokens import portal_key, token_hash
from hub.services.keep_directory import Conflict, Misfits
from hub.services.public_booking import SWITCH
from hub.store import api_keys, portals, stored_answers
from hub.store.database import Database
from hub.store.ids import new_id
from hub.store.portals import Portal

KEY_NAME = "first key"
REACH = ("phone", "email")
"""What a portal's brand tells beside its looks."""


async def make_portal(
    db: Database, secret: bytes, fields: PortalFields, *, now: datetime, claim: bytes | None
) -> str | Misfits:
    """Make a portal with an API key of the role admin, `portal_key` of its id, and give the id.

    A key is of one portal: without one of its own nobody could fill the new one.
    """
    if faults := list(fields.misfits()):
        return Misfits(faults)
    made = _portal(new_id("po"), fields, {}, {})
    key = api_keys.ApiKeyRow(
        id=new_id("ak"),
        portal_id=made.id,
        name=KEY_NAME,
        role=Role.ADMIN,
        token_hash=token_hash(portal_key(secret, made.id)),
        created_at=now,
    )
    async with db.write() as tx:
        await portals.insert_portals(tx, [made])
        await api_keys.insert_api_keys(tx, [key])
        if claim is not None:
            await stored_answers.refer(tx, claim, made.id)
    return made.id


async def change_portal(db: Database, portal_id: str, changes: Mapping[str, Any]) -> bool | Misfits:
    """Change some of a portal's fields; False where there is none of this id."""
    async with db.write() as tx:
        before = await portals.get_portal(tx, portal_id, lock=True)
        if before is None:
            return False
        fields = msgspec.structs.replace(fields_of(before), **changes)
        faults: list[Misfit] = list(fields.misfits()) if "time_zone" in changes else []
        if faults:
            return Misfits(faults)
        await portals.update_portal(tx, _portal(portal_id, fields, before.switches, before.brand))
    return True


async def remove_portal(db: Database, portal_id: str) -> Conflict | bool:
    """Delete a portal of which nothing is left but its keys and events."""
    try:
        async with db.write() as tx:
            if left := await portals.left_in(tx, portal_id):
                return Conflict(f"Something is left in this portal ({', '.join(left)}).")
            return await portals.remove_portal(tx, portal_id)
    except IntegrityError:
        return Conflict("Something new is in this portal.")


def fields_of(portal: Portal) -> PortalFields:
    """Tell a portal's fields."""
    return PortalFields(
        name=portal.name,
        locale=portal.locale,
        time_zone=portal.time_zone,
        public_booking=portal.switches.get(SWITCH) is True,
        **{name: portal.brand.get(name) for name in REACH},
    )


def _portal(portal_id: str, fields: PortalFields, switches: Mapping[str, Any], brand: Mapping[str, Any]) -> Portal:
    return Portal(
        id=portal_id,
        name=fields.name,
        locale=fields.locale,
        time_zone=fields.time_zone,
        switches={**switches, SWITCH: fields.public_booking},
        brand={**brand, **{name: getattr(fields, name) for name in REACH}},
    )
