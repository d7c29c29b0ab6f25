"""Read the operator's map style to learn which places it has browsers ask."""

from __future__ import annotations

import asyncio
from collections.abc import Set

import httpx
import msgspec
import structlog

from hub.domain.map_style import MOST_ORIGINS, origin_of, style_origins, tile_jsons

TIMEOUT_S, WITHIN_S = 3.0, 10.0
"""How long one step, and one document, may take."""
LARGEST_BYTES = 4 * 1024 * 1024
MOST_DESCRIPTIONS = 20

log = structlog.get_logger()


class StyleUnreadable(Exception):
    """The style does not come, or is none."""


async def read_origins(url: str) -> Set[str]:
    """Name the origins that the style at `url` uses, its own and those it was moved to among them.

    Raises `StyleUnreadable`. A description of tiles that cannot be read is left out with a warning.
    """
    async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=True, max_redirects=5) as client:
        style, origins = await _read(client, url)
        for address in tile_jsons(style, url)[:MOST_DESCRIPTIONS]:
            try:
                described, more = await _read(client, address)
                origins |= more | style_origins(described, address)
            except StyleUnreadable as fault:
                log.warning("tiles of the map style not described", fault=str(fault))
        return frozenset(sorted(origins | style_origins(style, url))[:MOST_ORIGINS])


async def _read(client: httpx.AsyncClient, url: str) -> tuple[object, set[str]]:
    """Read a JSON document, and name the origins that were asked for it."""
    try:
        async with (
            asyncio.timeout(WITHIN_S),
            client.stream("GET", url, headers={"Accept": "application/json"}) as response,
        ):
            response.raise_for_status()
            asked = {origin_of(str(one.url)) for one in (*response.history, response)}
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_BYTES:
                    raise StyleUnreadable(f"{origin_of(url)} answers more than {LARGEST_BYTES} bytes")
        return msgspec.json.decode(bytes(body)), {origin for origin in asked if origin}
    except (httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError, ValueError, TimeoutError, RecursionError) as error:
        raise StyleUnreadable(f"{origin_of(url)}: {type(error).__name__}") from None
