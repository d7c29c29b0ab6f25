"""Forget what is over and nobody needs: sessions, enrolment links, answers, imports, addresses, drives and more."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

from hub.clock import Clock
from hub.services.answer_once import KEPT_FOR
from hub.services.geocode import KNOWN_FOR
from hub.services.travel_matrix import KEPT_FOR as DRIVES_KEPT_FOR
from hub.store import leftovers
from hub.store.database import Database
from hub.store.leftovers import CHUNK_ROWS

AFTERWARDS = timedelta(days=30)
"""How long what is over stays, for whoever asks what has happened."""
BREATH_S = 0.02
"""Between two chunks, so that other writers get their turn on SQLite."""
MOST_CHUNKS = 100
"""Of one kind in one call; the next call goes on."""


class ForgetLeftovers:
    """Several may."""

    def __init__(self, database: Database, clock: Clock, *, keep: timedelta) -> None:
        """Keep imports and arrivals for as long as the track that they came from."""
        self._database, self._clock, self._keep = database, clock, keep

    async def work(self) -> Counter[str]:
        """Forget; answer how many rows, by what they were."""
        now, done = self._clock(), Counter[str]()
        for what, forget, before in (
            ("forgotten_sessions", leftovers.forget_sessions, now - AFTERWARDS),
            ("forgotten_enrolments", leftovers.forget_enrolments, now - AFTERWARDS),
            ("forgotten_invitations", leftovers.forget_invitations, now - AFTERWARDS),
            ("forgotten_answers", leftovers.forget_answers, now - KEPT_FOR),
            ("forgotten_imports", leftovers.forget_imports, now - self._keep),
            ("forgotten_leases", leftovers.forget_leases, now - AFTERWARDS),
            ("forgotten_addresses", leftovers.forget_addresses, now - KNOWN_FOR),
            ("forgotten_drives", leftovers.forget_drives, now - DRIVES_KEPT_FOR),
            ("forgotten_predictions", leftovers.forget_predictions, now - self._keep),
        ):
            for _ in range(MOST_CHUNKS):
                async with self._database.write() as tx:
                    gone = await forget(tx, before)
                done[what] += gone
                if gone < CHUNK_ROWS:
                    break
                await asyncio.sleep(BREATH_S)
        return done
