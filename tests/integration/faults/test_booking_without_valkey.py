"""Valkey gone: bookings need only SQL, and go on."""

from __future__ import annotations

from hub.domain.messages import MessageKind, MessageState
from tests.integration.hub import RunningHub
from tests.integration.stores import TestValkey
from tests.integration.web.visit_scene import booked_visit

K = MessageKind


async def test_without_valkey_visits_are_booked_moved_and_canceled(
    fragile_hub: RunningHub, own_valkey: TestValkey
) -> None:
    own_valkey.kill()
    visit = await booked_visit(fragile_hub)

    moved = await visit.post("reschedule", {"slot_id": (await visit.slots())[5]["id"]})
    undone = await visit.post("undo")
    canceled = await visit.post("cancel", {"reason": "other"})

    assert [answer.status_code for answer in (moved, undone, canceled)] == [200, 200, 200]
    assert (await fragile_hub.http.get(f"{visit.manage}/calendar.ics")).status_code == 200
    told = await visit.scene.messages(visit.booking_id)
    assert [message.kind for message in told] == [K.BOOKED, K.RESCHEDULED, K.UNDONE, K.CANCELED]
    assert {message.state for message in told} == {MessageState.WAITING}


async def test_a_valkey_that_is_silent_holds_no_change_up(fragile_hub: RunningHub, own_valkey: TestValkey) -> None:
    visit = await booked_visit(fragile_hub)
    slot = (await visit.slots())[5]
    own_valkey.freeze()

    moved = await visit.post("reschedule", {"slot_id": slot["id"]})

    own_valkey.thaw()
    assert moved.status_code == 200
    assert (await visit.booking()).sequence == 1
