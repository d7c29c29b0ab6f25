"""Check an entry of the directory: does it fit together, and do the others that it names exist?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.directory.customers import Asset, Location
from hub.domain.directory.entry import Entry, Named
from hub.domain.directory.resources import Resource
from hub.domain.misfit import Misfit
from hub.store import accounts, crews, portals
from hub.store.directory import entries
from hub.store.directory.entries import Stored
from hub.store.directory.kinds import KINDS

Known = Mapping[str, set[str]]


async def completed(tx: AsyncConnection, portal_id: str, entry: Entry) -> Entry:
    """Fill what follows from the portal where it was left out."""
    if isinstance(entry, Location) and entry.time_zone is None:
        return msgspec.structs.replace(entry, time_zone=await portals.time_zone_of(tx, portal_id))
    return entry


async def check_entry(tx: AsyncConnection, portal_id: str, entry: Entry, before: Stored | None) -> list[Misfit]:
    """List every fault of an entry that is to be written; `before` is what it was, of one that is there."""
    if faults := list(entry.misfits()):
        return faults
    named: dict[str, list[Named]] = defaultdict(list)
    for one in entry.names():
        named[one.kind].append(one)
    for kind, those in named.items():
        known = await entries.known(tx, KINDS[kind], portal_id, [one.id for one in those])
        faults += [Misfit(one.at, f"there is no such {KINDS[kind].noun}") for one in those if one.id not in known]
    return faults or await check_further(tx, portal_id, entry, before)


async def check_further(tx: AsyncConnection, portal_id: str, entry: Entry, before: Stored | None) -> list[Misfit]:
    """List what does not fit between an entry and others that exist."""
    further = _FURTHER.get(type(entry))
    return [] if further is None else await further(tx, portal_id, entry, before)


async def _check_resource(tx: AsyncConnection, portal_id: str, entry: Any, before: Stored | None) -> list[Misfit]:
    """Have crews consist of those who are no crews: whoever books one takes everybody's time, one step down."""
    own_id = before.id if before else None
    if own_id in entry.members:
        return [Misfit("$.members", "a crew is no member of itself")]
    if entry.kind == "crew" and own_id and await crews.is_member(tx, own_id):
        return [Misfit("$.kind", "is a member of a crew, so it cannot be one")]
    nested = await crews.crews_among(tx, entry.members)
    return [Misfit(f"$.members[{at}]", "is a crew itself") for at, id_ in enumerate(entry.members) if id_ in nested]


async def _check_asset(tx: AsyncConnection, portal_id: str, entry: Any, _before: Stored | None) -> list[Misfit]:
    if entry.location is None:
        return []
    location = await accounts.get_location(tx, portal_id, entry.location)
    if location is None or location.account_id != entry.account:
        return [Misfit("$.location", "belongs to another account")]
    return []


_FURTHER: dict[type[Entry], Callable[[AsyncConnection, str, Any, Stored | None], Coroutine[Any, Any, list[Misfit]]]] = {
    Resource: _check_resource,
    Asset: _check_asset,
}
