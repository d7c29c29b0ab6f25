"""OwnTracks is asked for the position when somebody looks and the phone has fallen silent."""

from __future__ import annotations

import asyncio

from tests.integration.hub import RunningHub, next_of
from tests.integration.web.devices.apps import OWNTRACKS, now_ago

REPORT = [{"action": "reportLocation", "_type": "cmd"}]


async def test_a_phone_whose_position_is_old_is_asked_once_while_somebody_looks(hub: RunningHub) -> None:
    scene = await hub.scene()
    await asyncio.sleep(2.1)  # until the new visit is known to be under way
    assert (await OWNTRACKS.send(hub, scene.device_token, now_ago(90))).json() == []
    async with hub.live(scene) as watcher:
        await next_of(watcher, "snapshot")
        first, second = [await OWNTRACKS.send(hub, scene.device_token, now_ago(ago)) for ago in (70, 60)]

    assert (first.json(), second.json()) == (REPORT, [])


async def test_a_phone_whose_position_is_live_is_left_alone(hub: RunningHub) -> None:
    scene = await hub.scene()
    await asyncio.sleep(2.1)  # until the new visit is known to be under way
    async with hub.live(scene) as watcher:
        await next_of(watcher, "snapshot")
        answers = [await OWNTRACKS.send(hub, scene.device_token, now_ago(ago)) for ago in (5, 60)]

    assert [answer.json() for answer in answers] == [[], []]
