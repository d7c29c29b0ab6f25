"""Book through the API, as a client written from the contract alone would."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.domain.roles import Role
from hub.services.answer_once import AnswerOnce
from hub.store.tables import booking, portal, stored_answer
from tests.builders import build_api_key, build_directory
from tests.integration.web.api.desk import CONTACT, HOME, Desk


async def test_what_can_be_booked_is_listed(desk: Desk) -> None:
    answer = await desk.hub.http.get("/api/v1/service-types")

    [service] = answer.json()["items"]
    assert (service["id"], service["name"], service["duration_s"]) == (
        desk.directory.service_type_id,
        "Boiler check",
        1800,
    )


async def test_slots_are_ranked_and_tell_outsiders_nothing_of_others(desk: Desk) -> None:
    slots = await desk.slots()

    assert [slot["rank"] for slot in slots] == list(range(1, len(slots) + 1))
    assert set(slots[0]) == {"id", "starts_at", "ends_at", "arrival", "rank", "reason"}
    assert set((await desk.slots(key=True))[0]) == {
        *slots[0],
        "resources",
        "added_travel_s",
        "travel_source",
    }


async def test_the_next_14_days_are_offered_unless_others_are_asked_for(desk: Desk) -> None:
    now = datetime.now(UTC)
    last = datetime.fromisoformat((await desk.slots())[-1]["starts_at"])
    assert timedelta(days=13, hours=22) < last - now < timedelta(days=14)

    asked = {"from": (now + timedelta(days=2)).isoformat(), "to": (now + timedelta(days=2, hours=2)).isoformat()}
    assert len(await desk.slots(asked)) == 4


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ({"service_type": ""}, "$.service_type"),
        ({"service_type": "st_nobody"}, "$.service_type"),
        ({"location": "lo_nobody"}, "$.location"),
        ({"location": "91,24"}, "$.location"),
        ({"location": "nan,24"}, "$.location"),
        ({"location": "60.1,"}, "$.location"),
        ({"from": "2026-11-23T00:00:00Z", "to": "2026-12-25T00:00:00Z"}, "$.to"),
        ({"from": "2026-11-23T00:00:00Z", "to": "2026-11-23T00:00:00Z"}, "$.to"),
        ({"from": "9999-12-30T00:00:00Z"}, "$.from"),
        ({"from": "9999-12-30T00:00:00Z", "to": "9999-12-31T00:00:00Z"}, "$.from"),
        ({"from": "yesterday"}, "$.from"),
    ],
)
async def test_a_question_that_makes_no_sense_says_where(desk: Desk, query: dict[str, str], at: str) -> None:
    asked = {"service_type": desk.directory.service_type_id, "location": "60.165,24.94"} | query
    answer = await desk.hub.http.get("/api/v1/slots", params=asked)

    assert answer.status_code == 422
    assert [fault["at"] for fault in answer.json()["errors"]] == [at]


async def test_what_is_past_is_not_offered(desk: Desk) -> None:
    assert await desk.slots({"from": "0001-01-01T00:00:00Z"}) == []
    assert await desk.slots({"from": "2020-01-01T00:00:00Z", "to": "2020-01-02T00:00:00Z"}) == []
    recent = {"from": (datetime.now(UTC) - timedelta(days=1)).isoformat()}
    assert datetime.fromisoformat((await desk.slots(recent))[0]["starts_at"]) > datetime.now(UTC)


async def test_nobody_holds_a_whole_calendar_without_a_key(desk: Desk) -> None:
    slots = await desk.slots()
    held = [await desk.post("/api/v1/holds", {"slot_id": slot["id"]}, key=False) for slot in slots[:12:3]]

    assert [answer.status_code for answer in held] == [201, 201, 201, 429]
    assert held[3].headers["retry-after"]
    assert (await desk.post("/api/v1/holds", {"slot_id": slots[9]["id"]})).status_code == 201


async def test_a_slot_becomes_a_booking_with_links(desk: Desk) -> None:
    slot = (await desk.slots())[2]

    answer = await desk.book({"slot_id": slot["id"], "notes": "Ring twice"})

    assert answer.status_code == 201, answer.text
    booked = answer.json()
    assert (booked["status"], booked["starts_at"], booked["ends_at"]) == (
        "scheduled",
        slot["starts_at"],
        slot["ends_at"],
    )
    assert booked["arrival"] == slot["arrival"]
    assert booked["resources"] == [desk.technician]
    read = await desk.hub.http.get(f"/api/v1/bookings/{booked['id']}", headers=desk.key)
    assert read.json() == {name: value for name, value in booked.items() if name != "links"}
    for scope, can in {"track": [], "manage": ["reschedule", "cancel"]}.items():
        link = booked["links"][scope].removeprefix("http://hub.test")
        assert (await desk.hub.http.get(f"{link}/snapshot")).json()["visit"]["can"] == can


async def test_known_contacts_and_locations_are_named_by_their_ids(desk: Desk) -> None:
    slot = (await desk.slots({"location": desk.directory.location_id}))[0]

    known = {"contact": desk.directory.contact_id, "location": desk.directory.location_id}
    booked = (await desk.book({"slot_id": slot["id"], **known})).json()

    assert {name: booked[name] for name in known} == known


async def test_a_hold_is_booked_by_its_id(desk: Desk) -> None:
    slot = (await desk.slots())[0]

    held = await desk.post("/api/v1/holds", {"slot_id": slot["id"]}, key=False)

    assert held.status_code == 201
    left = datetime.fromisoformat(held.json()["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=4) < left <= timedelta(minutes=5)
    assert (await desk.book({"slot_id": slot["id"]})).status_code == 409
    assert (await desk.book({"hold_id": held.json()["id"]})).status_code == 201
    assert (await desk.book({"hold_id": held.json()["id"]})).status_code == 404


async def test_who_is_late_gets_a_409_with_five_other_slots(desk: Desk) -> None:
    slot = (await desk.slots())[20]
    await desk.book({"slot_id": slot["id"]})

    late = await desk.book({"slot_id": slot["id"]})

    assert late.status_code == 409
    assert late.json()["type"].endswith("/slot-taken")
    assert len(late.json()["slots"]) == 5
    assert (await desk.book({"slot_id": late.json()["slots"][0]["id"]})).status_code == 201


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"slot_id": "made-up"}, "$.slot_id"),
        ({"slot_id": None}, "$.slot_id"),
        ({"hold_id": "ho_1"}, "$.slot_id"),
        ({"service_type": "st_other"}, "$.service_type"),
        ({"contact": "co_nobody"}, "$.contact"),
        ({"location": "lo_nobody"}, "$.location"),
        ({"location": HOME | {"lat": 61.0}}, "$.location"),
        ({"location": HOME | {"lat": 91}}, "$.location.lat"),
        ({"contact": {"name": ""}}, "$.contact.name"),
        ({"contact": CONTACT | {"name": "a\x00b"}}, "$.contact.name"),
        ({"contact": CONTACT | {"email": "a@example.org\r\nBcc: all@example.org"}}, "$.contact.email"),
        ({"contact": CONTACT | {"email": "a@example.org,b@example.org"}}, "$.contact.email"),
        ({"notes": "x" * 10_001}, "$.notes"),
    ],
)
async def test_what_does_not_fit_is_a_422_that_says_where(desk: Desk, change: dict[str, Any], at: str) -> None:
    answer = await desk.book({"slot_id": (await desk.slots())[0]["id"], **change})

    assert answer.status_code == 422, answer.text
    assert [fault["at"] for fault in answer.json()["errors"]] == [at]


async def test_the_same_key_with_the_same_body_books_once(desk: Desk) -> None:
    slot = (await desk.slots())[0]
    body = {"slot_id": slot["id"]}

    answers = await asyncio.gather(*(desk.book(body, **{"Idempotency-Key": "k1"}) for _ in range(5)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert (await desk.book({**body, "notes": "other"}, **{"Idempotency-Key": "k1"})).status_code == 409
    assert (await desk.book(body, **{"Idempotency-Key": "k2"})).status_code == 409


async def test_an_answer_that_is_kept_holds_no_links_token(desk: Desk) -> None:
    answer = await desk.book({"slot_id": (await desk.slots())[0]["id"]}, **{"Idempotency-Key": "k1"})

    async with desk.hub.database.read() as tx:
        [kept] = [row.content for row in await tx.execute(stored_answer.select())]
    for link in answer.json()["links"].values():
        assert link.rpartition("/")[2].encode() not in kept


async def test_a_booking_whose_answer_was_lost_is_answered_and_not_made_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: object) -> None:
        raise ConnectionResetError

    body, key = {"slot_id": (await desk.slots())[0]["id"]}, {"Idempotency-Key": "k1"}
    with monkeypatch.context() as dying:
        dying.setattr(AnswerOnce, "finish", die)  # the process ends between the booking's commit and its answer
        assert (await desk.book(body, **key)).status_code == 500

    answers = [await desk.book(body, **key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    manage = answers[0].json()["links"]["manage"].removeprefix("http://hub.test")
    assert (await desk.hub.http.get(f"{manage}/snapshot")).json()["visit"]["id"] == answers[0].json()["id"]
    async with desk.hub.database.read() as tx:
        assert len((await tx.execute(booking.select())).all()) == 1


async def test_a_refusal_is_repeated_by_its_key_too(desk: Desk) -> None:
    body = {"slot_id": "made-up"}
    answers = [await desk.book(body, **{"Idempotency-Key": "k"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[1].headers["content-type"] == "application/problem+json"
    assert answers[1].headers["idempotency-replayed"] == "true"


async def test_a_booking_is_moved_and_canceled_by_key(desk: Desk) -> None:
    booked = (await desk.book({"slot_id": (await desk.slots())[0]["id"]})).json()
    later = (await desk.slots())[30]

    moved = await desk.post(f"/api/v1/bookings/{booked['id']}/reschedule", {"slot_id": later["id"]})
    assert (moved.status_code, moved.json()["starts_at"]) == (200, later["starts_at"])

    canceled = await desk.post(f"/api/v1/bookings/{booked['id']}/cancel", {"reason": "Not needed"})
    assert (canceled.status_code, canceled.json()["status"]) == (200, "canceled")
    assert (await desk.post(f"/api/v1/bookings/{booked['id']}/cancel", {})).status_code == 200
    assert (await desk.post(f"/api/v1/bookings/{booked['id']}/reschedule", {"slot_id": later["id"]})).status_code == 409


async def test_without_public_booking_a_key_is_needed(desk: Desk) -> None:
    slot = (await desk.slots())[0]
    async with desk.hub.database.write() as tx:
        await tx.execute(portal.update().values(switches={}))
    asked = {"service_type": desk.directory.service_type_id, "location": "60.165,24.94"}

    assert (await desk.hub.http.get("/api/v1/slots", params=asked)).status_code == 401
    assert (await desk.post("/api/v1/holds", {"slot_id": slot["id"]}, key=False)).status_code == 401
    assert (await desk.book({"slot_id": slot["id"]})).status_code == 401
    assert (await desk.hub.http.get("/api/v1/service-types")).json()["items"] == []
    assert (await desk.book({"slot_id": slot["id"]}, **desk.key)).status_code == 201


async def test_a_key_of_another_portal_books_nothing_here(desk: Desk) -> None:
    slot = (await desk.slots())[0]
    async with desk.hub.database.write() as tx:
        other = await build_directory(tx)
        _, foreign = await build_api_key(tx, other.portal_id, role=Role.ADMIN)

    assert (await desk.book({"slot_id": slot["id"]}, Authorization=f"Bearer {foreign}")).status_code == 422


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.INTEGRATION, 201)])
async def test_a_viewers_key_may_look_but_not_book(desk: Desk, role: Role, status: int) -> None:
    slot = (await desk.slots())[0]
    async with desk.hub.database.write() as tx:
        _, api_key = await build_api_key(tx, desk.directory.portal_id, role=role)

    assert (await desk.book({"slot_id": slot["id"]}, Authorization=f"Bearer {api_key}")).status_code == status
