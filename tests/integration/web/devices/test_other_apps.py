"""What all protocols of other apps have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.domain.ping import Verdict
from hub.web.devices import gpslogger, home_assistant, osmand, overland, owntracks, traccar
from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, hub_settings, running_hub
from tests.integration.stores import TestValkey
from tests.integration.web.devices.apps import APPS, HOME_ASSISTANT, OSMAND, OVERLAND, OWNTRACKS, TRACCAR, App, now_ago
from tests.integration.web.devices.conftest import Kept, malformed, until_heard

WITH_TIMES = [app for app in APPS if app is not HOME_ASSISTANT]
NAMES = dict(
    zip(
        [app.name for app in APPS],
        [owntracks.APP, osmand.APP, traccar.APP, overland.APP, gpslogger.APP, home_assistant.APP],
        strict=True,
    )
)
every_app = pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
every_app_with_times = pytest.mark.parametrize("app", WITH_TIMES, ids=lambda app: app.name)


@every_app
async def test_a_position_is_accepted_and_stored_before_the_answer(hub: RunningHub, app: App, kept: Kept) -> None:
    scene, at = await hub.scene(), now_ago()
    answer = await app.send(hub, scene.device_token, at)

    assert (answer.status_code, answer.content) == (app.status, app.body)
    [found] = await kept()
    assert (found.verdict, found.device_id) == (Verdict.ACCEPTED, scene.device_id)
    assert (found.ping.lat, found.ping.lon, found.ping.battery) == (60.17, 24.94, 0.76)
    assert abs((found.ping.at - at).total_seconds()) < (10 if app is HOME_ASSISTANT else 1e-3)


@every_app_with_times
async def test_the_same_position_again_changes_nothing_and_gets_the_same_answer(
    hub: RunningHub, app: App, kept: Kept
) -> None:
    scene, at = await hub.scene(), now_ago()
    answers = [await app.send(hub, scene.device_token, at) for _ in range(2)]

    assert [(one.status_code, one.content) for one in answers] == [(app.status, app.body)] * 2
    assert len(await kept()) == 1


@every_app_with_times
async def test_what_comes_late_or_is_not_kept_is_answered_alike(hub: RunningHub, app: App, kept: Kept) -> None:
    scene = await hub.scene()
    answers = [await app.send(hub, scene.device_token, now_ago(ago)) for ago in (0, 60, -90, 40 * 86_400)]

    assert [(one.status_code, one.content) for one in answers] == [(app.status, app.body)] * 4
    assert [one.verdict for one in await kept()] == [Verdict.ACCEPTED, Verdict.LATE]


@every_app
@pytest.mark.parametrize("token", ["unknown", "x" * 5_000, "' OR 1=1"])
async def test_an_unknown_token_is_unauthorized(hub: RunningHub, app: App, token: str) -> None:
    answer = await app.send(hub, token.replace(" ", "%20") if app is HOME_ASSISTANT else token)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"]


@every_app
async def test_too_much_at_once_is_too_large(hub: RunningHub, app: App) -> None:
    scene = await hub.scene()
    request = app.request(scene.device_token, now_ago(), {}) | {"method": "POST"}
    padded = {name: value for name, value in request.items() if name != "json"} | {"content": b" " * (1024 * 1024 + 1)}

    assert (await hub.http.request(**padded)).status_code == 413


@every_app
async def test_a_position_that_cannot_be_read_is_counted(hub: RunningHub, app: App, kept: Kept) -> None:
    scene, before = await hub.scene(), await malformed(hub)
    bad: dict[str, Any] = {
        "owntracks": "lat",
        "osmand": "lat",
        "traccar": "timestamp",
        "overland": "timestamp",
        "gpslogger": "lat",
    }
    answer = await app.send(hub, scene.device_token, None, **{bad.get(app.name, "gps"): "nowhere"})

    assert answer.status_code == app.malformed
    if app.malformed == 422:
        assert answer.json()["errors"][0]["at"].startswith("$.")
    else:
        assert answer.content == app.body
    assert await malformed(hub) == before + 1


async def test_each_app_and_its_battery_are_remembered(hub: RunningHub) -> None:
    scenes = [await hub.scene() for _ in APPS]
    for app, scene in zip(APPS, scenes, strict=True):
        await app.send(hub, scene.device_token)

    for app, scene in zip(APPS, scenes, strict=True):
        row = await until_heard(hub, scene.device_id, lambda row: row.app is not None)
        assert (row.app, row.battery) == (NAMES[app.name], 0.76)


async def test_who_sends_too_fast_is_told_when_to_come_again(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey
) -> None:
    settings = hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url, device_rate=0.1, device_burst=1)
    async with running_hub(settings) as hub:
        for app in APPS:
            scene = await hub.scene()
            first, second = [await app.send(hub, scene.device_token) for _ in range(2)]
            assert (first.status_code, second.status_code) == (app.status, 429), app.name
            assert 0 < int(second.headers["retry-after"]) <= 10


async def test_messages_without_a_position_count_too(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey
) -> None:
    settings = hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url, device_rate=0.1, device_burst=1)
    async with running_hub(settings) as hub:
        nothing: dict[App, dict[str, Any]] = {
            OWNTRACKS: {"_type": "status"},
            OSMAND: {"lat": "", "lon": ""},
            TRACCAR: {"coords": None},
            OVERLAND: {"action": "visit"},
            HOME_ASSISTANT: {"gps": None},
        }
        for app in nothing:
            scene = await hub.scene()
            answers = [await app.send(hub, scene.device_token, **nothing[app]) for _ in range(2)]
            assert [one.status_code for one in answers] == [app.status, 429], app.name
