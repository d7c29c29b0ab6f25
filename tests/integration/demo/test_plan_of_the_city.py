"""The timetable with the demo city's own roads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from hub.demo.address_file import load
from hub.demo.plan import Setting, plan

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


async def test_a_day_in_helsinki_keeps_half_of_the_technicians_driving(osrm_url: str, city_folder: Path) -> None:
    places = load(city_folder)[:48]
    path = ";".join(f"{place.lon},{place.lat}" for place in places)
    async with httpx.AsyncClient(trust_env=False) as http:
        durations_s = (await http.get(f"{osrm_url}/table/v1/driving/{path}")).json()["durations"]
    setting = Setting(
        starts_at=START,
        starting_places=tuple(range(40, 48)),
        customers=40,
        service_types=6,
        durations_s=durations_s,
        seed=1,
    )
    visits = plan(setting, START + timedelta(hours=24))
    changes = [(visit.departs_at, 1) for visit in visits] + [(visit.arrives_at, -1) for visit in visits]
    driving, fewest = 0, 8
    moments = sorted({at for at, _ in changes if at < START + timedelta(hours=24)})
    by_moment = dict.fromkeys(moments, 0)
    for at, change in changes:
        if at in by_moment:
            by_moment[at] += change
    for at in moments:
        driving += by_moment[at]
        fewest = min(fewest, driving)
    assert fewest >= 4
    assert len(visits) > 1000
