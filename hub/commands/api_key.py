"""`hub api-key add NAME --role …`, `hub api-key list`, `hub api-key revoke ID`."""

from __future__ import annotations

import argparse
import asyncio
from datetime import datetime

from hub.clock import system_clock
from hub.commands.fail import CommandError
from hub.commands.only_portal import only_portal
from hub.commands.output import say
from hub.data_dir import settings_beside
from hub.domain.roles import Role
from hub.services.issue_api_keys import issue_api_key, revoke_api_key
from hub.services.outcomes import UnknownPortal
from hub.settings import Settings
from hub.store import api_keys
from hub.store.database import opened


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="make a key and print it, once")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", choices=list(Role), required=True)
    add.add_argument("--portal", help="id of the portal (default: the only one; the first key makes it)")
    add.add_argument("--json", action="store_true")
    actions.add_parser("list", help="ids, names and roles of all keys")
    revoke = actions.add_parser("revoke", help="its next request is refused")
    revoke.add_argument("id", metavar="ID", help="as `hub api-key list` tells it")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Add, list or revoke."""
    does = {"add": _add, "list": _list, "revoke": _revoke}[arguments.action]
    asyncio.run(does(settings_beside(settings).database_url, arguments))


async def _add(url: str, arguments: argparse.Namespace) -> None:
    async with opened(url) as database:
        portal_id = arguments.portal or await only_portal(database)
        issued = await issue_api_key(database, portal_id, arguments.name, Role(arguments.role), now=system_clock())
    if isinstance(issued, UnknownPortal):
        raise CommandError(f"there is no portal {portal_id}")
    say({"api_key": issued.token}, as_json=arguments.json)


async def _list(url: str, _arguments: argparse.Namespace) -> None:
    async with opened(url) as database, database.read() as tx:
        keys = await api_keys.list_api_keys(tx)
    for key in keys:
        print(f"{key.id}  {key.role:<11}  {_state(key, system_clock()):<7}  {key.name}")


def _state(key: api_keys.ApiKeyRow, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "valid"


async def _revoke(url: str, arguments: argparse.Namespace) -> None:
    async with opened(url) as database:
        if not await revoke_api_key(database, arguments.id, now=system_clock(), portal_id=None):
            raise CommandError(f"there is no API key {arguments.id}")
    print("Revoked.")
