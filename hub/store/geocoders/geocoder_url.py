"""Read `HUB_GEOCODER_URL`."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from hub.store.interface_url import interface_url


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
    interface, base_url = interface_url(url, Interface.NOMINATIM)
    return GeocoderUrl(interface, base_url.rstrip("/"))
