"""What road routers over HTTP have in common: pooled connections, time limits, tables in pieces."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TypeVar

import httpx
import msgspec
import structlog

from hub.domain.geodesy import Point
from hub.domain.routing import Route
from hub.store.routers.osrm_answers import read_route, read_table
from hub.store.routers.port import DriveTimes, NoAnswer

TIMEOUT_S = 2.0
"""A route later than this is of no use to somebody who watches: distance is told until the next try."""
PLACES_PER_SIDE = 50
"""Of a table that is asked for at once: OSRM takes 100 places by default, Valhalla 2,500 pairs."""
LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes that are read of an answer, as it is after unpacking: a drive across a continent takes a tenth of it."""
_FAULTS = (
    httpx.HTTPError,
    httpx.InvalidURL,
    TimeoutError,
    msgspec.MsgspecError,
    ValueError,
    IndexError,
    RecursionError,
)

T = TypeVar("T")
log = structlog.get_logger()


class HttpRouter(ABC):
    """A road router. One for the whole process; its connections are pooled."""

    def __init__(self, base_url: str, timeout_s: float = TIMEOUT_S) -> None:
        """Connect later, when first asked. Paths of requests are added to `base_url`."""
        self._timeout_s = timeout_s
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=timeout_s,
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=4.0),
            trust_env=False,  # only the hub's own settings say what it connects to
        )

    @abstractmethod
    def _route_request(self, places: Sequence[Point]) -> httpx.Request: ...

    @abstractmethod
    def _table_request(self, starts: Sequence[Point], ends: Sequence[Point]) -> httpx.Request: ...

    @abstractmethod
    def _greeting(self) -> httpx.Request: ...

    @abstractmethod
    def _is_greeting(self, response: httpx.Response) -> bool: ...

    async def route(self, start: Point, end: Point, via: Sequence[Point] = ()) -> Route | None:
        """Find the fastest way that passes `via` in order; None where there is none or nobody answers."""
        answer = await self.ask(start, end, via)
        return answer if isinstance(answer, Route) else None

    async def ask(self, start: Point, end: Point, via: Sequence[Point] = ()) -> Route | NoAnswer:
        """Find the fastest way, or tell why there is none. Logs one warning when there is none."""
        places = [start, *via, end]
        return await self._ask(self._route_request(places), lambda response: read_route(response, len(places), via))

    async def table(self, starts: Sequence[Point], ends: Sequence[Point]) -> DriveTimes | None:
        """Tell how long the drives from each start to each end take; None where nobody answers."""
        answer = await self.ask_table(starts, ends)
        return None if isinstance(answer, NoAnswer) else answer

    async def ask_table(self, starts: Sequence[Point], ends: Sequence[Point]) -> DriveTimes | NoAnswer:
        """Tell how long the drives take, or why that is not known: one request for each 50 by 50 places."""
        rows: DriveTimes = []
        for some_starts in _pieces(starts):
            more: DriveTimes = [[] for _ in some_starts]
            for some_ends in _pieces(ends):
                answer = await self._ask_piece(some_starts, some_ends)
                if isinstance(answer, NoAnswer):
                    return answer
                more = [row + found for row, found in zip(more, answer, strict=True)]
            rows += more
        return rows

    async def answers(self) -> bool:
        """Tell whether the server answers in its own way."""
        try:
            return self._is_greeting(await self._send(self._greeting()))
        except _FAULTS:
            return False

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._http.aclose()

    async def _ask_piece(self, starts: Sequence[Point], ends: Sequence[Point]) -> DriveTimes | NoAnswer:
        request = self._table_request(starts, ends)
        return await self._ask(request, lambda response: read_table(response, len(starts), len(ends)))

    async def _ask(self, request: httpx.Request, read: Callable[[httpx.Response], T | NoAnswer]) -> T | NoAnswer:
        try:
            response = await self._send(request)
            answer = read(response)
        except _FAULTS as fault:
            log.warning("router_down", fault=type(fault).__name__, detail=str(fault)[:200])
            return NoAnswer.DOWN
        if answer is NoAnswer.NO_ROAD:
            log.warning("no_road", status=response.status_code)
        return answer

    async def _send(self, request: httpx.Request) -> httpx.Response:
        async with asyncio.timeout(self._timeout_s):  # httpx limits each read, not all of them together
            response = await self._http.send(request, stream=True)
            try:
                return httpx.Response(response.status_code, content=await _content(response))
            finally:
                await response.aclose()


async def _content(response: httpx.Response) -> bytes:
    """Read an answer; raises ValueError where it is larger than any road."""
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > LARGEST_ANSWER:
            raise ValueError("an answer too large for a router")
    return bytes(content)


def _pieces(places: Sequence[Point]) -> list[Sequence[Point]]:
    return [places[start : start + PLACES_PER_SIDE] for start in range(0, len(places), PLACES_PER_SIDE)]
