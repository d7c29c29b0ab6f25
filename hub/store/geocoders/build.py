"""Choose the geocoder that the settings ask for."""

from __future__ import annotations

from hub.store.geocoders.geocoder_url import geocoder_url
from hub.store.geocoders.http_geocoder import HttpGeocoder
from hub.store.geocoders.port import Geocoder


def build_geocoder(url: str) -> Geocoder | None:
    """Build the geocoder at `url`, None without one."""
    return HttpGeocoder(geocoder_url(url)) if url else None
