"""Tell for `/metrics` how good arrivals were, as the workers have graded them."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.clock import Clock
from hub.domain.eta_score import Score
from hub.services.measures import ARRIVAL_SCORE, ARRIVAL_TRIPS
from hub.store.database import Database
from hub.store.eta_scores import ScoreRow, all_scores

LOOK_EVERY = timedelta(seconds=60)
"""Grades are made anew every ten minutes."""
FIGURES = ("mae_s", "p90_s", "bias_s", "band_overall", "coverage", "width_s", "jitter_s")


class MeasureArrivals:
    """Reads what all web processes tell alike."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._look_at: datetime | None = None

    async def update(self) -> None:
        """Read the grades, once a minute. Raises what the database raises."""
        now = self._clock()
        if self._look_at is not None and now < self._look_at:
            return
        async with self._database.read() as tx:
            found = await all_scores(tx)
        self._look_at = now + LOOK_EVERY
        ARRIVAL_SCORE.clear()
        ARRIVAL_TRIPS.clear()
        for row in found:
            _tell(row, row.figures)


def _tell(row: ScoreRow, figures: Score) -> None:
    labels = (row.portal_id, row.resource_id, str(row.days))
    ARRIVAL_TRIPS.labels(*labels).set(figures.trips)
    for name in FIGURES:
        if (value := getattr(figures, name)) is not None:
            ARRIVAL_SCORE.labels(*labels, name.removesuffix("_s")).set(value)
