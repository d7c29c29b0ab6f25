"""A phone in a land of broken lines."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from hub.clients.ping_line import BadToken, HubAway, SentPing, ping_line
from hub.demo import phone as phone_module
from hub.demo.phone import Phone
from hub.demo.road_engine import free_port
from tests.integration.hub import RunningHub


def measuring() -> tuple[list[SentPing], phone_module.Measure]:
    made: list[SentPing] = []
    numbers = count()

    async def measure() -> SentPing:
        at = datetime.now(UTC) - timedelta(seconds=20) + timedelta(milliseconds=next(numbers))
        made.append(SentPing(lat=60.17, lon=24.94, at=at))
        return made[-1]

    return made, measure


async def test_pings_measured_while_the_hub_was_away_arrive_when_it_is_back(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_module, "PING_EVERY_S", 0.05)
    scene = await hub.scene()
    made, measure = measuring()
    addresses = [f"http://127.0.0.1:{free_port()}"]  # nobody is there
    phone = Phone(scene.device_token, lambda: addresses[-1], measure)
    running = asyncio.create_task(phone.run(after_s=0.0))
    await asyncio.sleep(0.3)
    assert len(made) >= 3
    addresses.append(hub.base_url)
    async with asyncio.timeout(10):
        while True:
            await asyncio.sleep(0.05)
            if len(made) >= 8 and phone.unsent <= 1:
                break
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    async with ping_line(hub.base_url, scene.device_token) as line:
        ack = await line.send(made[:3])
    assert [other.verdict for other in ack.others] == ["duplicate"] * 3


async def test_a_line_with_a_bad_token_says_so(hub: RunningHub) -> None:
    async with ping_line(hub.base_url, "nobody's") as line:
        with pytest.raises(BadToken):
            await line.send([SentPing(lat=60.17, lon=24.94, at=datetime.now(UTC))])


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense", "http://"])
async def test_a_hub_that_is_not_there_is_said_to_be_away(url: str) -> None:
    with pytest.raises(HubAway):
        async with ping_line(url, "token"):
            pass
