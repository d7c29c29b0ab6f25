"""Tell how many look at a technician's journey, over all web processes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import structlog
from redis.exceptions import RedisError

from hub.services.follow_journeys import Journeys
from hub.services.interest import Interest
from hub.services.watch_visit import WatchVisit
from hub.store.audience_counts import AudienceCounts

WRITE_EVERY_S = 3.0
"""How late the other processes learn who looks, well within `AudienceCounts`' expiry."""

log = structlog.get_logger()


class Audience:
    """This process's watchers are counted as they are now, those of the others as they last wrote."""

    def __init__(self, counts: AudienceCounts, watch: WatchVisit, journeys: Journeys, interest: Interest) -> None:
        self._counts, self._watch, self._journeys, self._interest = counts, watch, journeys, interest
        self._others: Sequence[str] = ()

    async def of_resource(self, resource_id: str) -> int:
        """Count the open live maps of the visit that a technician travels to now; 0 where they travel nowhere."""
        visits = self._journeys.traveled_to(resource_id)
        return sum([await self.of_visit(visit_id) for visit_id in visits])

    async def of_visit(self, visit_id: str) -> int:
        """Count the open live maps of a visit; while the store is away only this process's."""
        own = self._watch.watchers_of(visit_id)
        if not self._others:
            return own
        try:
            return own + await self._counts.of_visit(visit_id, self._others)
        except (RedisError, OSError) as fault:
            log.warning("audience of other processes not known", fault=str(fault))
            return own

    async def share(self) -> None:
        """Write this process's counts, and learn which other processes there are, and what they watch."""
        try:
            await self._counts.write(self._watch.watchers())
            self._others = await self._counts.others()
            self._interest.learned(await self._counts.visits_of(self._others))
        except (RedisError, OSError):
            self._others = ()  # no page shall wait for a store that is away
            self._interest.learned(None)
            raise

    async def withdraw(self) -> None:
        """Take this process's counts back before it ends."""
        with suppress(RedisError, OSError):  # they expire by themselves
            await self._counts.write({})
