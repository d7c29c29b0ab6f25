"""Servers that road routers are pointed at: such as are none, and what asks them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.domain.geodesy import Point
from hub.store.routers.build import road_router
from hub.store.routers.http_router import HttpRouter

START, END = Point(60.16990, 24.93840), Point(60.17500, 24.95000)
MARKET = Point(60.16750, 24.95250)
OFF_THE_ROADS = Point(60.1600, 24.9300)


@asynccontextmanager
async def router_at(url: str, timeout_s: float = 2.0) -> AsyncIterator[HttpRouter]:
    router = road_router(url, timeout_s)
    try:
        yield router
    finally:
        await router.close()


@asynccontextmanager
async def strange_server(answer: bytes | None) -> AsyncIterator[str]:
    """Serve `answer` to everybody; None is never answering."""
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await done.wait()
        else:
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        done.set()
        server.close()
        await server.wait_closed()


def http(status: str, body: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
