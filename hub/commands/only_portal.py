"""Which portal a command means that names none."""

from __future__ import annotations

from hub.commands.fail import CommandError
from hub.store import portals
from hub.store.database import Database
from hub.store.ids import new_id


async def only_portal(database: Database) -> str:
    """Give the id of the only portal; an empty store gets one. Raises `CommandError` where there are several."""
    async with database.write() as tx:
        found = await portals.list_portals(tx, limit=2)
        if not found:
            found = [portals.Portal(id=new_id("po"), name="Enroute")]
            await portals.insert_portals(tx, found)
    if len(found) > 1:
        raise CommandError("there are several portals; name one with --portal")
    return found[0].id
