"""Judge pings: every ping gets exactly one verdict, with all its reasons. Flag, never delete."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from hub.domain.geodesy import distance_m
from hub.domain.ping import Ping, Reason, Verdict

UNKNOWN_ACCURACY_M = 65.0
"""What an unknown accuracy counts as in comparisons: a usual value of fixes by wireless networks."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The thresholds of the contract's "Pings"."""

    future: timedelta = timedelta(seconds=60)
    """How far ahead of the server's clock a ping may be."""
    ancient: timedelta = timedelta(days=30)
    """How long the history is kept; older pings are worth nothing."""
    inaccurate_m: float = 100.0
    teleport_mps: float = 60.0
    """Faster than any road: 216 km/h."""


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

    def could_hold(self, ping: Ping) -> bool:
        """Tell whether the same ping may have been kept before; one newer than all kept cannot."""
        return ping.id is not None or (self.latest_at is not None and ping.at <= self.latest_at)


class Judgement(msgspec.Struct, frozen=True):
    """One ping's verdict, and the state after it."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    state: PingState


def judge(state: PingState, ping: Ping, *, duplicate: bool, now: datetime, limits: Limits) -> Judgement:
    """Decide about one well-formed ping: rejected, then duplicate, late, flagged, accepted.

    `duplicate` says whether the device has sent it before; `now` is the server's clock.
    """
    rejected = _reasons_to_reject(ping, now, limits)
    inaccurate = (Reason.INACCURATE,) if (ping.accuracy_m or 0.0) > limits.inaccurate_m else ()
    if rejected:
        return Judgement(Verdict.REJECTED, rejected + inaccurate, state)
    if duplicate:
        return Judgement(Verdict.DUPLICATE, (), state)
    if state.newest is not None and ping.at < state.newest.at:
        return Judgement(Verdict.LATE, inaccurate, _having_kept(state, ping))
    teleport = state.newest is not None and not _plausible(state.newest, ping, limits)
    if inaccurate:
        reasons = (*inaccurate, Reason.TELEPORT) if teleport else inaccurate
        return Judgement(Verdict.FLAGGED, reasons, _having_kept(state, ping))
    if teleport and not _unlocks(state.teleports, ping, limits):
        waiting = (*state.teleports[-1:], ping)
        return Judgement(Verdict.FLAGGED, (Reason.TELEPORT,), _having_kept(state, ping, teleports=waiting))
    return Judgement(Verdict.ACCEPTED, (), _having_kept(state, ping, newest=ping, teleports=()))


def _having_kept(
    state: PingState, ping: Ping, *, newest: Ping | None = None, teleports: tuple[Ping, ...] | None = None
) -> PingState:
    return PingState(
        newest=newest or state.newest,
        teleports=state.teleports if teleports is None else teleports,
        latest_at=ping.at if state.latest_at is None else max(state.latest_at, ping.at),
        kept=state.kept + 1,
    )


def _reasons_to_reject(ping: Ping, now: datetime, limits: Limits) -> tuple[Reason, ...]:
    reasons: tuple[Reason, ...] = ()
    if ping.lat == 0.0 and ping.lon == 0.0:
        reasons += (Reason.NULL_ISLAND,)
    if ping.at > now + limits.future:
        reasons += (Reason.FUTURE,)
    elif ping.at < now - limits.ancient:
        reasons += (Reason.ANCIENT,)
    return reasons


def _plausible(a: Ping, b: Ping, limits: Limits) -> bool:
    """Tell whether somebody on a road could have been at both, as far as the accuracies allow."""
    apart_m = distance_m(a.place, b.place) - _accuracy_m(a) - _accuracy_m(b)
    return apart_m <= limits.teleport_mps * abs((b.at - a.at).total_seconds())


def _accuracy_m(ping: Ping) -> float:
    return UNKNOWN_ACCURACY_M if ping.accuracy_m is None else ping.accuracy_m


def _unlocks(teleports: tuple[Ping, ...], ping: Ping, limits: Limits) -> bool:
    """Tell whether `ping` is the third consecutive teleport and agrees with the two before it."""
    return len(teleports) == 2 and all(_plausible(before, ping, limits) for before in teleports)
