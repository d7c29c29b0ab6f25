"""Geocoders over HTTP: two interfaces, and servers that misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hub.domain.geodesy import Point
from hub.store.geocoders.geocoder_url import geocoder_url
from hub.store.geocoders.http_geocoder import LARGEST_ANSWER, HttpGeocoder
from hub.store.geocoders.port import NoPlace
from tests.integration.store.geocoders.geocoder_server import geocoder_server
from tests.integration.store.routers.servers import http, strange_server

HOME = "Kotikatu 1, Helsinki"


@asynccontextmanager
async def geocoder_at(url: str, timeout_s: float = 4.0) -> AsyncIterator[HttpGeocoder]:
    geocoder = HttpGeocoder(geocoder_url(url), timeout_s)
    try:
        yield geocoder
    finally:
        await geocoder.close()


@pytest.mark.parametrize("interface", ["", "nominatim+", "photon+"])
async def test_an_address_has_a_place_or_is_unknown(interface: str) -> None:
    async with (
        geocoder_server({HOME: (60.17, 24.94)}) as server,
        geocoder_at(f"{interface}{server.base_url}/") as geocoder,
    ):
        assert await geocoder.find(HOME) == Point(60.17, 24.94)
        assert await geocoder.find("Nowhere & nothing=1") is NoPlace.UNKNOWN

    assert server.asked == [HOME, "Nowhere & nothing=1"]
    assert all(agent.startswith("Enroute/") for agent in server.user_agents)


@pytest.mark.parametrize("interface", ["nominatim+", "photon+"])
@pytest.mark.parametrize(
    "answer",
    [
        http("500 Internal Server Error", "[]"),
        http("301 Moved Permanently", "[]"),
        http("200 OK", "<html>"),
        http("200 OK", "null"),
        http("200 OK", '{"features": [{"geometry": {"coordinates": [1]}}]}'),
        http("200 OK", '{"features": [{"geometry": {"coordinates": [999, 999]}}]}'),
        http("200 OK", '[{"lat": "north", "lon": "1"}]'),
        http("200 OK", '[{"lat": "nan", "lon": "1"}]'),
        http("200 OK", '[{"lat": "91", "lon": "1"}]'),
        http("200 OK", "[" * 100_000),
        http("200 OK", " " * (LARGEST_ANSWER + 1)),
        b"",
        b"not http at all\r\n\r\n",
    ],
)
async def test_a_server_that_answers_rubbish_counts_as_down(interface: str, answer: bytes) -> None:
    async with strange_server(answer) as url, geocoder_at(interface + url) as geocoder:
        assert await geocoder.find(HOME) is NoPlace.DOWN


async def test_nobody_waits_for_a_server_that_does_not_answer() -> None:
    async with strange_server(None) as url, geocoder_at(url, timeout_s=0.1) as geocoder:
        assert await geocoder.find(HOME) is NoPlace.DOWN
    async with geocoder_at(url) as geocoder:
        assert await geocoder.find(HOME) is NoPlace.DOWN
