"""`hub judge TRACE`: tell what the hub would make of a recorded trace, and what other thresholds would change."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from hub.commands.fail import CommandError
from hub.commands.judged_words import print_words
from hub.domain.judge_trace import Flip, Judged, Received, count_reasons, count_verdicts, flips, judge_trace
from hub.domain.ping import Ping
from hub.domain.ping_filter import Limits
from hub.replay.fixes import Note, Trace, TraceError
from hub.replay.read import read_trace
from hub.settings import Settings, SettingsError, limits_of
from hub.web.devices.ping_wire import WirePing, to_ping

EARLIEST, LATEST = datetime(20, 1, 1, tzinfo=UTC), datetime(9_990, 1, 1, tzinfo=UTC)
"""A clock that shows no more than this leaves room for every threshold within the calendar."""
THRESHOLDS = {
    "future_s": "seconds a ping may be ahead of the clock",
    "inaccurate_m": "metres of accuracy beyond which a ping is not shown",
    "unknown_accuracy_m": "metres that an unknown accuracy counts as",
    "teleport_mps": "metres a second beyond which a jump is not believed at once",
    "still_m": "metres the fixes of a phone at rest may stray",
}
"""Settings that may be tried out, by their names there."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("file", metavar="TRACE", type=Path, help="JSON lines, CSV (lat, lon, at, …) or GPX")
    parser.add_argument("--json", action="store_true", help="print one JSON line")
    parser.add_argument("--trip", help="choose one trip of a CSV that has a column `trip`")
    for name, meaning in THRESHOLDS.items():
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=_number, metavar="N", help=f"try another threshold: {meaning}")


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError("expected a number")
    return number


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Judge it; exit 1 with the reason where there is nothing to judge."""
    changed = {name: value for name in THRESHOLDS if (value := getattr(arguments, name)) is not None}
    try:
        tried = limits_of(_with(settings, changed))
        trace = read_trace(arguments.file, arguments.trip)
    except (TraceError, SettingsError) as error:
        raise CommandError(str(error)) from None
    clock = clock_of(trace)
    received = received_pings(trace, clock)
    if all(one.ping is None for one in received):
        raise CommandError(f"{arguments.file} holds no ping: {malformed(trace)[0]}")
    judged = judge_trace(received, limits_of(settings))
    flipped = flips(judged, judge_trace(received, tried)) if changed else None
    for line in malformed(trace)[:5]:
        print(f"malformed: {line}", file=sys.stderr)
    if arguments.json:
        print(msgspec.json.encode(as_json(judged, clock, limits_of(settings), changed, flipped)).decode())
    else:
        print_words(judged, clock, changed, flipped)


def _with(settings: Settings, changed: dict[str, float]) -> Settings:
    """Change thresholds within the bounds of their settings."""
    try:
        return msgspec.convert(msgspec.structs.asdict(settings) | changed, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError([str(error).replace("`$.", "`--").replace("_", "-")]) from None


def clock_of(trace: Trace) -> datetime | None:
    """Tell by which one moment the trace is judged: its newest; None where it tells when its pings were received."""
    if any(note.received_at for note in trace.notes):
        return None
    return _within_the_calendar(max(fix.at for fix in trace.fixes))


def received_pings(trace: Trace, clock: datetime | None) -> list[Received]:
    """Pair the trace's pings with what the server's clock showed, and add those that could not be read."""
    now = clock or next(note.received_at for note in trace.notes if note.received_at)
    received: list[Received] = []
    for fix, note in zip(trace.fixes, trace.notes, strict=True):
        if clock is None and note.received_at is not None:
            now = note.received_at
        received.append(Received(_ping_or_none(fix, note), _within_the_calendar(now)))
    return received + [Received(None, EARLIEST)] * len(trace.unreadable)


def _within_the_calendar(now: datetime) -> datetime:
    return min(max(now, EARLIEST), LATEST)


def malformed(trace: Trace) -> list[str]:
    """Name what is no ping: lines that cannot be read, and fixes that lie nowhere on Earth."""
    unlikely = [
        f"the fix of {fix.at.isoformat()}: {fix.lat:g}, {fix.lon:g} is no place"
        for fix, note in zip(trace.fixes, trace.notes, strict=True)
        if _ping_or_none(fix, note) is None
    ]
    return trace.unreadable + unlikely


def _ping_or_none(fix: msgspec.Struct, note: Note) -> Ping | None:
    try:
        wire = msgspec.convert(msgspec.structs.asdict(fix) | {"id": note.id}, WirePing)
        return msgspec.structs.replace(to_ping(wire), mock=note.mock)
    except msgspec.ValidationError:
        return None


def as_json(
    judged: list[Judged],
    clock: datetime | None,
    limits: Limits,
    changed: Mapping[str, float],
    flipped: list[Flip] | None,
) -> dict[str, Any]:
    """Describe it for programs."""
    reasons = [
        {"verdict": verdict, "reasons": why, "count": count}
        for (verdict, why), count in sorted(count_reasons(judged).items())
    ]
    found: dict[str, Any] = {
        "pings": len(judged),
        "judged_at": clock or "received",
        "verdicts": count_verdicts(judged),
        "reasons": reasons,
        "at_rest": sum(one.at_rest for one in judged),
        "mock": sum(one.ping is not None and one.ping.mock for one in judged),
        "thresholds": {
            "future_s": limits.future.total_seconds(),
            "inaccurate_m": limits.inaccurate_m,
            "unknown_accuracy_m": limits.unknown_accuracy_m,
            "teleport_mps": limits.teleport_mps,
            "still_m": limits.still_m,
        },
    }
    if flipped is not None:
        found |= {"changed": changed, "flips": [_flip(flip) for flip in flipped]}
    return found


def _flip(flip: Flip) -> dict[str, Any]:
    ping = flip.before.ping
    return {
        "number": flip.number,
        "at": ping and ping.at,
        "lat": ping and ping.lat,
        "lon": ping and ping.lon,
        "from": _fate(flip.before),
        "to": _fate(flip.after),
    }


def _fate(judged: Judged) -> dict[str, Any]:
    return {"verdict": judged.verdict, "reasons": judged.reasons, "at_rest": judged.at_rest}
