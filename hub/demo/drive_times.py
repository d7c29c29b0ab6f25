"""How long the drives between the demo's places take."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx
import msgspec

from hub.domain.geodesy import Point
from hub.store.routers.build import build_router
from hub.store.routers.geodesic import straight_table
from hub.store.routers.port import DriveTimes

_ATTEMPTS, _PAUSE_S = 10, 0.1
"""The demo's own engine starts in the same moment; it is up after 0.1 s on an idle machine."""


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


async def drive_times_s(router_url: str, places: Sequence[Point]) -> DriveTimes:
    """Tell the seconds of each drive, in whole ones; guessed from the distances where there is no road or router."""
    router = build_router(router_url)
    try:
        for _ in range(_ATTEMPTS):
            if await router.answers():
                break
            await asyncio.sleep(_PAUSE_S)
        table = await router.table(places, places) or straight_table(places, places)
    finally:
        await router.close()
    return [[None if drive_s is None else round(drive_s) for drive_s in row] for row in table]
