"""The one place that opens pools and builds the services."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from hub.clock import Clock, system_clock
from hub.data_dir import DataDir
from hub.services.admission import Admission
from hub.services.answer_once import AnswerOnce
from hub.services.audience import WRITE_EVERY_S, Audience
from hub.services.background import Background
from hub.services.bundle import Services
from hub.services.change_visit import ChangeVisit
from hub.services.fleet_view import Sources
from hub.services.follow_journeys import Journeys
from hub.services.geocode import Geocode
from hub.services.hear_devices import HearDevices
from hub.services.hold_limit import HoldLimit
from hub.services.import_track import ImportTracks
from hub.services.ingest_pings import IngestPings
from hub.services.interest import Interest
from hub.services.judge_pings import Rules
from hub.services.keep_directory import KeepDirectory
from hub.services.keep_eta_model import MODEL_EVERY_S, KeepEtaModel
from hub.services.keep_hours import KeepHours
from hub.services.measure_arrivals import MeasureArrivals
from hub.services.measure_mails import MeasureMails
from hub.services.measure_upkeep import MeasureUpkeep
from hub.services.measures import UNRECORDED
from hub.services.passwords import Passwords
from hub.services.readiness import Readiness
from hub.services.room import Pace
from hub.services.show_demo import ShowDemo
from hub.services.sign_in import SignIn
from hub.services.tell_silence import TellSilence
from hub.services.throttle import Throttle
from hub.services.travel_matrix import TravelMatrix
from hub.services.upkeep import CHANGES_EVERY_S, DEVICES_EVERY_S, HEARTBEAT_EVERY_S, repeat
from hub.services.wake_phones import WakePhones
from hub.services.watch_fleet import WatchFleet
from hub.services.watch_visit import WatchVisit
from hub.settings import Settings, limits_of
from hub.store.audience_counts import AudienceCounts
from hub.store.caught_mails import CaughtMails
from hub.store.database import Database, DatabaseAway
from hub.store.geocoders.build import build_geocoder
from hub.store.live_channel import LiveChannel
from hub.store.live_positions import LivePositions
from hub.store.mail_counts import MailCounts
from hub.store.outbox_bell import OutboxBell
from hub.store.ping_store import PingStore
from hub.store.ping_stream import PingStream
from hub.store.redis_client import connect_redis
from hub.store.route_store import RouteStore
from hub.store.routers.build import build_router
from hub.store.upkeep_counts import UpkeepCounts


@asynccontextmanager
async def running_services(settings: Settings, clock: Clock = system_clock) -> AsyncIterator[Services]:
    """Open the stores, build the services and keep them in step until the end."""
    database = Database.open(settings.database_url)
    redis = connect_redis(settings.redis_url)
    router = build_router(settings.router_url)
    channel, secret = LiveChannel(redis), settings.secret
    lost_after = timedelta(seconds=settings.lost_after_s)
    history = timedelta(days=settings.history_days)
    pings = PingStore(redis, history_s=int(history.total_seconds()))
    learned = KeepEtaModel(database)
    interest = Interest(time.monotonic)
    routes = RouteStore(redis)
    journeys = Journeys(database, routes, router, channel, lost_after, lambda: learned.model, interest.in_visit)
    hours = KeepHours(database, settings.tracking_hours, time.monotonic)
    devices = HearDevices(database)
    background = Background()
    pace = Pace(settings.updates_per_s, lost_after)
    mails = MeasureMails(database, MailCounts(redis), clock)
    chores = MeasureUpkeep(UpkeepCounts(redis), clock)
    watch = WatchVisit(database, pings, channel, journeys, pace, clock, interest)
    geocode = Geocode(database, build_geocoder(settings.geocoder_url), clock)
    silence, positions = TellSilence(hours, lost_after), LivePositions(redis)
    fleet = WatchFleet(database, positions, Sources(journeys, hours, silence, lost_after), clock)
    watch.on_change = fleet.hurry
    audience = Audience(AudienceCounts(redis, secrets.token_hex(8)), watch, journeys, interest)
    rates = Throttle(settings.device_rate, settings.device_burst, time.monotonic)
    ingest = IngestPings(pings, journeys, devices, Rules(limits_of(settings), hours.tracked), clock)
    roads = TravelMatrix(database, router, clock)
    services = Services(
        settings=settings,
        clock=clock,
        database=database,
        admission=Admission(database, clock, time.monotonic),
        rates=rates,
        ingest=ingest,
        devices=devices,
        silence=silence,
        positions=positions,
        imports=ImportTracks(database, ingest, rates, clock),
        hours=hours,
        watch=watch,
        fleet=fleet,
        audience=audience,
        wake=WakePhones(pings, audience, clock, time.monotonic),
        roads=roads,
        change=ChangeVisit(database, channel, OutboxBell(redis), secret, clock, roads),
        directory=KeepDirectory(database, geocode),
        geocode=geocode,
        demo=ShowDemo(database, secret, clock),
        sign_in=SignIn(database, Passwords(), clock, time.monotonic),
        answers=AnswerOnce(database, clock),
        hold_limit=HoldLimit(),
        caller_rates=Throttle(settings.public_rate, settings.public_burst, time.monotonic),
        readiness=Readiness(database, redis, channel, background, clock if settings.smtp_url else None),
        inbox=CaughtMails(DataDir(settings.data_dir).mail_folder),
    )

    async def refresh_journeys() -> None:
        await journeys.refresh(clock())

    async def count_unrecorded() -> None:
        UNRECORDED.set(await PingStream(redis, "web").length())

    upkeep = (
        hours.refresh,
        refresh_journeys,
        services.watch.reread,
        services.admission.close_invalid,
        count_unrecorded,
        mails.update,
        chores.update,
        MeasureArrivals(database, clock).update,
    )
    with suppress(SQLAlchemyError):  # read soon again; without them the first pings would not be held to any hours
        await hours.refresh()
    background.start("ingest", services.ingest.run)
    background.start("listen", services.watch.run)
    background.start("upkeep", partial(repeat, CHANGES_EVERY_S, *upkeep))
    background.start("learned", partial(repeat, MODEL_EVERY_S, learned.refresh))
    background.start("devices", partial(repeat, DEVICES_EVERY_S, devices.write))
    background.start("audience", partial(repeat, WRITE_EVERY_S, audience.share))
    background.start("heartbeat", partial(repeat, HEARTBEAT_EVERY_S, watch.beat, fleet.beat))
    background.start("fleet", fleet.run)
    try:
        yield services
    finally:
        await services.imports.close()
        await background.stop()
        with suppress(DatabaseAway):  # when devices were heard last is no reason not to stop
            await devices.write()
        await audience.withdraw()
        await services.change.close()
        await router.close()
        await geocode.close()
        await redis.aclose()
        await database.close()
