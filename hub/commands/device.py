"""`hub device add RESOURCE`, `hub device revoke ID`."""

from __future__ import annotations

import argparse
import asyncio

from hub.clock import system_clock
from hub.commands.fail import CommandError
from hub.commands.output import say
from hub.commands.qr_code import qr_code
from hub.data_dir import settings_beside
from hub.domain.plain_text import one_line
from hub.services.issue_devices import LONGEST_NAME, IssuedDevice, issue_device, revoke_device
from hub.services.outcomes import UnknownResource
from hub.settings import Settings
from hub.store.database import opened
from hub.web.devices.app_settings import owntracks_link, settings_of_apps


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="make a device of a technician and print its token and what apps are told")
    add.add_argument("resource", metavar="RESOURCE")
    add.add_argument("--name", default="phone")
    add.add_argument("--json", action="store_true")
    revoke = actions.add_parser("revoke", help="its open sockets close within 5 s")
    revoke.add_argument("id", metavar="ID")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Add or revoke."""
    settings = settings_beside(settings)
    if arguments.action == "revoke":
        asyncio.run(_revoke(settings.database_url, arguments.id))
        return
    name = one_line(arguments.name, LONGEST_NAME)  # a longer one would not fit the QR code
    if not name:
        raise CommandError("--name: a name is needed")
    issued = asyncio.run(_add(settings.database_url, arguments.resource, name))
    say({"device_id": issued.id, "device_token": issued.token}, as_json=arguments.json)
    if not arguments.json:
        print(_for_apps(settings.public_url, issued.token, name))


async def _add(url: str, resource_id: str, name: str) -> IssuedDevice:
    async with opened(url) as database:
        issued = await issue_device(database, resource_id, name, now=system_clock(), portal_id=None)
    if isinstance(issued, UnknownResource):
        raise CommandError(f"there is no active resource {resource_id}")
    return issued


async def _revoke(url: str, device_id: str) -> None:
    async with opened(url) as database:
        if not await revoke_device(database, device_id, now=system_clock(), portal_id=None):
            raise CommandError(f"there is no device {device_id}")
    print("Revoked.")


def _for_apps(base_url: str, token: str, device_name: str) -> str:
    """Tell how apps are set up; docs/devices tells each step."""
    link = owntracks_link(base_url, token, device_name)
    lines = ["", "OwnTracks: scan this with the phone, or open the link on it.", "", *qr_code(link), "", link, ""]
    lines += ["Other apps (docs/devices tells each step):", ""]
    lines += [f"  {one.app}, {one.name}: {one.value}" for one in settings_of_apps(base_url, token, device_name)]
    return "\n".join(lines)
