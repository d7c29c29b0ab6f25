"""`hub api-key add NAME --role …`."""

from __future__ import annotations

import argparse
import asyncio

from hub.clock import system_clock
from hub.commands.fail import CommandError
from hub.commands.output import say
from hub.data_dir import settings_beside
from hub.domain.roles import Role
from hub.services.issue_api_keys import issue_api_key
from hub.services.outcomes import UnknownPortal
from hub.settings import Settings
from hub.store import portals
from hub.store.database import Database, opened
from hub.store.ids import new_id


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="make a key and print it, once")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", choices=list(Role), required=True)
    add.add_argument("--portal", help="id of the portal (default: the only one; the first key makes it)")
    add.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Make a key."""
    asyncio.run(_add(settings_beside(settings).database_url, arguments))


async def _add(url: str, arguments: argparse.Namespace) -> None:
    async with opened(url) as database:
        portal_id = arguments.portal or await _only_portal(database)
        issued = await issue_api_key(database, portal_id, arguments.name, Role(arguments.role), now=system_clock())
    if isinstance(issued, UnknownPortal):
        raise CommandError(f"there is no portal {portal_id}")
    say({"api_key": issued.token}, as_json=arguments.json)


async def _only_portal(database: Database) -> str:
    async with database.write() as tx:
        found = await portals.list_portals(tx, limit=2)
        if not found:
            found = [portals.Portal(id=new_id("po"), name="Enroute")]
            await portals.insert_portals(tx, found)
    if len(found) > 1:
        raise CommandError("there are several portals; name one with --portal")
    return found[0].id
