"""All services of a web process, as the web layer sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from hub.clock import Clock
from hub.services.admission import Admission
from hub.services.answer_once import AnswerOnce
from hub.services.audience import Audience
from hub.services.change_visit import ChangeVisit
from hub.services.geocode import Geocode
from hub.services.hear_devices import HearDevices
from hub.services.hold_limit import HoldLimit
from hub.services.import_track import ImportTracks
from hub.services.ingest_pings import IngestPings
from hub.services.keep_directory import KeepDirectory
from hub.services.keep_hours import KeepHours
from hub.services.readiness import Readiness
from hub.services.show_demo import ShowDemo
from hub.services.sign_in import SignIn
from hub.services.tell_silence import TellSilence
from hub.services.throttle import Throttle
from hub.services.travel_matrix import TravelMatrix
from hub.services.wake_phones import WakePhones
from hub.services.watch_fleet import WatchFleet
from hub.services.watch_visit import WatchVisit
from hub.settings import Settings
from hub.store.caught_mails import CaughtMails
from hub.store.database import Database
from hub.store.live_positions import LivePositions


@dataclass(frozen=True)
class Services:
    """Built once by `hub.wiring`; tests pass their own."""

    settings: Settings
    clock: Clock
    database: Database
    admission: Admission
    rates: Throttle
    """How fast each device may send."""
    ingest: IngestPings
    devices: HearDevices
    silence: TellSilence
    positions: LivePositions
    imports: ImportTracks
    hours: KeepHours
    watch: WatchVisit
    fleet: WatchFleet
    audience: Audience
    wake: WakePhones
    change: ChangeVisit
    roads: TravelMatrix
    """What drives take that decide which times are offered."""
    directory: KeepDirectory
    geocode: Geocode
    """Where an address is."""
    readiness: Readiness
    inbox: CaughtMails
    demo: ShowDemo
    sign_in: SignIn
    answers: AnswerOnce
    caller_rates: Throttle
    """How fast each address may ask without a key."""
    hold_limit: HoldLimit


class State(TypedDict):
    """What the lifespan hands to every request."""

    services: Services
