"""The search inside a simulator of others: it offers all that fits, nothing else, and breaks no promise."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import trsp_policy

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "scheduling"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the routing problems are not in the repository")


@pytest.fixture(scope="module")
def simulator() -> ModuleType:
    """Load the simulator."""
    spec = importlib.util.spec_from_file_location("trsp_sim", FOLDER / "trsp_sim.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["trsp_sim"] = importlib.util.module_from_spec(spec)  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("promise", [0.2, 1.0])
def test_no_offer_is_false_or_missed_and_no_plan_breaks_a_promise(
    simulator: ModuleType, monkeypatch: pytest.MonkeyPatch, promise: float
) -> None:
    monkeypatch.setattr(trsp_policy, "ROUNDS", 20)
    whole = simulator.read_instance(FOLDER / "trsp" / "R104.100_25-5-5-5.txt", 6)
    instance = replace(whole, requests=whole.requests[:40])
    widest = promise * max(one.day_end - one.day_start for one in instance.technicians)

    plain = simulator.simulate(instance, simulator.cheapest_insertion, 1, widest)
    found = simulator.simulate(instance, trsp_policy.offer, 1, widest, None, trsp_policy.replan)

    assert (found.false_offers, found.missed, found.bad_replans) == (0, 0, 0)
    assert found.travel / found.accepted < plain.travel / plain.accepted
