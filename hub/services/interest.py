"""Know which visits somebody watches, in this process or another: of all others no position is published."""

from __future__ import annotations

from collections.abc import Callable, Collection

LEARNED_WITHIN_S = 10.0
"""How long it may take until what one process watches has reached the others by what it writes down."""


class Interest:
    """Errs towards watched: until this process has heard of the others, every visit is."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._here: set[str] = set()
        self._elsewhere: Collection[str] | None = None
        self._announced: dict[str, float] = {}
        """Until when a visit counts that another process has just opened."""
        self._sure_from_s = 0.0

    def in_visit(self, visit_id: str) -> bool:
        """Tell whether somebody may watch the visit."""
        elsewhere = self._elsewhere
        return elsewhere is None or visit_id in self._here or visit_id in elsewhere or visit_id in self._announced

    def opened(self, visit_id: str) -> None:
        """Note that a visit is watched in this process."""
        self._here.add(visit_id)

    def closed(self, visit_id: str) -> None:
        """Note that a visit is no longer watched in this process."""
        self._here.discard(visit_id)

    def announced(self, visit_id: str) -> None:
        """Note that a process has just begun to watch a visit."""
        self._announced[visit_id] = self._monotonic_s() + LEARNED_WITHIN_S

    def learned(self, visits: Collection[str] | None) -> None:
        """Take what the other processes watch; None where that is not known, as while the store is away."""
        now_s = self._monotonic_s()
        if visits is None:
            self._sure_from_s = now_s + LEARNED_WITHIN_S
        self._elsewhere = visits if now_s >= self._sure_from_s else None
        self._announced = {visit_id: until_s for visit_id, until_s in self._announced.items() if until_s > now_s}
