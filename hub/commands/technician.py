"""`hub technician enrol RESOURCE`, `hub technician revoke ID`."""

from __future__ import annotations

import argparse
import asyncio

from hub.clock import system_clock
from hub.commands.fail import CommandError
from hub.commands.output import say
from hub.commands.qr_code import qr_code
from hub.commands.secret import secret_of
from hub.data_dir import settings_beside
from hub.services.enrol_technician import issue_enrolment, revoke_enrolment
from hub.services.outcomes import UnknownResource
from hub.settings import Settings
from hub.store.database import opened


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True)
    enrol = actions.add_parser("enrol", help="make a link that makes one phone the technician's")
    enrol.add_argument("resource", metavar="RESOURCE")
    enrol.add_argument("--json", action="store_true")
    revoke = actions.add_parser("revoke", help="take an enrolment link back that nobody has used")
    revoke.add_argument("id", metavar="ID")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Make or revoke an enrolment link."""
    settings = settings_beside(settings)
    does = {"enrol": _enrol, "revoke": _revoke}[arguments.action]
    asyncio.run(does(settings, arguments))


async def _enrol(settings: Settings, arguments: argparse.Namespace) -> None:
    secret = secret_of(settings)
    async with opened(settings.database_url) as database:
        issued = await issue_enrolment(database, secret, arguments.resource, now=system_clock(), portal_id=None)
    if isinstance(issued, UnknownResource):
        raise CommandError(f"there is no resource {arguments.resource}")
    url = f"{settings.public_url}/tech/enrol/{issued.token}"
    say({"id": issued.id, "url": url, "expires_at": issued.expires_at}, as_json=arguments.json)
    if not arguments.json:
        print("\n".join(["", "Scan this with the technician's phone, or send the link:", "", *qr_code(url)]))


async def _revoke(settings: Settings, arguments: argparse.Namespace) -> None:
    async with opened(settings.database_url) as database:
        if not await revoke_enrolment(database, arguments.id, now=system_clock(), portal_id=None):
            raise CommandError(f"there is no enrolment link {arguments.id}")
    print("Revoked.")
