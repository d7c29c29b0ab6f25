"""How long the drives between the demo's places take."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx
import msgspec
import structlog

from hub.domain.geodesy import Point
from hub.store.routers.geodesic import straight

_TIMEOUT_S = 5.0
_ATTEMPTS, _PAUSE_S = 10, 0.1
"""The demo's own engine starts in the same moment; it is up after 0.1 s on an idle machine."""

log = structlog.get_logger()


class Destination(msgspec.Struct, frozen=True):
    """A place of a table."""

    distance: float
    """Metres between the place asked for and the road."""


class Table(msgspec.Struct, frozen=True):
    """OSRM's answer about the drives from each place to each place."""

    durations: list[list[float | None]]
    """Seconds; None where there is no road."""
    destinations: list[Destination]


def ask_table(engine_url: str, places: Sequence[Point], timeout_s: float = 60.0) -> Table:
    """Ask an OSRM engine. Raises httpx.HTTPError, or msgspec.MsgspecError where it is something else than OSRM."""
    path = ";".join(f"{place.lon},{place.lat}" for place in places)
    response = httpx.get(f"{engine_url}/table/v1/driving/{path}", timeout=timeout_s, trust_env=False)
    response.raise_for_status()
    return msgspec.json.decode(response.content, type=Table)


async def drive_times_s(router_url: str, places: Sequence[Point]) -> list[list[float | None]]:
    """Tell the seconds of each drive, in whole ones; guessed from the distances where no router answers."""
    table = await _table(router_url, places) if router_url else None
    if table is None:
        return await asyncio.to_thread(_guess, places)
    return [[None if drive_s is None else round(drive_s) for drive_s in row] for row in table.durations]


async def _table(router_url: str, places: Sequence[Point]) -> Table | None:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await asyncio.to_thread(ask_table, router_url, places, _TIMEOUT_S)
        except httpx.ConnectError as fault:
            if attempt == _ATTEMPTS:
                log.warning("no_table_of_drives", fault=type(fault).__name__)
        except (httpx.HTTPError, msgspec.MsgspecError) as fault:
            log.warning("no_table_of_drives", fault=type(fault).__name__)
            return None
        await asyncio.sleep(_PAUSE_S)
    return None


def _guess(places: Sequence[Point]) -> list[list[float | None]]:
    return [[round(straight(start, end).duration_s) for end in places] for start in places]
