"""Whatever a device with a good token sends: an answer, and never a fault of ours."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.hub import RunningHub
from tests.integration.web.devices.apps import APPS, App, now_ago
from tests.unit.web.devices.odd_messages import anything, parameters

NAMES = ("_type", "lat", "lon", "tst", "_id", "location", "locations", "current", "coords", "type", "data", "gps", "id")
LIKELY = ("location", "lwt", "update_location", [24.94, 60.17], {"latitude": 1, "longitude": 1})
messages = st.dictionaries(st.sampled_from(NAMES), anything | st.sampled_from(LIKELY))
bodies = st.binary() | (anything | messages | st.lists(messages)).map(msgspec.json.encode)


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies, more=parameters("lat", "lon", "timestamp", "time", "batt", "location"))
async def test_nothing_that_a_device_sends_is_a_fault_of_ours(
    hub: RunningHub, app: App, body: bytes, more: dict[str, Any]
) -> None:
    scene = await hub.scene()
    request = app.request(scene.device_token, now_ago(), {})
    if "params" in request:
        request["params"] |= more
        request |= {"method": "POST", "content": body}
    else:
        # Traccar's token lies in the body, so here it goes beside it.
        request["params"] = {"device_id": scene.device_token}
        request = {name: value for name, value in request.items() if name != "json"} | {"content": body}
    answer = await hub.http.request(**request)

    assert answer.status_code in (200, 400, 413, 422)
