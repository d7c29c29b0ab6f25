"""How long a kind of work really takes, and what to plan for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

FEWEST = 5
"""Fewer visits tell nothing (our choice)."""
TRUSTED = 10
"""With so many visits what they show counts as much as what is planned: shrinkage towards the plan when few."""
SHORTEST_S, LONGEST_S = 60.0, 12 * 3600.0
"""Shorter or longer work is a button that was pressed by mistake, or forgotten."""
ROUND_S = 300


class Worked(msgspec.Struct, frozen=True):
    """One visit that was completed."""

    began_at: datetime
    completed_at: datetime
    breaks: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def seconds(self) -> float:
        """Tell how long the work took, without the breaks."""
        rested = sum((ends - starts).total_seconds() for starts, ends in self.breaks)
        return (self.completed_at - self.began_at).total_seconds() - rested


class DurationProposal(msgspec.Struct, frozen=True, kw_only=True):
    """What to plan for a kind of work, with its evidence."""

    proposed_s: int
    samples: int
    p50_s: float
    """Half of the visits took no longer."""
    p80_s: float
    """Four of five took no longer."""


def propose_duration(worked: Iterable[Worked], planned_s: int) -> DurationProposal | None:
    """Propose a duration in whole five minutes; None from too few visits.

    It lies between the median and the 80 % quantile: with the median every other visit makes the next one late, and
    with the larger one technicians wait at most of them. Few visits move it only part of the way from the plan.
    """
    took_s = sorted(one.seconds for one in worked if SHORTEST_S <= one.seconds <= LONGEST_S)
    if len(took_s) < FEWEST:
        return None
    p50_s, p80_s = quantile(took_s, 0.5), quantile(took_s, 0.8)
    weight = len(took_s) / (len(took_s) + TRUSTED)
    wished_s = weight * (p50_s + p80_s) / 2 + (1 - weight) * planned_s
    proposed_s = max(ROUND_S, round(wished_s / ROUND_S) * ROUND_S)
    return DurationProposal(proposed_s=proposed_s, samples=len(took_s), p50_s=p50_s, p80_s=p80_s)


def quantile(ordered: Sequence[float], share: float) -> float:
    """Interpolate a quantile of numbers in order, at least one."""
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def breaks_of(changes: Iterable[tuple[str, datetime]], completed_at: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Find the breaks in the status changes of a visit: what it changed to, and when, in order."""
    found = []
    since: datetime | None = None
    for status, at in changes:
        if status == "on_break":
            since = at if since is None else since
        elif since is not None:
            found.append((since, max(since, at)))
            since = None
    if since is not None:
        found.append((since, max(since, completed_at)))
    return tuple(found)
