"""Measure how good the search is on technicians' routing problems of others: `python -m benchmarks.trsp [--seeds 10]`.

Requests come one at a time, a customer takes the best offer, promises never move; see the simulator's own page. The
figures stand beside cheapest insertion without any re-planning, on the same orders of requests.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from benchmarks import trsp_policy
from benchmarks.running import ROOT

DATA = Path(os.environ.get("BENCH_TRSP", ROOT.parent / "shared" / "data" / "scheduling"))
PROMISE = 0.2
"""The widest promised window, as a share of the day."""
FEW_SEEDS = 1


class Figures(NamedTuple):
    """What a policy reached, over some orders of requests."""

    accepted_pct: float
    travel: float
    """For each accepted request."""


def main() -> None:
    """Print the tables for all technicians and for the first ten."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10, help="how many orders of the requests (10)")
    print_tables(parser.parse_args().seeds)


def print_tables(seeds: int = FEW_SEEDS) -> None:
    """Print both tables, or one line where the data are not there."""
    if not (DATA / "trsp_sim.py").exists():
        print(f"\nNo technicians' routing problems at {DATA} (name the folder by BENCH_TRSP=…): not measured.")
        return
    simulator = _simulator()
    for crew in (None, 10):
        print(f"\nBooking online, {crew or 'all 25'} technicians, {seeds} orders of 100 requests; travel per visit:\n")
        print("| instance | cheapest insertion | with re-planning | travel | accepted |\n|---|---|---|---|---|")
        ratios = [_row(simulator, path, crew, seeds) for path in sorted((DATA / "trsp").glob("*.txt"))]
        print(f"| all | | | × {statistics.mean(ratios):.2f} | |", flush=True)


def _row(simulator: ModuleType, path: Path, crew: int | None, seeds: int) -> float:
    instance = simulator.read_instance(path, crew)
    before = _figures(simulator, instance, seeds, simulator.cheapest_insertion, None)
    after = _figures(simulator, instance, seeds, trsp_policy.offer, trsp_policy.replan)
    ratio = after.travel / before.travel
    cells = [f"{one.accepted_pct:.1f} %, {one.travel:.2f}" for one in (before, after)]
    points = after.accepted_pct - before.accepted_pct
    name = instance.name.partition(".")[0]
    print(f"| {name} | {cells[0]} | {cells[1]} | × {ratio:.2f} | {points:+.1f} points |", flush=True)
    return ratio


def _figures(simulator: ModuleType, instance: Any, seeds: int, offer: Any, replan: Any) -> Figures:
    widest = PROMISE * max(one.day_end - one.day_start for one in instance.technicians)
    results = [simulator.simulate(instance, offer, seed, widest, None, replan) for seed in range(seeds)]
    faults = sum(one.false_offers + one.missed + one.bad_replans for one in results)
    if faults:
        raise SystemExit(f"{instance.name}: {faults} offers or plans that cannot be kept, or were missed")
    accepted = statistics.mean(one.accepted / one.requests for one in results)
    return Figures(100 * accepted, statistics.mean(one.travel / one.accepted for one in results))


def _simulator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("trsp_sim", DATA / "trsp_sim.py")
    assert spec is not None  # noqa: S101 - the file is there
    assert spec.loader is not None  # noqa: S101 - and it is Python
    module = importlib.util.module_from_spec(spec)
    sys.modules["trsp_sim"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
