"""What is to be done again and again: how often, and with what."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from redis.asyncio import Redis

from hub.clock import Clock
from hub.domain.day_plan import Replan
from hub.domain.geofence import Arrival
from hub.services.believe_arrivals import BelieveArrivals
from hub.services.change_visit import ChangeVisit
from hub.services.follow_day import FollowDay
from hub.services.forget_leftovers import ForgetLeftovers
from hub.services.improve_tomorrow import ImproveTomorrow
from hub.services.learn_arrivals import LearnArrivals
from hub.services.measure_travel import MeasureTravel
from hub.services.propose_durations import ProposeDurations
from hub.services.replan_day import ReplanDay
from hub.services.score_arrivals import ScoreArrivals
from hub.services.shorten_history import ShortenHistory
from hub.services.travel_matrix import TravelMatrix
from hub.settings import Settings
from hub.store.database import Database
from hub.store.live_channel import LiveChannel
from hub.store.live_positions import LivePositions
from hub.store.outbox_bell import OutboxBell
from hub.store.routers.build import build_router

Chore = Callable[[], Awaitable[Counter[str]]]
"""Does some of its work and answers what it did; harmless when done twice, at once or too often."""

ARRIVALS, TRAVEL, HISTORY, LEFTOVERS, SCORES = "arrivals", "travel", "history", "leftovers", "scores"
LEARNING, REPLAN, DAY, DURATIONS = "learning", "replan", "day", "durations"
_EVERY_S = {
    ARRIVALS: 10,
    TRAVEL: 60,
    HISTORY: 20,
    LEFTOVERS: 600,
    SCORES: 600,
    LEARNING: 3_600,
    REPLAN: 3_600,
    DAY: 30,
    DURATIONS: 86_400,
}


def timetable(settings: Settings) -> Mapping[str, int]:
    """Tell after how many seconds each chore is to be done again."""
    wanted = dict(_EVERY_S)
    if settings.arrival is not Arrival.AUTOMATIC:
        del wanted[ARRIVALS]
    if settings.replan is Replan.OFF:
        del wanted[REPLAN]
    return wanted


def build_chores(settings: Settings, database: Database, redis: Redis, clock: Clock) -> Mapping[str, Chore]:
    """Build all chores, those too that this process's settings do not ask for: another cron may."""
    keep = timedelta(days=settings.history_days)
    exact = timedelta(hours=settings.exact_hours) if settings.exact_hours else None
    change = ChangeVisit(database, LiveChannel(redis), OutboxBell(redis), settings.secret, clock)
    roads = TravelMatrix(database, build_router(settings.router_url), clock)
    return {
        ARRIVALS: BelieveArrivals(database, change, clock).work,
        TRAVEL: MeasureTravel(database, clock, exact=exact).work,
        HISTORY: ShortenHistory(database, clock, time.monotonic, keep=keep, exact=exact).work,
        LEFTOVERS: ForgetLeftovers(database, clock, keep=keep).work,
        SCORES: ScoreArrivals(database, clock).work,
        LEARNING: LearnArrivals(database, clock).work,
        DAY: FollowDay(database, LivePositions(redis), roads, settings.secret, clock).work,
        DURATIONS: ProposeDurations(database, clock).work,
        REPLAN: ImproveTomorrow(database, ReplanDay(database, roads, clock), settings.replan, clock).work,
    }
