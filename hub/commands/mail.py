"""`hub mail failed`, `hub mail requeue ID`: what nobody tries any more, and how it is tried again."""

from __future__ import annotations

import argparse
import asyncio

from hub.clock import system_clock
from hub.commands.fail import CommandError
from hub.data_dir import settings_beside
from hub.settings import Settings
from hub.store.database import opened
from hub.store.outbox_leases import list_failed, requeue


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("failed", help="ids of the failed messages and the answers they got")
    again = actions.add_parser("requeue", help="have failed messages tried again")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("id", metavar="ID", nargs="?", help="as `hub mail failed` tells it")
    which.add_argument("--all", action="store_true", help="every failed message")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """List or requeue."""
    does = {"failed": _failed, "requeue": _requeue}[arguments.action]
    asyncio.run(does(settings_beside(settings).database_url, arguments))


async def _failed(url: str, _arguments: argparse.Namespace) -> None:
    async with opened(url) as database, database.read() as tx:
        messages = await list_failed(tx)
    for message in messages:
        print(f"{message.id}  {message.created_at:%Y-%m-%d %H:%M}  {message.kind:<11}  {message.last_error}")


async def _requeue(url: str, arguments: argparse.Namespace) -> None:
    async with opened(url) as database, database.write() as tx:
        number = await requeue(tx, system_clock(), arguments.id)
    if not number and arguments.id:
        raise CommandError(f"there is no failed message {arguments.id}")
    print(f"{number} will be tried again.")
