"""`hub staff add EMAIL --role …`, `hub staff password EMAIL`, `hub staff revoke EMAIL`."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys

from hub.clock import system_clock
from hub.commands.fail import CommandError
from hub.commands.only_portal import only_portal
from hub.commands.output import say
from hub.data_dir import settings_beside
from hub.domain.roles import Role
from hub.services.manage_staff import EmailTaken, add_staff, change_password, revoke_staff
from hub.services.outcomes import UnknownPortal
from hub.services.passwords import LONGEST, Passwords
from hub.settings import Settings
from hub.store.database import opened

ROLES = (Role.ADMIN, Role.DISPATCHER)
SHORTEST = 12
"""Characters; Argon2 and the throttle of tries make guessing ones of that length hopeless, if nobody knows them."""
_RANDOM_BYTES = 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="let somebody sign in; prints a password, once")
    add.add_argument("--role", choices=ROLES, required=True)
    add.add_argument("--portal", help="id of the portal (default: the only one; the first member of staff makes it)")
    password = actions.add_parser("password", help="another password; ends their sessions, lets revoked ones in again")
    for action in (add, password):
        action.add_argument("email", metavar="EMAIL", type=email)
        action.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        action.add_argument("--json", action="store_true")
    revoke = actions.add_parser("revoke", help="they sign in no more, and their sessions end")
    revoke.add_argument("email", metavar="EMAIL", type=email)


def email(text: str) -> str:
    """Read an email in lower case; only what is certainly none is refused."""
    name, _, host = text.strip().lower().partition("@")
    if not name or not host or any(letter.isspace() or not letter.isprintable() for letter in name + host):
        raise argparse.ArgumentTypeError("expected an email, such as aino@example.org")
    return f"{name}@{host}"


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Add somebody, change their password or let them in no more."""
    does = {"add": _add, "password": _password, "revoke": _revoke}[arguments.action]
    asyncio.run(does(settings_beside(settings).database_url, arguments))


async def _add(url: str, arguments: argparse.Namespace) -> None:
    password = _wished(arguments)
    async with opened(url) as database:
        portal_id = arguments.portal or await only_portal(database)
        added = await add_staff(
            database, Passwords(), portal_id, arguments.email, Role(arguments.role), password, now=system_clock()
        )
    if isinstance(added, UnknownPortal):
        raise CommandError(f"there is no portal {portal_id}")
    if isinstance(added, EmailTaken):
        raise CommandError(f"{added.email} is there already; `hub staff password` gives another password")
    _tell(arguments, password)


async def _password(url: str, arguments: argparse.Namespace) -> None:
    password = _wished(arguments)
    async with opened(url) as database:
        if not await change_password(database, Passwords(), arguments.email, password, now=system_clock()):
            raise CommandError(f"there is nobody with the email {arguments.email}")
    _tell(arguments, password)


async def _revoke(url: str, arguments: argparse.Namespace) -> None:
    async with opened(url) as database:
        if not await revoke_staff(database, arguments.email, now=system_clock()):
            raise CommandError(f"there is nobody with the email {arguments.email}")
    print("Revoked.")


def _wished(arguments: argparse.Namespace) -> str:
    """Read the password from standard input, or make one."""
    if not arguments.password_stdin:
        return secrets.token_urlsafe(_RANDOM_BYTES)
    password = sys.stdin.readline().rstrip("\r\n")
    if not SHORTEST <= len(password) <= LONGEST:
        raise CommandError(f"the password must have {SHORTEST} to {LONGEST} characters")
    return password


def _tell(arguments: argparse.Namespace, password: str) -> None:
    """Print the password unless whoever called knows it."""
    made = {} if arguments.password_stdin else {"password": password}
    say({"email": arguments.email, **made}, as_json=arguments.json)
