"""`hub device add RESOURCE`, `hub device revoke ID`."""

from __future__ import annotations

import argparse
import asyncio

from hub.clock import system_clock
from hub.commands.fail import CommandError
from hub.commands.output import say
from hub.data_dir import settings_beside
from hub.services.issue_devices import issue_device, revoke_device
from hub.services.outcomes import UnknownResource
from hub.settings import Settings
from hub.store.database import opened


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="make a device of a technician and print its token")
    add.add_argument("resource", metavar="RESOURCE")
    add.add_argument("--name", default="phone")
    add.add_argument("--json", action="store_true")
    revoke = actions.add_parser("revoke", help="its open sockets close within 5 s")
    revoke.add_argument("id", metavar="ID")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Add or revoke."""
    url = settings_beside(settings).database_url
    asyncio.run(_add(url, arguments) if arguments.action == "add" else _revoke(url, arguments.id))


async def _add(url: str, arguments: argparse.Namespace) -> None:
    async with opened(url) as database:
        issued = await issue_device(database, arguments.resource, arguments.name, now=system_clock(), portal_id=None)
    if isinstance(issued, UnknownResource):
        raise CommandError(f"there is no resource {arguments.resource}")
    say({"device_id": issued.id, "device_token": issued.token}, as_json=arguments.json)


async def _revoke(url: str, device_id: str) -> None:
    async with opened(url) as database:
        if not await revoke_device(database, device_id, now=system_clock(), portal_id=None):
            raise CommandError(f"there is no device {device_id}")
    print("Revoked.")
