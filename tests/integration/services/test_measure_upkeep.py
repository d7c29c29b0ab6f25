"""Tell about upkeep for the workers, on a real Valkey."""

from __future__ import annotations

from prometheus_client import REGISTRY
from redis.asyncio import Redis

from hub.services.measure_upkeep import MeasureUpkeep
from hub.store.upkeep_counts import UpkeepCounts
from tests.builders import NOW
from tests.fakes import FakeClock


async def test_what_workers_did_adds_up_and_its_age_grows(redis_client: Redis) -> None:
    counts, clock = UpkeepCounts(redis_client), FakeClock()
    await counts.add("history", {"thinned_points": 3}, NOW)
    await counts.add("history", {"thinned_points": 4, "expired_days": 1}, NOW)
    await counts.add("travel", {}, NOW)
    clock.advance(7)

    await MeasureUpkeep(counts, clock).update()

    assert REGISTRY.get_sample_value("hub_upkeep", {"what": "thinned_points"}) == 7
    assert REGISTRY.get_sample_value("hub_upkeep", {"what": "expired_days"}) == 1
    assert REGISTRY.get_sample_value("hub_upkeep_age_seconds", {"chore": "travel"}) == 7


async def test_before_anything_was_done_nothing_is_told(redis_client: Redis) -> None:
    assert await UpkeepCounts(redis_client).read() == ({}, {})
