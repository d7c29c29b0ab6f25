"""`hub link BOOKING --scope track|manage`, `hub link revoke ID`."""

from __future__ import annotations

import argparse
import asyncio
import re
from datetime import timedelta

from hub.clock import system_clock
from hub.commands.fail import CommandError
from hub.commands.output import say
from hub.commands.secret import secret_of
from hub.data_dir import settings_beside
from hub.domain.link_scope import LinkScope
from hub.services.issue_links import issue_link, revoke_link
from hub.services.outcomes import UnknownBooking
from hub.settings import Settings
from hub.store.database import opened

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("booking", metavar="BOOKING", help="id of a booking, or `revoke`")
    parser.add_argument("id", metavar="ID", nargs="?", help="with `revoke`: id of the link")
    parser.add_argument("--scope", choices=list(LinkScope), default=LinkScope.TRACK)
    parser.add_argument("--expires", type=duration, default=timedelta(days=30), help="30m, 2h or 7d (default 30d)")
    parser.add_argument("--json", action="store_true")


def duration(text: str) -> timedelta:
    """Read minutes, hours or days: 30m, 2h, 7d."""
    if not (found := re.fullmatch(r"(\d{1,5})([mhd])", text)) or not int(found[1]):
        raise argparse.ArgumentTypeError("expected something like 30m, 2h or 7d")
    return int(found[1]) * UNITS[found[2]]


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Make or revoke a link."""
    settings = settings_beside(settings)
    if arguments.booking == "revoke":
        if not arguments.id:
            raise CommandError("name the link to revoke")
        asyncio.run(_revoke(settings.database_url, arguments.id))
    elif arguments.id:
        raise CommandError(f"unexpected: {arguments.id}")
    else:
        asyncio.run(_make(settings, arguments))


async def _make(settings: Settings, arguments: argparse.Namespace) -> None:
    secret, now = secret_of(settings), system_clock()
    async with opened(settings.database_url) as database:
        issued = await issue_link(
            database,
            secret,
            arguments.booking,
            LinkScope(arguments.scope),
            expires_at=now + arguments.expires,
            now=now,
            portal_id=None,
        )
    if isinstance(issued, UnknownBooking):
        raise CommandError(f"there is no booking {arguments.booking}")
    url = f"{settings.public_url}/v/{issued.token}"
    say({"id": issued.id, "url": url, "expires_at": issued.expires_at}, as_json=arguments.json)


async def _revoke(url: str, link_id: str) -> None:
    async with opened(url) as database:
        if not await revoke_link(database, link_id, now=system_clock(), portal_id=None):
            raise CommandError(f"there is no link {link_id}")
    print("Revoked.")
