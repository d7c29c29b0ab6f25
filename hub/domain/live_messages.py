"""What watchers are told: the messages of the contract's "A visit, as its customer sees it"."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import UNSET, UnsetType

from hub.domain.booking_status import BookingStatus


class Freshness(StrEnum):
    """The age of the newest accepted ping, in words."""

    LIVE = "live"
    DELAYED = "delayed"
    LOST = "lost"


class EtaSource(StrEnum):
    """What an arrival time was computed from."""

    ROUTE = "route"
    HISTORY = "history"
    DISTANCE = "distance"


class LivePosition(msgspec.Struct, frozen=True, kw_only=True):
    """Where the technician is."""

    lat: float
    lon: float
    at: datetime
    heading_deg: float | None
    speed_mps: float | None
    accuracy_m: float | None


class Eta(msgspec.Struct, frozen=True, kw_only=True):
    """When the technician arrives: between `earliest` and `latest` with probability `confidence`."""

    at: datetime
    earliest: datetime
    latest: datetime
    confidence: float
    computed_at: datetime
    source: EtaSource


class RouteLine(msgspec.Struct, frozen=True):
    """The road to the customer."""

    polyline6: str


class Window(msgspec.Struct, frozen=True):
    """The promised window, half-open."""

    earliest: datetime
    latest: datetime


class Technician(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes."""

    name: str
    photo_url: str | None
    phone: str | None


class VisitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The booking's own facts, and what the asking link may do with it now."""

    id: str
    status: BookingStatus
    starts_at: datetime
    ends_at: datetime
    window: Window
    address: str
    lat: float
    lon: float
    service: str
    time_zone: str
    can: list[str]


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag="snapshot", tag_field="type"):
    """Everything a watcher needs, at once: the first message of every stream."""

    seq: int
    server_time: datetime
    visit: VisitFacts
    technician: Technician | None
    position: LivePosition | None
    eta: Eta | None
    stops_before: int
    route: RouteLine | None
    freshness: Freshness
    last_seen_at: datetime | None
    paused: bool | UnsetType = UNSET
    """Told only while the technician has turned sharing off."""


class PositionMessage(msgspec.Struct, frozen=True, kw_only=True, tag="position", tag_field="type"):
    """A newer position."""

    seq: int
    position: LivePosition | None
    eta: Eta | None
    freshness: Freshness
    last_seen_at: datetime | None


class EtaMessage(msgspec.Struct, frozen=True, kw_only=True, tag="eta", tag_field="type"):
    """A new arrival time without a new position."""

    seq: int
    eta: Eta | None


class FreshnessMessage(msgspec.Struct, frozen=True, kw_only=True, tag="freshness", tag_field="type"):
    """The position grew old without a ping."""

    seq: int
    freshness: Freshness
    last_seen_at: datetime | None
    position: LivePosition | None
    eta: Eta | None


class StatusMessage(msgspec.Struct, frozen=True, kw_only=True, tag="status", tag_field="type"):
    """The booking changed."""

    seq: int
    visit: VisitFacts
    technician: Technician | None
    position: LivePosition | None
    eta: Eta | None
    freshness: Freshness
    last_seen_at: datetime | None
    paused: bool | UnsetType = UNSET
    """Told only while the technician has turned sharing off."""


class RouteMessage(msgspec.Struct, frozen=True, kw_only=True, tag="route", tag_field="type"):
    """The road to the customer changed."""

    seq: int
    route: RouteLine | None


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True, tag="heartbeat", tag_field="type"):
    """Still here."""

    server_time: datetime
