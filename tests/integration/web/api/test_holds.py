"""Keep a slot free for a while, for a while longer, and no more."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from hub.domain.roles import Role
from hub.store.tables import portal
from tests.builders import build_api_key, build_directory
from tests.integration.web.api.desk import Desk

MINUTES_5 = timedelta(minutes=5)


async def _hold(desk: Desk, number: int = 3) -> dict[str, str]:
    answer = await desk.post("/api/v1/holds", {"slot_id": (await desk.slots())[number]["id"]}, key=False)
    assert answer.status_code == 201
    held: dict[str, str] = answer.json()
    return held


async def test_a_hold_is_extended_once_and_then_booked(desk: Desk) -> None:
    held = await _hold(desk)

    extended = await desk.post(f"/api/v1/holds/{held['id']}/extend", None, key=False)
    again = await desk.post(f"/api/v1/holds/{held['id']}/extend", None, key=False)

    assert (extended.status_code, again.status_code) == (200, 409)
    longer = datetime.fromisoformat(extended.json()["expires_at"]) - datetime.fromisoformat(held["expires_at"])
    assert longer == MINUTES_5
    assert (await desk.book({"hold_id": held["id"]})).status_code == 201
    assert (await desk.book({"hold_id": held["id"]})).status_code == 404


async def test_a_hold_that_is_let_go_leaves_the_time_to_others(desk: Desk) -> None:
    slot = (await desk.slots())[3]
    held = await _hold(desk)
    assert slot["starts_at"] not in [one["starts_at"] for one in await desk.slots()]

    gone = await desk.hub.http.delete(f"/api/v1/holds/{held['id']}")

    assert gone.status_code == 204
    assert slot["starts_at"] in [one["starts_at"] for one in await desk.slots()]
    assert (await desk.hub.http.delete(f"/api/v1/holds/{held['id']}")).status_code == 404
    for number in range(3, 6):  # three at once, and the one that is gone does not count
        await _hold(desk, number * 4)


async def test_nobody_holds_more_by_asking_for_many_at_once(desk: Desk) -> None:
    slots = await desk.slots()

    answers = await asyncio.gather(
        *(desk.post("/api/v1/holds", {"slot_id": slots[number * 4]["id"]}, key=False) for number in range(6))
    )

    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 429, 429, 429]


@pytest.mark.parametrize("path", ["extend", ""])
async def test_a_hold_of_another_portal_is_unknown(desk: Desk, path: str) -> None:
    held = await _hold(desk)
    async with desk.hub.database.write() as tx:
        other = await build_directory(tx)
        _, key = await build_api_key(tx, other.portal_id, role=Role.DISPATCHER)
        await tx.execute(portal.update().values(switches={}))
    method = "POST" if path else "DELETE"
    address = f"/api/v1/holds/{held['id']}/{path}".rstrip("/")

    strange = await desk.hub.http.request(method, address, headers={"Authorization": f"Bearer {key}"})
    nobody = await desk.hub.http.request(method, address)

    assert (strange.status_code, nobody.status_code) == (404, 401)
