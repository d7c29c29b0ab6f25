"""`hub invite CONTACT`, `hub invite revoke ID`."""

from __future__ import annotations

import argparse
import asyncio

from hub.clock import system_clock
from hub.commands.fail import CommandError
from hub.commands.link import duration
from hub.commands.output import say
from hub.commands.secret import secret_of
from hub.data_dir import settings_beside
from hub.services.invite_contact import LASTS, UnknownContact, invite_contact, revoke_invitation
from hub.settings import Settings
from hub.store.database import opened


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("contact", metavar="CONTACT", help="id of a contact, or `revoke`")
    parser.add_argument("id", metavar="ID", nargs="?", help="with `revoke`: id of the invitation")
    parser.add_argument("--expires", type=duration, default=LASTS, help="30m, 2h or 7d (default 30d)")
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Make or revoke an invitation."""
    settings = settings_beside(settings)
    if arguments.contact == "revoke":
        if not arguments.id:
            raise CommandError("name the invitation to revoke")
        asyncio.run(_revoke(settings.database_url, arguments.id))
    elif arguments.id:
        raise CommandError(f"unexpected: {arguments.id}")
    else:
        asyncio.run(_invite(settings, arguments))


async def _invite(settings: Settings, arguments: argparse.Namespace) -> None:
    secret, now = secret_of(settings), system_clock()
    async with opened(settings.database_url) as database:
        issued = await invite_contact(
            database,
            secret,
            arguments.contact,
            expires_at=now + arguments.expires,
            now=now,
            portal_id=None,
        )
    if isinstance(issued, UnknownContact):
        raise CommandError(f"there is no contact {arguments.contact}")
    url = f"{settings.public_url}/book/{issued.token}"
    say({"id": issued.id, "url": url, "expires_at": issued.expires_at}, as_json=arguments.json)


async def _revoke(url: str, invitation_id: str) -> None:
    async with opened(url) as database:
        if not await revoke_invitation(database, invitation_id, system_clock()):
            raise CommandError(f"there is no invitation {invitation_id}")
    print("Revoked.")
