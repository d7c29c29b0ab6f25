"""A geocoder over HTTP that knows some addresses, and others that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import msgspec


class GeocoderServer:
    """What was asked, and where it listens."""

    def __init__(self, places: Mapping[str, tuple[float, float]]) -> None:
        self.places = dict(places)
        self.asked: list[str] = []
        self.user_agents: list[str] = []
        self.base_url = ""

    def answer(self, target: str) -> bytes:
        """Answer as Nominatim does at `/search`, as Photon does at `/api`."""
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        address = query["q"][0]
        self.asked.append(address)
        found = self.places.get(address)
        if parts.path == "/search":
            assert query["format"] == ["jsonv2"]
            return msgspec.json.encode([{"lat": str(found[0]), "lon": str(found[1]), "type": "house"}] if found else [])
        assert parts.path == "/api"
        features = [{"type": "Feature", "geometry": {"type": "Point", "coordinates": found[::-1]}}] if found else []
        return msgspec.json.encode({"type": "FeatureCollection", "features": features})


@asynccontextmanager
async def geocoder_server(places: Mapping[str, tuple[float, float]]) -> AsyncIterator[GeocoderServer]:
    """Run a geocoder until the end of the block."""
    known = GeocoderServer(places)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        known.user_agents += [line.split(": ", 1)[1] for line in head.splitlines() if line.startswith("User-Agent")]
        content = known.answer(head.split(" ")[1])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(content), content))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    known.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield known
    finally:
        server.close()
        await server.wait_closed()
