"""Tell people what became of a trace's pings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from hub.domain.judge_trace import Flip, Judged, count_reasons, count_verdicts

MOST_FLIPS = 200
"""More are counted only; `--json` has all."""


def print_words(
    judged: Sequence[Judged], clock: datetime | None, changed: Mapping[str, float], flipped: Sequence[Flip] | None
) -> None:
    """Print the counts, and what another threshold flips."""
    times = sorted(one.ping.at for one in judged if one.ping)
    print(f"{len(judged)} pings from {_moment(times[0])} to {_moment(times[-1])}")
    if clock is None:
        print("judged by the times at which they were received")
    else:
        print(f"judged as if all came at {_moment(clock)}, their newest time")
    reasons = count_reasons(judged)
    for verdict, count in count_verdicts(judged).items():
        why = [f"{' and '.join(found)} {number}" for (kind, found), number in reasons.most_common() if kind is verdict]
        print(f"{verdict:<10}{count:>7}{100 * count / len(judged):>7.1f} %  {', '.join(why)}".rstrip())
    if resting := sum(one.at_rest for one in judged):
        print(f"at rest   {resting:>7}: accepted, and the marker stays where it is")
    if flipped is None:
        return
    tried = ", ".join(f"{name} {value:g}" for name, value in changed.items())
    print(f"with {tried}: {len(flipped)} flip")
    for flip in flipped[:MOST_FLIPS]:
        print(_flip(flip))
    if len(flipped) > MOST_FLIPS:
        print(f"… and {len(flipped) - MOST_FLIPS} more; --json has all")


def _flip(flip: Flip) -> str:
    ping = flip.before.ping
    where = f"{_moment(ping.at)}  {ping.lat:.5f}, {ping.lon:.5f}" if ping else ""
    return f"#{flip.number}  {where}  {_fate(flip.before)} → {_fate(flip.after)}"


def _fate(judged: Judged) -> str:
    why = f" ({', '.join(judged.reasons)})" if judged.reasons else " (at rest)" if judged.at_rest else ""
    return f"{judged.verdict}{why}"


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
