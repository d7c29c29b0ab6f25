"""Staff place visits themselves: at other times, with other people, whatever is in the way; and go on with work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hub.domain.messages import MessageKind
from hub.domain.roles import Role
from hub.store import accounts, events, outbox, work_orders
from hub.store.ids import new_id
from hub.store.tables import reservation
from tests.builders import build_api_key, build_bookable
from tests.integration.web.api.desk import CONTACT, HOME, Desk


async def _booked(desk: Desk, number: int = 3) -> dict[str, Any]:
    answer = await desk.book({"slot_id": (await desk.slots())[number]["id"]})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def _later(booking: dict[str, Any], minutes: int) -> str:
    return (datetime.fromisoformat(booking["starts_at"]) + timedelta(minutes=minutes)).isoformat()


async def _told(desk: Desk, booking: dict[str, Any]) -> list[MessageKind]:
    async with desk.hub.database.read() as tx:
        return [message.kind for message in await outbox.of_booking(tx, booking["id"])]


async def _second_technician(desk: Desk) -> str:
    async with desk.hub.database.write() as tx:
        return await build_bookable(tx, desk.directory.portal_id)


async def test_a_visit_is_dragged_to_a_time_that_nobody_offered(desk: Desk) -> None:
    booking = await _booked(desk)

    moved = await desk.post(f"/api/v1/bookings/{booking['id']}/reschedule", {"starts_at": _later(booking, 7)})

    assert moved.status_code == 200
    assert datetime.fromisoformat(moved.json()["starts_at"]) == datetime.fromisoformat(_later(booking, 7))
    assert moved.json()["resources"] == [desk.technician]
    assert await _told(desk, booking) == ["booked", "rescheduled"]


async def test_a_visit_given_to_somebody_else_keeps_its_time_and_its_customer_is_not_told(desk: Desk) -> None:
    booking, other = await _booked(desk), await _second_technician(desk)

    moved = await desk.post(f"/api/v1/bookings/{booking['id']}/reschedule", {"resources": [other]})

    assert moved.json()["resources"] == [other]
    assert [moved.json()[name] for name in ("starts_at", "arrival")] == [
        booking[name] for name in ("starts_at", "arrival")
    ]
    assert await _told(desk, booking) == ["booked"]
    async with desk.hub.database.read() as tx:
        assert [one.kind for one in await events.of_booking(tx, booking["id"])][-1] == "booking.reassigned"


async def test_what_is_in_the_way_is_said_in_words_and_may_be_overridden_with_a_reason(desk: Desk) -> None:
    one, other = await _booked(desk, 3), await _booked(desk, 20)
    path, wanted = f"/api/v1/bookings/{other['id']}/reschedule", {"starts_at": _later(one, 10)}

    refused = await desk.post(path, wanted)
    without_reason = await desk.post(path, wanted | {"override": True})
    kept = await desk.post(path, wanted | {"override": True, "reason": "A neighbour, he does both"})

    assert (refused.status_code, without_reason.status_code, kept.status_code) == (409, 422, 200)
    assert refused.json()["type"].endswith("/problems/in-the-way")
    assert "by Aino Aalto, Bulevardi 15, Helsinki" in refused.json()["detail"]
    assert kept.json()["override_reason"] == "A neighbour, he does both"
    async with desk.hub.database.read() as tx:
        rows = (await tx.execute(select(reservation.c.booking_id).where(reservation.c.override))).scalars().all()
        told = (await events.of_booking(tx, other["id"]))[-1]
    assert list(rows) == [other["id"]]
    assert (told.data["reason"], told.data["override"]) == ("A neighbour, he does both", True)


async def test_only_a_dispatcher_overrides(desk: Desk) -> None:
    one, other = await _booked(desk, 3), await _booked(desk, 20)
    async with desk.hub.database.write() as tx:
        _, key = await build_api_key(tx, desk.directory.portal_id, role=Role.INTEGRATION)

    answer = await desk.hub.http.post(
        f"/api/v1/bookings/{other['id']}/reschedule",
        json={"starts_at": _later(one, 10), "override": True, "reason": "x"},
        headers={"Authorization": f"Bearer {key}"},
    )

    assert answer.status_code == 403


async def test_staff_book_a_time_of_their_own_for_somebody_and_the_mail_goes_to_the_contact(desk: Desk) -> None:
    start = _later((await desk.slots())[5], 3)
    body = {"starts_at": start, "service_type": desk.directory.service_type_id, "location": HOME, "contact": CONTACT}

    made = await desk.post("/api/v1/bookings", body | {"resources": [desk.technician]})

    assert made.status_code == 201, made.text
    assert made.json()["resources"] == [desk.technician]
    assert await _told(desk, made.json()) == ["booked"]
    async with desk.hub.database.read() as tx:
        [created] = await events.of_booking(tx, made.json()["id"])
    assert created.actor.startswith("api_key:")
    again = await desk.post("/api/v1/bookings", body | {"resources": [desk.technician]})
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "in-the-way")
    nobody = await desk.post("/api/v1/bookings", body, key=False)
    assert nobody.status_code == 403


async def test_a_follow_up_goes_on_with_the_same_work(desk: Desk) -> None:
    booking = await _booked(desk)
    for status in ("in_progress", "completed"):
        body = {"status": status} | ({"work_order": "unscheduled"} if status == "completed" else {})
        await desk.post(f"/api/v1/bookings/{booking['id']}/status", body)
    order = (await desk.get(f"/api/v1/bookings/{booking['id']}")).json()

    slot = (await desk.slots(key=True))[9]
    made = await desk.post("/api/v1/bookings", {"slot_id": slot["id"], "work_order": order["work_order_id"]})

    assert made.status_code == 201, made.text
    assert (made.json()["contact"], made.json()["location"]) == (booking["contact"], booking["location"])
    assert (order["work_order"], made.json()["work_order"]) == ("unscheduled", "scheduled")
    assert made.json()["work_order_id"] == order["work_order_id"]
    listed = await desk.get(f"/api/v1/bookings?work_order={order['work_order_id']}")
    assert [one["id"] for one in listed.json()["items"]] == [booking["id"], made.json()["id"]]


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({}, "$.slot_id"),
        ({"slot_id": "x", "resources": ["re_x"]}, "$.slot_id"),
        ({"resources": ["re_nobody"]}, "$.resources[0]"),
        ({"starts_at": "2020-01-01T00:00:00Z"}, "$.starts_at"),
        ({"starts_at": "9999-12-31T23:59:59Z"}, "$.starts_at"),
    ],
)
async def test_what_does_not_fit_is_named(desk: Desk, body: dict[str, Any], at: str) -> None:
    booking = await _booked(desk)

    answer = await desk.post(f"/api/v1/bookings/{booking['id']}/reschedule", body)

    assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, at)


async def test_what_is_worked_on_belongs_to_the_customer(desk: Desk) -> None:
    asset = accounts.Asset(id=new_id("as"), account_id=desk.directory.account_id, name="Boiler")
    async with desk.hub.database.write() as tx:
        await accounts.insert_assets(tx, [asset])
    slots = await desk.slots({"location": desk.directory.location_id}, key=True)
    body = {"contact": desk.directory.contact_id, "location": desk.directory.location_id, "asset": asset.id}

    made = await desk.post("/api/v1/bookings", body | {"slot_id": slots[3]["id"]})
    unknown = await desk.post("/api/v1/bookings", body | {"slot_id": slots[9]["id"], "asset": "as_nobody"})
    strangers = await desk.post("/api/v1/bookings", {"slot_id": slots[9]["id"], "contact": CONTACT, "asset": asset.id})

    assert made.status_code == 201, made.text
    assert [answer.json()["errors"][0]["at"] for answer in (unknown, strangers)] == ["$.asset", "$.location"]
    async with desk.hub.database.read() as tx:
        order = await work_orders.get_work_order(tx, made.json()["work_order_id"])
    assert order is not None
    assert order.asset_id == asset.id


@pytest.mark.parametrize("name", ["service_type", "work_order", "asset", "location", "contact"])
async def test_what_no_database_keeps_is_a_fault_of_the_sender(desk: Desk, name: str) -> None:
    start = _later((await desk.slots())[5], 3)
    body = {"starts_at": start, "service_type": desk.directory.service_type_id, "location": HOME, "contact": CONTACT}

    answer = await desk.post("/api/v1/bookings", body | {name: "a\x00b"})

    assert answer.status_code == 422
