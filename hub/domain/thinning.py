"""Thin the track history: of points that are old enough only some are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

SPACING_S = 30
"""At most one point is kept of each half minute, by the clock."""
GAP = timedelta(minutes=5)
"""So long without a believed point parts two stretches; the ends of each are kept to the second."""


class Mark(msgspec.Struct, frozen=True):
    """What thinning needs to know of a point."""

    at: datetime
    believed: bool
    """False for a flagged one."""


def surplus(marks: Sequence[Mark]) -> list[int]:
    """Choose the points of one technician that may go, by their places in `marks`, which is in order of time.

    Kept are the first point of each half minute, a believed one where there is any, and the first and the last
    believed point of each stretch. What is left is left when it is thinned again.
    """
    keep = _ends([place for place, mark in enumerate(marks) if mark.believed], marks)
    chosen: dict[int, int] = {}
    for place, mark in enumerate(marks):
        slot = int(mark.at.timestamp()) // SPACING_S
        if slot not in chosen or (mark.believed and not marks[chosen[slot]].believed):
            chosen[slot] = place
    keep |= set(chosen.values())
    return [place for place in range(len(marks)) if place not in keep]


def _ends(believed: Sequence[int], marks: Sequence[Mark]) -> set[int]:
    ends = {believed[0], believed[-1]} if believed else set()
    for before, after in pairwise(believed):
        if marks[after].at - marks[before].at >= GAP:
            ends |= {before, after}
    return ends
