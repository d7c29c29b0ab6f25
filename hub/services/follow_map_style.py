"""Know which places the operator's map style uses: read at the start, and again now and then, since styles change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager

import structlog

from hub.domain.map_style import origin_of
from hub.store.map_style import StyleUnreadable, read_origins

AGAIN_S, RETRY_S = 3_600.0, 30.0
START_WITHIN_S = 4.0
"""How long a start waits for the first reading: pages that come before it allow only the style's own origin."""

log = structlog.get_logger()


class MapStyle:
    """The origins of one style; its own from the start, the others once it was read."""

    def __init__(self, url: str) -> None:
        """Follow the style at `url`; an empty one uses nothing."""
        self._url = url
        own = origin_of(url)
        self.origins: Set[str] = frozenset({own} if own else ())

    async def read(self) -> bool:
        """Read the style; tell whether that worked. One that does not come leaves what was known."""
        try:
            self.origins = self.origins | await read_origins(self._url)
        except StyleUnreadable as fault:
            log.warning("map style not read; its pages may miss tiles", fault=str(fault))
            return False
        return True

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """Read it, and go on reading until the end of the block."""
        if not self._url:
            yield
            return
        first = asyncio.create_task(self.read())
        await asyncio.wait([first], timeout=START_WITHIN_S)
        going_on = asyncio.create_task(self._go_on(first))
        try:
            yield
        finally:
            for task in (first, going_on):
                task.cancel()
            await asyncio.gather(first, going_on, return_exceptions=True)

    async def _go_on(self, first: asyncio.Task[bool]) -> None:
        worked = await first
        while True:
            await asyncio.sleep(AGAIN_S if worked else RETRY_S)
            worked = await self.read()
