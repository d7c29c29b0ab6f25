"""Follow somebody along a route: never backwards by noise, and off it only when several fixes say so."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.domain.geodesy import Point
from hub.domain.live_messages import EtaSource
from hub.domain.ping_filter import UNKNOWN_ACCURACY_M
from hub.domain.route_progress import PreparedRoute, Progress

LEAVING_FIXES = 3
"""So many fixes in a row off the route, or back along it, mean that it was left; one or two may be bad ones."""


class Following(msgspec.Struct, frozen=True):
    """How far somebody has come along one route."""

    progress: Progress
    """The farthest place that was reached: it never moves back."""
    at: datetime
    """When the newest fix was taken."""
    noise_m: float
    """How far from the truth the fix may have been that showed the place."""
    astray: int = 0
    """How many fixes in a row did not fit the route."""

    @property
    def has_left(self) -> bool:
        """Tell whether the route no longer leads where they go."""
        return self.astray >= LEAVING_FIXES


def follow(
    route: PreparedRoute, last: Following | None, position: Point, accuracy_m: float | None, at: datetime
) -> Following:
    """Take the next fix; one that is not newer changes nothing, since pings may be judged more than once.

    Two fixes may be wrong in opposite directions, so somebody seems to go back by as much as both are inaccurate.
    Farther back means that they turned around: three such fixes, like three off the route, call for another one.
    """
    noise_m = UNKNOWN_ACCURACY_M if accuracy_m is None else accuracy_m
    if route.route.source is EtaSource.DISTANCE:
        return Following(route.toward(position), at, noise_m)
    if last is None:
        progress = route.project_on(position, 0.0)
        return Following(progress, at, noise_m, int(progress.is_off))
    if at <= last.at:
        return last
    reached_m, slack_m = route.along_m(last.progress), noise_m + last.noise_m
    found = route.project_on(position, reached_m - slack_m, nearby_only=last.has_left)
    ahead_m = route.along_m(found) - reached_m
    if found.is_off or ahead_m < -slack_m:
        return Following(last.progress, at, last.noise_m, last.astray + 1)
    return Following(found, at, noise_m) if ahead_m >= 0 else Following(last.progress, at, last.noise_m)
