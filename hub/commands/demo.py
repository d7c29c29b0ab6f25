"""`hub demo seed`."""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter

import msgspec

from hub.commands.fail import CommandError
from hub.commands.output import say
from hub.data_dir import settings_beside
from hub.demo.seed import seed_demo
from hub.demo.seeded import Seed, SeedRefused
from hub.settings import Settings
from hub.store.database import opened
from hub.store.migrate import migrate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True)
    seed = actions.add_parser("seed", help="seed an empty store; again: the same demo with fresh tokens")
    seed.add_argument("--visits", type=_count, default=0, metavar="N", help="N more visits under way, never driven")
    seed.add_argument("--json", action="store_true", help="print all ids, tokens and links")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 10_000:
        raise argparse.ArgumentTypeError("expected a number up to 10000")
    return int(text)


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Seed."""
    try:
        seed = asyncio.run(_seed(settings_beside(settings), arguments.visits))
    except SeedRefused as error:
        raise CommandError(str(error)) from None
    say(msgspec.to_builtins(seed) if arguments.json else _for_people(seed), as_json=arguments.json)


async def _seed(settings: Settings, visits: int) -> Seed:
    async with opened(settings.database_url) as database:
        await migrate(database)
        return await seed_demo(database, settings, visits=visits)


def _for_people(seed: Seed) -> dict[str, str]:
    statuses = Counter(booking.status for booking in seed.bookings)
    return {
        "start page": f"{seed.base_url}/",
        "technician's page": seed.access.enrolment_url or "",
        "staff page": f"{seed.access.staff_url} ({seed.access.staff_email} / {seed.access.staff_password})",
        "API key": seed.api_key,
        "technicians": str(len(seed.resources)),
        "customers": str(len(seed.locations)),
        "visits": ", ".join(f"{count} {status}" for status, count in statuses.most_common()),
    }
