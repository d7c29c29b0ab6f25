"""Other apps while Valkey is away: their positions are refused, and taken when they come again."""

from __future__ import annotations

from tests.integration.faults.conftest import until_green
from tests.integration.hub import RunningHub
from tests.integration.stores import TestValkey
from tests.integration.web.devices.apps import APPS, now_ago


async def test_without_valkey_every_app_is_told_to_come_again(fragile_hub: RunningHub, own_valkey: TestValkey) -> None:
    scene, at = await fragile_hub.scene(), now_ago()
    own_valkey.kill()
    for app in APPS:
        refused = await app.send(fragile_hub, scene.device_token, at)
        assert refused.status_code == 503, app.name
        assert refused.headers["retry-after"]
    own_valkey.start()
    await until_green(fragile_hub)
    for app in APPS:
        assert (await app.send(fragile_hub, scene.device_token, at)).status_code == 200, app.name
