"""`hub replan`: look for a better order of tomorrow's visits, show what it saves and, if told so, make the moves."""

from __future__ import annotations

import argparse
import asyncio
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec

from hub.clock import system_clock
from hub.commands.fail import CommandError
from hub.commands.only_portal import only_portal
from hub.data_dir import settings_beside
from hub.services.move_visits import Applied
from hub.services.replan_day import ReplanDay
from hub.services.travel_matrix import TravelMatrix
from hub.settings import Settings
from hub.store import portals, resources
from hub.store.database import Database, opened
from hub.store.day_plans import KeptPlan
from hub.store.routers.build import build_router

ACTOR = "command line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="a day to come; default tomorrow")
    parser.add_argument("--portal", metavar="ID", help="whose day; default the only portal")
    parser.add_argument("--apply", action="store_true", help="make the moves; else they wait as a proposal for staff")
    parser.add_argument("--json", action="store_true", help="print one JSON line")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Plan; exit 1 where the day changed before the moves were made."""
    settings = settings_beside(settings)
    asyncio.run(_replan(settings, arguments))


async def _replan(settings: Settings, arguments: argparse.Namespace) -> None:
    async with opened(settings.database_url) as database:
        portal_id = arguments.portal or await only_portal(database)
        zone, names = await _names(database, portal_id)
        today = system_clock().astimezone(zone).date()
        day = arguments.date or today + timedelta(days=1)
        if day <= today:
            raise CommandError("only days to come are planned anew: today's visits are counted on already")
        router = build_router(settings.router_url)
        try:
            replan = ReplanDay(database, TravelMatrix(database, router, system_clock), system_clock)
            plan = await replan.propose(portal_id, day)
            _say(plan, zone, names, as_json=arguments.json)
            if arguments.apply and plan.moves:
                if not isinstance(await replan.apply(portal_id, plan.id, actor=ACTOR), Applied):
                    raise CommandError("the day changed meanwhile, nothing was moved; call this again")
                if not arguments.json:
                    print("All moves were made.")
        finally:
            await router.close()


async def _names(database: Database, portal_id: str) -> tuple[ZoneInfo, dict[str, str]]:
    async with database.read() as tx:
        portal = await portals.get_portal(tx, portal_id)
        if portal is None:
            raise CommandError(f"there is no portal {portal_id}")
        people = await resources.list_resources(tx, portal_id)
    return ZoneInfo(portal.time_zone), {one.id: one.name for one in people}


def _say(plan: KeptPlan, zone: ZoneInfo, names: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(plan).decode())
        return
    if not plan.moves:
        print(f"{plan.day}: nothing better found; {_minutes(plan.before_s)} of travel.")
        return
    saved = f"{_minutes(plan.before_s)} of travel, {_minutes(plan.after_s)} after {len(plan.moves)} moves"
    print(f"{plan.day}: {saved} ({100 * plan.saved_s / plan.before_s:.0f} % less).")
    for move in plan.moves:
        was, will_be = (
            f"{at.astimezone(zone):%H:%M} {names.get(id_, id_)}"
            for at, id_ in ((move.was_starts_at, move.was_resource_id), (move.starts_at, move.resource_id))
        )
        print(f"  {move.booking_id}: {was} -> {will_be}")


def _minutes(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
