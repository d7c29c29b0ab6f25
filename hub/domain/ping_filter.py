"""Judge pings: every ping gets exactly one verdict, with all its reasons. Flag, never delete."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from hub.domain.geodesy import Point, at_most_m, distance_m
from hub.domain.geofence import Fence
from hub.domain.ping import Ping, Reason, Verdict

UNKNOWN_ACCURACY_M = 65.0
"""A usual value of fixes by wireless networks."""
NO_AGE = timedelta()
STILL_MPS = 1.0
"""Slower than anybody walks."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The thresholds of the contract's "Pings"."""

    future: timedelta = timedelta(seconds=60)
    """How far ahead of the server's clock a ping may be."""
    ancient: timedelta = timedelta(days=30)
    """How long the history is kept; older pings are worth nothing."""
    inaccurate_m: float = 100.0
    teleport_mps: float = 60.0
    """Faster than any road: 216 km/h."""
    unknown_accuracy_m: float = UNKNOWN_ACCURACY_M
    """What an unknown accuracy counts as in comparisons."""
    still_m: float = 25.0
    """How far the fixes of a phone at rest may stray before the marker follows (Namma Yatri); 0 means always."""


class PingState(msgspec.Struct, frozen=True, array_like=True):
    """What is remembered of a technician in order to judge the next ping."""

    newest: Ping | None = None
    """The newest accepted ping: the live position."""
    teleports: tuple[Ping, ...] = ()
    """At most the last two of the teleports since then, which a third that agrees unlocks."""
    latest_at: datetime | None = None
    """The latest time of any ping that was kept, flagged ones included."""
    kept: int = 0
    """How many pings were kept so far."""
    anchor: Point | None = None
    """Where the marker stays while the newest pings come from a phone at rest; None where it follows them."""
    fence: Fence | None = None
    """How near the customer is whom the technician travels to."""

    @property
    def shown(self) -> Ping | None:
        """Give the live position: the newest accepted ping, at the place where the marker rests."""
        if self.newest is None or self.anchor is None:
            return self.newest
        return msgspec.structs.replace(self.newest, lat=self.anchor.lat, lon=self.anchor.lon)

    def could_hold(self, ping: Ping) -> bool:
        """Tell whether the same ping may have been kept before; one newer than all kept cannot."""
        return ping.id is not None or (self.latest_at is not None and ping.at <= self.latest_at)


class Judgement(msgspec.Struct, frozen=True):
    """One ping's verdict, and the state after it."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    state: PingState


def judge(
    state: PingState, ping: Ping, *, duplicate: bool, now: datetime, limits: Limits, tracked: bool = True
) -> Judgement:
    """Decide about one well-formed ping: rejected, then duplicate, late, flagged, accepted.

    `duplicate` says whether the device has sent it before, `tracked` whether it was taken within the technician's
    tracking hours; `now` is the server's clock.
    """
    rejected = _reasons_to_reject(ping, now, limits, tracked=tracked)
    inaccurate = (Reason.INACCURATE,) if (ping.accuracy_m or 0.0) > limits.inaccurate_m else ()
    if rejected:
        return Judgement(Verdict.REJECTED, rejected + inaccurate, state)
    if duplicate:
        return Judgement(Verdict.DUPLICATE, (), state)
    newest = state.newest
    if newest is not None and ping.at < newest.at:
        return Judgement(Verdict.LATE, inaccurate, _having_kept(state, ping))
    teleport = newest is not None and not _plausible(newest, ping, limits)
    if inaccurate:
        reasons = (*inaccurate, Reason.TELEPORT) if teleport else inaccurate
        return Judgement(Verdict.FLAGGED, reasons, _having_kept(state, ping))
    if teleport and not _unlocks(state.teleports, ping, limits):
        waiting = (*state.teleports[-1:], ping)
        return Judgement(Verdict.FLAGGED, (Reason.TELEPORT,), _having_kept(state, ping, teleports=waiting))
    return Judgement(Verdict.ACCEPTED, (), _having_accepted(state, ping, _anchor(state, ping, limits)))


def _having_kept(state: PingState, ping: Ping, *, teleports: tuple[Ping, ...] | None = None) -> PingState:
    return PingState(
        newest=state.newest,
        teleports=state.teleports if teleports is None else teleports,
        latest_at=_later(state.latest_at, ping.at),
        kept=state.kept + 1,
        anchor=state.anchor,
        fence=state.fence,
    )


def _having_accepted(state: PingState, ping: Ping, anchor: Point | None) -> PingState:
    return PingState(
        newest=ping,
        latest_at=_later(state.latest_at, ping.at),
        kept=state.kept + 1,
        anchor=anchor,
        fence=state.fence,
    )


def _later(latest_at: datetime | None, at: datetime) -> datetime:
    return at if latest_at is None or latest_at < at else latest_at


def _anchor(state: PingState, ping: Ping, limits: Limits) -> Point | None:
    """Tell where the marker rests if the phone does: it says so or seems to, and strays no further than it may."""
    newest = state.newest
    if newest is None or (ping.speed_mps is not None and ping.speed_mps >= STILL_MPS):
        return None
    rest = state.anchor or newest.place
    may_stray_m = max(limits.still_m, ping.accuracy_m or 0.0) if limits.still_m else 0.0
    if distance_m(rest, ping.place) >= may_stray_m:
        return None
    if ping.speed_mps is None:
        moved_m, took_s = distance_m(newest.place, ping.place), (ping.at - newest.at).total_seconds()
        if moved_m >= STILL_MPS * took_s:
            return None
    return rest


def _reasons_to_reject(ping: Ping, now: datetime, limits: Limits, *, tracked: bool) -> tuple[Reason, ...]:
    reasons: tuple[Reason, ...] = ()
    if ping.lat == 0.0 and ping.lon == 0.0:
        reasons += (Reason.NULL_ISLAND,)
    age = now - ping.at
    if age > limits.ancient:
        reasons += (Reason.ANCIENT,)
    elif age < NO_AGE and -age > limits.future:
        reasons += (Reason.FUTURE,)
    return reasons if tracked else (*reasons, Reason.OFF_HOURS)


def _plausible(a: Ping, b: Ping, limits: Limits) -> bool:
    """Tell whether somebody on a road could have been at both, as far as the accuracies allow."""
    may_lie_apart_m = limits.teleport_mps * abs((b.at - a.at).total_seconds())
    if at_most_m(a.lat, a.lon, b.lat, b.lon) <= may_lie_apart_m:  # as nearly always
        return True
    return distance_m(a.place, b.place) - _accuracy_m(a, limits) - _accuracy_m(b, limits) <= may_lie_apart_m


def _accuracy_m(ping: Ping, limits: Limits) -> float:
    return limits.unknown_accuracy_m if ping.accuracy_m is None else ping.accuracy_m


def _unlocks(teleports: tuple[Ping, ...], ping: Ping, limits: Limits) -> bool:
    """Tell whether `ping` is the third consecutive teleport and agrees with the two before it."""
    return len(teleports) == 2 and all(_plausible(before, ping, limits) for before in teleports)
