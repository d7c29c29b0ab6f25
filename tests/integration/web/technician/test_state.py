"""`GET /tech/state`: what the technician's page asks every few seconds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
from redis.asyncio import Redis

from hub.domain.geofence import Arrival
from hub.domain.tracking_hours import Tracking
from hub.store import tracking_hours
from hub.store.tables import working_hours
from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, hub_settings, next_of, ping_at, running_hub
from tests.integration.stores import TestValkey
from tests.integration.visitor import Visitor
from tests.integration.web.technician.test_page import a_visit, enrolled, form_of
from tests.integration.web.technician.test_steps import arrive


async def test_it_is_told_to_the_technician_only(hub: RunningHub) -> None:
    async with Visitor(hub) as visitor:
        answer = await visitor.open("/tech/state")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_while_nothing_changes_the_answer_is_empty(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with enrolled(hub, visit.directory) as phone:
        first = await phone.open("/tech/state")
        known = {"If-None-Match": first.headers["etag"]}
        again = await phone.http.get("/tech/state", headers=known)
        assert (again.status_code, again.content) == (304, b"")
        page = await phone.open("/tech")
        await phone.press(page, form_of(visit), status="traveling")
        changed = await phone.http.get("/tech/state", headers=known)
    assert changed.status_code == 200
    assert changed.json()["day"] != first.json()["day"]
    assert first.json()["day"] in page.text
    assert first.json()["shell"] == page.headers["x-shell"]


async def test_it_says_whether_the_customer_sees_and_how_many_look(hub: RunningHub) -> None:
    scene = await hub.scene("scheduled")
    async with enrolled(hub, scene.visit.directory) as phone, hub.live(scene) as customer:

        async def told() -> tuple[object, ...]:
            state = (await phone.open("/tech/state")).json()
            return state["traveling"], state["seen"], state["looking"], state["looking_words"]

        assert await told() == (False, "no", 0, "")
        await hub.set_status(scene, "traveling")
        assert await told() == (True, "lost", 1, "1 person is looking.")
        await next_of(customer, "status")
        await hub.ping(scene, ping_at())
        await next_of(customer, "position")
        async with hub.live(scene) as second:
            await next_of(second, "snapshot")
            assert await told() == (True, "yes", 2, "2 people are looking.")


async def test_outside_the_working_hours_positions_may_not_be_taken(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    now = datetime.now(UTC)
    other_day = (now.weekday() + 3) % 7
    async with hub.database.write() as tx:
        await tracking_hours.set_rule(tx, visit.directory.resource_id, Tracking.WORKING_HOURS)
        row = {"resource_id": visit.directory.resource_id, "weekday": other_day, "starts_s": 0, "ends_s": 3_600}
        await tx.execute(working_hours.delete())
        await tx.execute(working_hours.insert(), [row])
    async with running_hub(hub.settings) as later, enrolled(later, visit.directory) as phone:
        assert (await phone.open("/tech/state")).json()["tracked"] is False
        assert '"tracked": false' in (await phone.open("/tech")).text


async def test_an_automatic_arrival_tells_how_long_one_may_object(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> None:
    settings = hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url)
    for arrival, lasts in ((Arrival.AUTOMATIC, True), (Arrival.SUGGEST, False)):
        async with running_hub(msgspec.structs.replace(settings, arrival=arrival)) as hub:
            visit = await a_visit(hub, starts_in_s=60)
            async with enrolled(hub, visit.directory) as phone:
                await phone.press(await phone.open("/tech"), form_of(visit), status="traveling")
                await arrive(hub, visit)
                told = (await phone.open("/tech/state")).json()["arrival"]
        assert told["booking"] == visit.booking_id
        assert (told["in_s"] is not None) == lasts
        assert not lasts or 50 <= told["in_s"] <= 60


async def test_another_portals_day_is_not_in_it(hub: RunningHub) -> None:
    mine, theirs = await a_visit(hub), await a_visit(hub, "traveling")
    async with enrolled(hub, mine.directory) as phone:
        before = (await phone.open("/tech/state")).json()
    assert before["traveling"] is False
    assert theirs.booking_id not in str(before)
