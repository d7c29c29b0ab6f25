"""Join pieces of a street: the extract cuts it at each crossing, and a name needs a long line to stand on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from hub.demo.clip import LonLat

Line = list[LonLat]


def join_lines(pieces: Iterable[Line]) -> list[Line]:
    """Join pieces where exactly two of them meet end to end; crossings and forks stay ends. Rings stay whole."""
    lines = {number: list(piece) for number, piece in enumerate(pieces)}
    ends: defaultdict[LonLat, set[int]] = defaultdict(set)
    for number, line in lines.items():
        ends[line[0]].add(number)
        ends[line[-1]].add(number)
    for place in sorted(ends):
        if len(ends[place]) != 2:
            continue
        kept, gone = sorted(ends[place])
        lines[kept] = _joined(lines[kept], lines.pop(gone), place)
        for end in (lines[kept][0], lines[kept][-1]):
            ends[end].discard(gone)
            ends[end].add(kept)
    return list(lines.values())


def _joined(first: Line, second: Line, place: LonLat) -> Line:
    if first[-1] != place:
        first = first[::-1]
    if second[0] != place:
        second = second[::-1]
    return first + second[1:]
