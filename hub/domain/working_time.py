"""Working time: stretches of a day in which somebody works, with breaks between that stop whoever drives."""

from __future__ import annotations

import math
from collections.abc import Sequence

Stretch = tuple[float, float]
"""From a second until just before another one."""


def worked_after(work: Sequence[Stretch], from_s: float, for_s: float) -> float:
    """Tell when so much working time has passed since `from_s`; infinite where the last stretch ends before.

    A drive that a break interrupts goes on after it. The stretches are in order and apart from each other.
    """
    for begins_s, ends_s in work:
        since_s = begins_s if from_s < begins_s else from_s
        if since_s + for_s <= ends_s:
            return since_s + for_s
        if since_s < ends_s:
            for_s -= ends_s - since_s
    return math.inf


def worked_before(work: Sequence[Stretch], until_s: float, for_s: float) -> float:
    """Tell since when so much working time passes until `until_s`; minus infinity where the first stretch is later."""
    for begins_s, ends_s in reversed(work):
        till_s = ends_s if until_s > ends_s else until_s
        if till_s - for_s >= begins_s:
            return till_s - for_s
        if till_s > begins_s:
            for_s -= till_s - begins_s
    return -math.inf


def earliest_whole(work: Sequence[Stretch], from_s: float, for_s: float) -> float:
    """Tell the first moment from `from_s` on at which so long a stay is not interrupted; infinite without any."""
    for begins_s, ends_s in work:
        since_s = begins_s if from_s < begins_s else from_s
        if since_s + for_s <= ends_s:
            return since_s
    return math.inf


def latest_whole(work: Sequence[Stretch], until_s: float, for_s: float) -> float:
    """Tell the last moment up to `until_s` at which so long a stay can begin; minus infinity without any."""
    for begins_s, ends_s in reversed(work):
        since_s = min(until_s, ends_s - for_s)
        if since_s >= begins_s:
            return since_s
    return -math.inf
