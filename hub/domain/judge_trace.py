"""Judge a whole recorded trace as one device's pings, and tell what other thresholds would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from hub.domain.ping import KEPT, Ping, Reason, Verdict, ping_keys
from hub.domain.ping_filter import Limits, PingState, judge


class Received(msgspec.Struct, frozen=True):
    """A ping, and what the server's clock showed when it came; no ping where it was malformed."""

    ping: Ping | None
    at: datetime


class Judged(msgspec.Struct, frozen=True):
    """What became of one ping of a trace."""

    ping: Ping | None
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    at_rest: bool = False
    """Accepted, and the marker stays where it is, since the phone stands still."""

    @property
    def fate(self) -> tuple[Verdict, tuple[Reason, ...], bool]:
        """Tell all that a threshold can change."""
        return self.verdict, self.reasons, self.at_rest


class Flip(msgspec.Struct, frozen=True):
    """A ping that other thresholds would judge otherwise."""

    number: int
    """Its place in the trace, from 1."""
    before: Judged
    after: Judged


def judge_trace(trace: Iterable[Received], limits: Limits) -> list[Judged]:
    """Judge the pings in their order, starting from nothing, as the hub does with those of one technician."""
    state = PingState()
    known: set[str] = set()
    judged: list[Judged] = []
    for received in trace:
        ping = received.ping
        if ping is None:
            judged.append(Judged(None, Verdict.REJECTED, (Reason.MALFORMED,)))
            continue
        keys = ping_keys(ping)
        judgement = judge(state, ping, duplicate=not known.isdisjoint(keys), now=received.at, limits=limits)
        state = judgement.state
        if judgement.verdict in KEPT:
            known.update(keys)
        at_rest = judgement.verdict is Verdict.ACCEPTED and state.anchor is not None
        judged.append(Judged(ping, judgement.verdict, judgement.reasons, at_rest))
    return judged


def flips(before: Sequence[Judged], after: Sequence[Judged]) -> list[Flip]:
    """List the pings of one trace that were judged otherwise the second time."""
    pairs = enumerate(zip(before, after, strict=True), 1)
    return [Flip(number, one, other) for number, (one, other) in pairs if one.fate != other.fate]


def count_verdicts(judged: Iterable[Judged]) -> dict[Verdict, int]:
    """Count the pings of each verdict, in the order in which verdicts are looked for."""
    counted = Counter(one.verdict for one in judged)
    return {verdict: counted[verdict] for verdict in Verdict}


def count_reasons(judged: Iterable[Judged]) -> Counter[tuple[Verdict, tuple[Reason, ...]]]:
    """Count the pings by verdict and all their reasons, those that have any."""
    return Counter((one.verdict, one.reasons) for one in judged if one.reasons)
