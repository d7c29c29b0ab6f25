"""Grade arrival estimates against what really happened.

The bands are those of TransitApp's ETA Accuracy Benchmark (reference "ETA accuracy"). An error is the actual arrival
minus the predicted one: positive when somebody came later than promised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import mean, median

import msgspec

BANDS = ((0, 3, 30, 90), (3, 6, 60, 150), (6, 10, 60, 210), (10, 15, 90, 270))
"""Minutes to the actual arrival, from and to, then how many seconds early and late still count as right."""


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """An estimate, and when the technician really arrived."""

    trip: str
    computed_at: datetime
    predicted_at: datetime
    earliest: datetime | None = None
    latest: datetime | None = None
    arrived_at: datetime

    @property
    def error_s(self) -> float:
        """Tell by how many seconds the arrival was later than predicted."""
        return (self.arrived_at - self.predicted_at).total_seconds()


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of some estimates; None where there is nothing to tell it from."""

    trips: int
    estimates: int
    mae_s: float
    """Mean of the errors' sizes."""
    median_s: float
    p90_s: float
    bias_s: float
    """Mean of the errors: positive when arrivals came later than promised."""
    bands: dict[str, float | None]
    """Share inside each band, by its minutes, as `0-3`."""
    band_overall: float | None
    """Plain mean of the four bands; None unless there is something in each."""
    jitter_s: float | None
    """How far the predicted moment moves from one estimate of a trip to the next, on average."""
    coverage: float | None
    """Share of the ranges that held the arrival."""
    width_s: float | None
    """Mean width of the ranges."""
    constant_width_s: float | None
    """The narrowest width, the same for all estimates, evenly about each, that would have held as many."""


def score(estimates: Iterable[Scored]) -> Score | None:
    """Grade the estimates made before the arrival; None where there are none."""
    usable = [one for one in estimates if one.computed_at < one.arrived_at]
    if not usable:
        return None
    errors = [one.error_s for one in usable]
    sizes = sorted(abs(error) for error in errors)
    bands = _bands(usable)
    shares = [share for share in bands.values() if share is not None]
    coverage, width_s = _ranges(usable)
    return Score(
        trips=len({one.trip for one in usable}),
        estimates=len(usable),
        mae_s=mean(sizes),
        median_s=median(sizes),
        p90_s=sizes[int(0.9 * len(sizes))],
        bias_s=mean(errors),
        bands=bands,
        band_overall=mean(shares) if len(shares) == len(BANDS) else None,
        jitter_s=_jitter_s(usable),
        coverage=coverage,
        width_s=width_s,
        constant_width_s=None if coverage is None else _constant_width_s(sizes, coverage),
    )


def _bands(estimates: Sequence[Scored]) -> dict[str, float | None]:
    inside: dict[str, list[bool]] = {f"{band[0]}-{band[1]}": [] for band in BANDS}
    for one in estimates:
        left_min = (one.arrived_at - one.computed_at).total_seconds() / 60
        for soonest, furthest, early_s, late_s in BANDS:
            if soonest <= left_min < furthest:
                inside[f"{soonest}-{furthest}"].append(-early_s <= one.error_s <= late_s)
    return {name: mean(hits) if hits else None for name, hits in inside.items()}


def _jitter_s(estimates: Sequence[Scored]) -> float | None:
    by_trip = defaultdict(list)
    for one in sorted(estimates, key=lambda one: one.computed_at):
        by_trip[one.trip].append(one.predicted_at)
    moves = [abs((b - a).total_seconds()) for moments in by_trip.values() for a, b in pairwise(moments)]
    return mean(moves) if moves else None


def _ranges(estimates: Sequence[Scored]) -> tuple[float | None, float | None]:
    ranged = [(one, one.earliest, one.latest) for one in estimates if one.earliest and one.latest]
    if not ranged:
        return None, None
    held = mean(earliest <= one.arrived_at <= latest for one, earliest, latest in ranged)
    return held, mean((latest - earliest).total_seconds() for _, earliest, latest in ranged)


def _constant_width_s(sizes: Sequence[float], coverage: float) -> float:
    held = round(coverage * len(sizes))
    return 2 * sizes[held - 1] if held else 0.0
