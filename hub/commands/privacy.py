"""`hub privacy erase RESOURCE`: erase everything about one technician."""

from __future__ import annotations

import argparse
import asyncio

from redis.exceptions import RedisError

from hub.clock import system_clock
from hub.commands.fail import CommandError, store_fault
from hub.data_dir import settings_beside
from hub.services.erase_technician import EraseTechnician, StillComing
from hub.services.outcomes import UnknownResource
from hub.settings import Settings
from hub.store import erasure
from hub.store.database import Database, opened
from hub.store.live_traces import LiveTraces
from hub.store.redis_client import connect_redis


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True)
    erase = actions.add_parser("erase", help="everything about one technician; their visits stay, without a name")
    erase.add_argument("resource", metavar="RESOURCE")
    erase.add_argument("--yes", action="store_true", help="do it: nothing brings it back")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Erase."""
    settings = settings_beside(settings)
    if not settings.redis_url:
        raise CommandError(
            "HUB_REDIS_URL is unset and no hub runs here: live positions cannot be erased; start it first"
        )
    asyncio.run(_erase(settings, arguments.resource, sure=arguments.yes))


async def _erase(settings: Settings, resource_id: str, *, sure: bool) -> None:
    redis = connect_redis(settings.redis_url)
    try:
        async with opened(settings.database_url) as database:
            if not sure:
                raise CommandError(await _what_would_go(database, resource_id))
            await redis.ping()  # rather than half of it
            print("Letting nothing new in, and waiting for what is under way …", flush=True)
            done = await EraseTechnician(database, LiveTraces(redis), system_clock).erase(resource_id)
    except (RedisError, OSError) as fault:
        raise CommandError(f"{store_fault(fault)}\nWhat is not erased yet goes when you call this again.") from None
    finally:
        await redis.aclose()
    if isinstance(done, UnknownResource):
        raise _unknown(resource_id)
    if isinstance(done, StillComing):
        raise CommandError("positions still come in; see that every web process reaches the database, then try again")
    print(f"Erased, with {done.points} points of the track.")
    if done.open_visits:
        print(f"{done.open_visits} visits that are not over need somebody else.")


async def _what_would_go(database: Database, resource_id: str) -> str:
    async with database.read() as tx:
        traces = await erasure.traces_of(tx, resource_id)
        if traces is None:
            raise _unknown(resource_id)
        points = await erasure.count_points(tx, resource_id)
    return (
        f"this would erase {traces.name}: {points} points of the track, {len(traces.device_ids)} devices, "
        f"their name in {len(traces.booking_ids)} visits. Nothing brings it back; add --yes to do it"
    )


def _unknown(resource_id: str) -> CommandError:
    return CommandError(f"there is no resource {resource_id}")
