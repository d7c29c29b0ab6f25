"""Slot ids: signed, expiring descriptions, so that an offer needs no row and cannot be made up."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

import msgspec

from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.domain.live_messages import EtaSource
from hub.domain.slot_reasons import Reason

_MAC_BYTES = 16


class Slot(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """An offered time: what it is for, and until when the offer stands. Who comes is chosen when it is taken."""

    portal_id: str
    service_type_id: str
    visit: Interval
    window: Interval
    """The promised window."""
    place: Point
    location_id: str | None
    """Where the place is a known location."""
    offered_until: datetime


class OfferedSlot(Slot, frozen=True, array_like=True, kw_only=True):
    """A slot as it is found, with who would come as things stand; the id does not tell."""

    resource_id: str
    resource_ids: tuple[str, ...]
    """All who would come, the lead first."""
    added_travel_s: float
    """The travel that it adds to their days."""
    source: EtaSource
    """`route` where a router told all the ways that it was judged by, `distance` where one was guessed."""
    reason: Reason


_read = msgspec.json.Decoder(Slot).decode


def slot_id(slot: Slot, secret: bytes) -> str:
    """Write a slot as an id of URL-safe characters."""
    body = msgspec.json.encode(tuple(getattr(slot, name) for name in Slot.__struct_fields__))
    return _text(_mac(body, secret) + body)


def read_slot(text: str, secret: bytes, now: datetime) -> Slot | None:
    """Read an id; None for one that was not signed by us or has expired."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(body, secret)):
        return None
    slot = _read(body)
    return slot if now < slot.offered_until else None


def _mac(body: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, b"slot:" + body, hashlib.sha256).digest()[:_MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
