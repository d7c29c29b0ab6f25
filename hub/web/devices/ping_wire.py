"""Pings on the wire: what a device may send, and how it becomes a `Ping`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from hub.domain.ping import Ping, short_name


class WirePing(msgspec.Struct, frozen=True):
    """One position. −1 or null means unknown in all but the first three."""

    lat: Annotated[float, Meta(ge=-90, le=90, description="WGS 84 degrees")]
    lon: Annotated[float, Meta(ge=-180, le=180, description="WGS 84 degrees")]
    at: Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset, or Unix seconds")] | float
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    altitude_m: float | None = None
    battery: Annotated[float | None, Meta(description="charge from 0 to 1")] = None
    id: Annotated[str | None, Meta(description="the device's own name for this ping")] = None


_read_one = msgspec.json.Decoder(WirePing).decode
_read_many = msgspec.json.Decoder(list[WirePing]).decode
_read_raw = msgspec.json.Decoder(list[msgspec.Raw]).decode


class TooManyPingsError(Exception):
    """An array of more pings than one frame or request may hold."""


def read_pings(text: bytes | str, limit: int) -> list[Ping | None]:
    """Read one ping or an array; None stands for a malformed one in an array.

    Raises `msgspec.ValidationError` for a malformed single ping, `msgspec.DecodeError` or `RecursionError`
    for what is no JSON, `TooManyPingsError` beyond `limit`.
    """
    stripped = text.lstrip()
    if stripped[:1] not in ("[", b"["):
        return [to_ping(_read_one(text))]
    try:
        wires: list[WirePing | None] = [*_read_many(text)]
    except msgspec.ValidationError:
        raws = _read_raw(text)
        _refuse_too_many(raws, limit)  # reading them one by one takes longest
        wires = [_or_none(raw) for raw in raws]
    _refuse_too_many(wires, limit)
    return [_ping_or_none(wire) for wire in wires]


def to_ping(wire: WirePing) -> Ping:
    """Turn a wire ping into a ping; raises `msgspec.ValidationError` for a moment outside the calendar."""
    return Ping(
        lat=wire.lat,
        lon=wire.lon,
        at=_moment(wire.at),
        accuracy_m=_known(wire.accuracy_m),
        speed_mps=_known(wire.speed_mps),
        heading_deg=_known(wire.heading_deg, at_most=360.0),
        altitude_m=None if wire.altitude_m == -1 else wire.altitude_m,
        battery=_known(wire.battery, at_most=1.0),
        id=None if wire.id is None else short_name(wire.id),
    )


def _refuse_too_many(found: Sequence[object], limit: int) -> None:
    if len(found) > limit:
        raise TooManyPingsError


def _moment(at: datetime | float) -> datetime:
    try:
        return at.astimezone(UTC) if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        raise msgspec.ValidationError("Expected a moment of the calendar - at `$.at`") from None


def _known(value: float | None, at_most: float = float("inf")) -> float | None:
    return value if value is not None and 0 <= value <= at_most else None


def _or_none(raw: msgspec.Raw) -> WirePing | None:
    try:
        return _read_one(raw)
    except (msgspec.ValidationError, RecursionError):
        return None


def _ping_or_none(wire: WirePing | None) -> Ping | None:
    try:
        return None if wire is None else to_ping(wire)
    except msgspec.ValidationError:
        return None
