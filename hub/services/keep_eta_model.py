"""Keep the newest model of arrivals at hand."""

from __future__ import annotations

from hub.domain.eta_model import NOTHING_LEARNED, EtaModel
from hub.store import eta_models
from hub.store.database import Database
from hub.store.eta_models import Stamp

MODEL_EVERY_S = 20.0
"""How often a process looks for a newer one; all use it within a minute."""


class KeepEtaModel:
    """One for each process; `model` costs nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stamp = Stamp(0, 0)
        self.model: EtaModel = NOTHING_LEARNED

    async def refresh(self) -> None:
        """Read the model again if it has changed."""
        async with self._database.read() as tx:
            stamp = await eta_models.stamp(tx)
            if stamp != self._stamp:
                self.model, self._stamp = await eta_models.newest(tx), stamp
