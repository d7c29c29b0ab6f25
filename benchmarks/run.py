"""Measure what the README claims: `make bench`."""

from __future__ import annotations

import platform
import statistics
from typing import Any

import psutil

from benchmarks.bookings import PINGS_PER_S, measure_bookings
from benchmarks.open_sockets import measure_idle_devices, measure_watchers
from benchmarks.running import KIT, Measured, measured_hub
from benchmarks.slot_calls import measure_slot_calls
from benchmarks.slots import measure_slots
from benchmarks.trsp import print_tables

ROUNDS = 3
DEVICES = 50
WATCHERS = 1_000


def main() -> None:
    """Load a hub in several ways and print medians with their spread."""
    if not (KIT / "pingload.py").exists():
        raise SystemExit(f"the load tools are missing: {KIT} (name their folder by BENCH_KIT=…)")
    with measured_hub() as hub:
        hub.seed_visits(DEVICES)
        quiet = measure_idle_devices(hub)
        rounds = [_round(hub) for _ in range(ROUNDS)]
    with measured_hub() as hub:
        hub.seed_visits(DEVICES)
        quiet |= measure_watchers(hub)
        fan_out = [_fan_out(hub) for _ in range(ROUNDS)]
    with measured_hub(HUB_WEB_PROCESSES="2") as hub:
        hub.seed_visits(DEVICES)
        shared = [_shared(hub) for _ in range(ROUNDS)]
    print(f"\n{_machine()}; {DEVICES} devices with one watcher each; load tool, hub and stores on it together.\n")
    print("| median (lowest–highest) | |\n|---|---|")
    for several in (rounds, fan_out, shared):
        for name in several[0]:
            values = [one[name] for one in several]
            middle, lowest, highest = (_short(value) for value in (statistics.median(values), min(values), max(values)))
            print(f"| {name} | {middle} ({lowest}–{highest}) |")
    for name, one_value in quiet.items():
        print(f"| {name} | {_short(one_value)} |")
    print("\nOffering times, in memory alone (CPU time) and as a whole call:\n")
    print("| | |\n|---|---|")
    for name, one_value in (measure_slots() | measure_slot_calls()).items():
        print(f"| {name} | {_short(one_value)} |")
    print(f"\nBookings, one round each, while {PINGS_PER_S} pings a second are recorded beside:\n")
    print("| | SQLite | PostgreSQL |\n|---|---|---|")
    for name, booked in measure_bookings().items():
        print(f"| {name} | {_short(booked['SQLite'])} | {_short(booked['PostgreSQL'])} |")
    print_tables()


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _round(hub: Measured) -> dict[str, float]:
    closed = _sound(hub.pingload("--seconds", "6"))
    batches = _sound(hub.pingload("--seconds", "6", "--batch", "50", "--step-s", "0.2"))
    posted = _sound(hub.pingload("--seconds", "6", "--batch", "50", "--step-s", "0.2", "--http"))
    paced = _sound(hub.pingload("--seconds", "6", "--rate", "500", "--past-s", "0"))
    fast = _sound(hub.pingload("--seconds", "6", "--rate", "2000", "--past-s", "0"))
    return {
        "acknowledged pings/s, next ping upon each answer": closed["acked_per_s"],
        "… p50 ping to watcher, ms": closed["latency_ms"]["p50"],
        "… p99 ping to watcher, ms": closed["latency_ms"]["p99"],
        "… CPU of the web process per ping, µs": closed["server_cpu_us_per_ping"],
        "… cores used elsewhere (store and strangers)": closed["elsewhere_cpu_share"],
        "acknowledged pings/s in frames of 50": batches["acked_per_s"],
        "… CPU of the web process per ping in those, µs": batches["server_cpu_us_per_ping"],
        "acknowledged pings/s by POST of 50": posted["acked_per_s"],
        "at 500 pings/s: p50 ping to watcher, ms": paced["latency_ms"]["p50"],
        "at 500 pings/s: p99 ping to watcher, ms": paced["latency_ms"]["p99"],
        "at 2,000 pings/s: p50 ping to watcher, ms": fast["latency_ms"]["p50"],
        "at 2,000 pings/s: p99 ping to watcher, ms": fast["latency_ms"]["p99"],
    }


def _fan_out(hub: Measured) -> dict[str, float]:
    found = hub.fanout("--watchers", str(WATCHERS), "--seconds", "6")
    return {
        f"one visit, {WATCHERS:,} watchers: deliveries/s": found["saturated"]["deliveries_per_s"],
        "… at 10 positions/s: p50 ping to watcher, ms": found["steady"]["latency_ms"]["p50"],
        "… at 10 positions/s: p99 ping to watcher, ms": found["steady"]["latency_ms"]["p99"],
    }


def _shared(hub: Measured) -> dict[str, float]:
    closed = _sound(hub.pingload("--seconds", "6"))
    batches = _sound(hub.pingload("--seconds", "6", "--batch", "50", "--step-s", "0.2"))
    return {
        "two web processes on one port: acknowledged pings/s": closed["acked_per_s"],
        "two web processes on one port: acknowledged pings/s in frames of 50": batches["acked_per_s"],
    }


def _sound(result: dict[str, Any]) -> dict[str, Any]:
    """Refuse figures of a run in which something was lost or went wrong."""
    wrong = {name: result[name] for name in ("lost", "backwards", "unanswered", "hidden", "faults") if result[name]}
    if wrong or result["warnings"]:
        raise SystemExit(f"not a sound run: {wrong} {result['warnings']}")
    return result


def _machine() -> str:
    return f"{psutil.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
