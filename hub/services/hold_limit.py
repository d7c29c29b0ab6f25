"""Limit how many holds somebody without a key may have at once."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime

from hub.services.hold_slot import Held
from hub.services.outcomes import SlotTaken

MOST_REMEMBERED = 50_000


class HoldLimit:
    """How many holds one address may have at once without a key, so that nobody closes a whole calendar."""

    MOST = 3

    def __init__(self) -> None:
        self._until: dict[str, list[datetime]] = {}

    def allows(self, address: str, now: datetime) -> bool:
        """Tell whether one more hold is allowed."""
        live = [until for until in self._until.pop(address, []) if until > now]
        if live:
            self._until[address] = live
        return len(live) < self.MOST

    def count(self, address: str, until: datetime) -> None:
        """Count a hold, until it expires; the addresses that held first are forgotten beyond many."""
        self._until.setdefault(address, []).append(until)
        if len(self._until) > MOST_REMEMBERED:
            del self._until[next(iter(self._until))]

    async def counted(self, address: str, until: datetime, making: Awaitable[Held | SlotTaken]) -> Held | SlotTaken:
        """Count a hold from before it is made, unless none is: whoever asks for many at once gets no more."""
        self.count(address, until)
        made: Held | SlotTaken | None = None
        try:
            made = await making
            return made
        finally:
            if not isinstance(made, Held):
                self.change(address, until, None)

    def change(self, address: str, was: datetime, until: datetime | None) -> None:
        """Count a hold that was extended for longer, and one that was given up (None) no more."""
        live = self._until.get(address, [])
        if was in live:
            live.remove(was)
            live.extend([until] if until else [])
