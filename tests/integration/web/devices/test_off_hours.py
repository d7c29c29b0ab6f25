"""Outside a technician's tracking hours nothing that a phone sends leaves a trace."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.domain.tracking_hours import Tracking
from hub.store import devices, tracking_hours
from hub.store.devices import DeviceRow
from hub.store.tables import working_hours
from tests.integration.hub import RunningHub, Scene, running_hub
from tests.integration.web.devices.apps import OWNTRACKS


async def _work_on_another_day(hub: RunningHub, scene: Scene) -> None:
    resource_id = scene.visit.directory.resource_id
    other_day = (datetime.now(UTC).weekday() + 3) % 7
    row = {"resource_id": resource_id, "weekday": other_day, "starts_s": 0, "ends_s": 3_600}
    async with hub.database.write() as tx:
        await tracking_hours.set_rule(tx, resource_id, Tracking.WORKING_HOURS)
        await tx.execute(working_hours.delete().where(working_hours.c.resource_id == resource_id))
        await tx.execute(working_hours.insert(), [row])


async def _device(hub: RunningHub, scene: Scene) -> DeviceRow:
    async with hub.database.read() as tx:
        [found] = [row for row in await devices.active(tx, datetime.now(UTC)) if row.id == scene.device_id]
        return found


@pytest.mark.parametrize("kind", ["location", "status", "lwt"])
async def test_no_kind_of_message_says_when_the_phone_was_heard(hub: RunningHub, kind: str) -> None:
    outside, within = await hub.scene(), await hub.scene()
    await _work_on_another_day(hub, outside)

    async with running_hub(hub.settings) as later:  # it knows the hours, and writes when it ends
        for scene in (outside, within):
            answer = await OWNTRACKS.send(later, scene.device_token, _type=kind)
            assert answer.status_code == 200

    found = await _device(hub, outside)
    assert (found.last_seen_at, found.app, found.battery, found.silence) == (None, None, None, None)
    heard = await _device(hub, within)
    assert heard.last_seen_at is not None or heard.silence is not None
