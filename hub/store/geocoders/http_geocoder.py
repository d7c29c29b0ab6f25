"""Geocoders over HTTP: Nominatim's `/search` and Photon's `/api`."""

from __future__ import annotations

import asyncio
import math
from importlib.metadata import version
from typing import Annotated

import httpx
import msgspec
import structlog
from msgspec import Meta

from hub.domain.geodesy import Point
from hub.store.geocoders.geocoder_url import GeocoderUrl, Interface
from hub.store.geocoders.port import NoPlace

TIMEOUT_S = 4.0
"""Somebody waits for the answer; public servers take about one second."""
LARGEST_ANSWER = 256 * 1024
"""Bytes; one place takes a few hundred."""
USER_AGENT = f"Enroute/{version('enroute')}"
"""Public servers ask to be told who calls."""
_FAULTS = (httpx.HTTPError, httpx.InvalidURL, TimeoutError, msgspec.MsgspecError, ValueError, RecursionError)

log = structlog.get_logger()


class NominatimPlace(msgspec.Struct, frozen=True):
    """What Nominatim says of a place: degrees as text."""

    lat: str
    lon: str


class PhotonGeometry(msgspec.Struct, frozen=True):
    """Longitude and latitude."""

    coordinates: Annotated[list[float], Meta(min_length=2)]


class PhotonFeature(msgspec.Struct, frozen=True):
    """What Photon says of a place."""

    geometry: PhotonGeometry


class PhotonAnswer(msgspec.Struct, frozen=True):
    """Places, best first."""

    features: list[PhotonFeature]


class HttpGeocoder:
    """A geocoder. One for the whole process."""

    def __init__(self, where: GeocoderUrl, timeout_s: float = TIMEOUT_S) -> None:
        """Connect later, when first asked."""
        self._where, self._timeout_s = where, timeout_s
        self._http = httpx.AsyncClient(
            timeout=timeout_s,
            headers={"User-Agent": USER_AGENT},
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=1, keepalive_expiry=4.0),
            trust_env=False,  # only the hub's own settings say what it connects to
        )

    async def find(self, address: str) -> Point | NoPlace:
        """Ask for the best match. Logs a warning without the address where nobody answers properly."""
        try:
            return self._read(await self._ask(address))
        except _FAULTS as fault:
            log.warning("geocoder_down", fault=type(fault).__name__)
            return NoPlace.DOWN

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._http.aclose()

    async def _ask(self, address: str) -> bytes:
        if self._where.interface is Interface.PHOTON:
            url, query = f"{self._where.base_url}/api", {"q": address, "limit": "1"}
        else:
            url, query = f"{self._where.base_url}/search", {"q": address, "format": "jsonv2", "limit": "1"}
        content = bytearray()
        async with asyncio.timeout(self._timeout_s), self._http.stream("GET", url, params=query) as response:
            response.raise_for_status()  # also where it leads elsewhere
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > LARGEST_ANSWER:
                    raise ValueError("an answer too large for a geocoder")
        return bytes(content)

    def _read(self, content: bytes) -> Point | NoPlace:
        if self._where.interface is Interface.PHOTON:
            features = msgspec.json.decode(content, type=PhotonAnswer).features
            found = [(feature.geometry.coordinates[1], feature.geometry.coordinates[0]) for feature in features]
        else:
            found = [
                (float(one.lat), float(one.lon)) for one in msgspec.json.decode(content, type=list[NominatimPlace])
            ]
        if not found:
            return NoPlace.UNKNOWN
        lat, lon = found[0]
        if not (math.isfinite(lat) and abs(lat) <= 90 and abs(lon) <= 180):
            raise ValueError("outside the Earth")
        return Point(lat, lon)
