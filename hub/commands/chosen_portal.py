"""Which portal a command means that changes no portal: the one that is named, or the only one."""

from __future__ import annotations

from hub.commands.fail import CommandError
from hub.store import portals
from hub.store.database import Database


async def chosen_portal(database: Database, named: str | None) -> str:
    """Give the id of a portal that exists; raises `CommandError` where it is not clear which."""
    async with database.read() as tx:
        if named is not None:
            found = await portals.get_portal(tx, named)
            if found is None:
                raise CommandError(f"there is no portal {named}")
            return found.id
        several = await portals.list_portals(tx, limit=2)
    if not several:
        raise CommandError("there is no portal yet; `hub api-key add` makes the first one")
    if len(several) > 1:
        raise CommandError("there are several portals; name one with --portal")
    return several[0].id
