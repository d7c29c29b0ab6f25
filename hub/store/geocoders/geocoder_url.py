"""Read `HUB_GEOCODER_URL`."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import urlsplit

import msgspec


class Interface(StrEnum):
    """Whose interface a geocoder speaks."""

    NOMINATIM = "nominatim"
    PHOTON = "photon"


class GeocoderUrl(msgspec.Struct, frozen=True):
    """Where the geocoder is, and how to speak to it."""

    interface: Interface
    base_url: str


def geocoder_url(url: str) -> GeocoderUrl:
    """Read `nominatim+http://…`, `photon+https://…` or a plain `http://…`, which is Nominatim's. Raises ValueError."""
    named, plus, transport = url.partition("://")[0].partition("+")
    base_url = url.removeprefix(f"{named}+") if plus else url
    try:
        interface = Interface(named) if plus else Interface.NOMINATIM
        parts = urlsplit(base_url)
        is_web = (transport if plus else named) in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # raises where it is no number
    except ValueError:
        is_web = False
    if not is_web:
        raise ValueError("expected http://… or https://…, with nominatim+ or photon+ before it")
    return GeocoderUrl(interface, base_url.rstrip("/"))
