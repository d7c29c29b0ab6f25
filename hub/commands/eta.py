"""`hub eta evaluate TRIPS.csv --arrivals FILE`: how good arrival estimates learned from finished trips are."""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hub.commands.fail import CommandError
from hub.domain.eta import CONFIDENCE
from hub.domain.eta_evaluate import Estimated, evaluate
from hub.domain.eta_score import BANDS, Score, score
from hub.replay.fixes import TraceError
from hub.replay.trips import join, read_arrivals, read_trips
from hub.settings import Settings

COLUMNS = ("trip", "computed_at", "predicted_at", "earliest", "latest", "confidence")
HEADS = (
    ["", "n", "MAE", "median", "P90", "bias"]
    + [f"{soonest}-{furthest}" for soonest, furthest, _, _ in BANDS]
    + ["bands %", "jitter s", "covered %", "width", "constant"]
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    commands = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    grade = commands.add_parser("evaluate", help="estimate recorded trips and grade the estimates")
    grade.add_argument("trips", metavar="TRIPS", type=Path, help="CSV with trip, at, lat, lon")
    grade.add_argument("--arrivals", required=True, metavar="FILE", type=Path, help="CSV with trip, arrived_at")
    grade.add_argument(
        "--learn", metavar="TRIPS", type=Path, help="learn from these trips only; else one trip is left out at a time"
    )
    grade.add_argument("--predictions", metavar="OUT", type=Path, help="write every estimate to a CSV file")
    grade.add_argument("--json", action="store_true", help="print one JSON line")


def run(arguments: argparse.Namespace, _settings: Settings) -> None:
    """Evaluate; exit 1 with the reason where there is nothing to grade."""
    try:
        arrivals = read_arrivals(arguments.arrivals)
        trips = join(read_trips(arguments.trips), arrivals)
        learned = join(read_trips(arguments.learn), arrivals, find=True) if arguments.learn else None
    except TraceError as error:
        raise CommandError(str(error)) from None
    estimates = list(evaluate(trips, learned))
    overall = score(one.scored for one in estimates)
    if overall is None:
        raise CommandError(
            f"{arguments.trips} holds no trip of a dozen fixes before an arrival in {arguments.arrivals}"
        )
    if arguments.predictions:
        _write(arguments.predictions, estimates)
    by_trip = {
        name: score(one.scored for one in estimates if one.scored.trip == name)
        for name in dict.fromkeys(one.scored.trip for one in estimates)
    }
    sources = Counter(one.source for one in estimates)
    if arguments.json:
        found = {"confidence": CONFIDENCE, "overall": overall, "trips": by_trip, "sources": sources}
        print(msgspec.json.encode(found).decode())
        return
    lines = [HEADS, *(_cells(name, one) for name, one in by_trip.items() if one), _cells("overall", overall)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEADS))]
    for line in lines:
        print("  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]))
    told = ", ".join(f"{count} by {source}" for source, count in sorted(sources.items()))
    print(f"minutes unless told otherwise; {told}; ranges are to hold {CONFIDENCE:.0%} of the arrivals;")
    print("constant: the narrowest width, the same for all, that would have held as many")


def _cells(name: str, one: Score) -> list[str]:
    minutes = (one.mae_s, one.median_s, one.p90_s, one.bias_s)
    return [
        name,
        str(one.estimates),
        *(f"{value / 60:.2f}" for value in minutes),
        *(_told(share, 100) for share in one.bands.values()),
        _told(one.band_overall, 100),
        _told(one.jitter_s),
        _told(one.coverage, 100),
        _told(one.width_s, 1 / 60, 2),
        _told(one.constant_width_s, 1 / 60, 2),
    ]


def _told(value: float | None, times: float = 1.0, digits: int = 1) -> str:
    return "-" if value is None else f"{value * times:.{digits}f}"


def _write(path: Path, estimates: Sequence[Estimated]) -> None:
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for one in (estimated.scored for estimated in estimates):
                moments = (one.computed_at, one.predicted_at, one.earliest, one.latest)
                writer.writerow([one.trip, *(at.isoformat() if at else "" for at in moments), CONFIDENCE])
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror or error}") from None
