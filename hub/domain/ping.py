"""One report of a device's position, and what may become of it."""

from __future__ import annotations

import hashlib
import struct
from datetime import datetime
from enum import StrEnum

import msgspec
from xxhash import xxh3_64_hexdigest

from hub.domain.geodesy import Point


class Ping(msgspec.Struct, frozen=True, kw_only=True):
    """A position as a device reports it; None is unknown."""

    lat: float
    lon: float
    at: datetime
    """When the position was taken, by the device's clock."""
    accuracy_m: float | None = None
    """Radius that holds the true place with about 68 %."""
    speed_mps: float | None = None
    heading_deg: float | None = None
    altitude_m: float | None = None
    battery: float | None = None
    """Charge from 0 to 1."""
    id: str | None = None
    """The device's own name for this ping."""
    mock: bool = False
    """Whether the phone says that an app made the position up; noted, never a reason to drop it."""

    @property
    def place(self) -> Point:
        """Tell where the ping lies."""
        return Point(self.lat, self.lon)


class Verdict(StrEnum):
    """What becomes of a ping. Every verdict is final: the device may forget the ping."""

    ACCEPTED = "accepted"
    LATE = "late"
    DUPLICATE = "duplicate"
    FLAGGED = "flagged"
    REJECTED = "rejected"


class Reason(StrEnum):
    """Why a ping is not simply accepted."""

    MALFORMED = "malformed"
    NULL_ISLAND = "null_island"
    FUTURE = "future"
    ANCIENT = "ancient"
    OFF_HOURS = "off_hours"
    INACCURATE = "inaccurate"
    TELEPORT = "teleport"


KEPT = frozenset({Verdict.ACCEPTED, Verdict.LATE, Verdict.FLAGGED})
"""Verdicts whose pings go into the history."""
_PLACE, _NAME = 1, 2
"""Seeds that keep the two kinds of keys apart."""
LONGEST_NAME = 64
"""Characters of a device's own name for a ping that are kept: a UUID has 36."""


def short_name(name: str) -> str:
    """Keep a device's name for a ping as it is, or put its hash in place of one that is too long to keep.

    Names are kept beside each ping, and nothing says how long a device may make them.
    """
    return name if len(name) <= LONGEST_NAME else hashlib.blake2b(name.encode(), digest_size=32).hexdigest()


def ping_keys(ping: Ping) -> tuple[str, ...]:
    """Name a ping among its device's: two pings that share a key are the same one, sent twice.

    64 bits each, as 16 hexadecimal digits: a stranger among a device's last 10,000 pings collides with
    probability 1e-15. XXH3 resists no attacker, and need not: who forges a collision hides a ping of their own.
    """
    key = xxh3_64_hexdigest(_place(ping), _PLACE)
    return (key,) if ping.id is None else (key, xxh3_64_hexdigest(ping.id.encode(), _NAME))


def history_key(ping: Ping) -> bytes:
    """Name a ping in the track history, for ever: 16 bytes made from its time and place."""
    return hashlib.blake2b(_place(ping), digest_size=16, person=b"history").digest()


def _place(ping: Ping) -> bytes:
    return struct.pack("<ddd", ping.at.timestamp(), ping.lat, ping.lon)
