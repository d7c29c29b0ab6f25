"""Book, hold, move and take back, on real databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point
from hub.domain.messages import MessageKind
from hub.domain.misfit import Misfit
from hub.services.book_visit import Booked, NewVisit, book_visit
from hub.services.change_status import StatusChanged, change_status
from hub.services.hold_slot import HOLD_FOR, Held, hold_slot
from hub.services.leave_feedback import Thanked, leave_feedback
from hub.services.outcomes import SlotTaken, UnknownBooking
from hub.services.reschedule_visit import Drag, Moved, NotNow, OtherService, reschedule_visit, undo_change
from hub.store import accounts, events, feedback
from hub.store.database import Database
from tests.builders import NOW, SECRET
from tests.integration.services.booking_scene import BookingScene, booking_scene, protected_of

S, K = BookingStatus, MessageKind
LATER = NOW + timedelta(minutes=9, seconds=59)
TOO_LATE = NOW + timedelta(minutes=10)


async def _cancel(scene: BookingScene, booking_id: str) -> None:
    outcome = await change_status(scene.db, booking_id, S.CANCELED, actor="link:li_1", now=NOW, portal_id=None)
    assert isinstance(outcome, StatusChanged)


async def _kinds(scene: BookingScene, booking_id: str) -> list[MessageKind]:
    return [message.kind for message in await scene.messages(booking_id)]


async def test_booking_writes_all_that_belongs_to_it(db: Database) -> None:
    scene = await booking_scene(db)
    slot = (await scene.slots())[3]

    booking_id = await scene.book(slot)

    booking = await scene.booking(booking_id)
    assert (booking.status, booking.time.visit, booking.sequence) == (S.SCHEDULED, slot.visit, 0)
    assert await scene.taken() == [protected_of(slot)]
    [message] = await scene.messages(booking_id)
    assert (message.kind, message.contact_id) == (K.BOOKED, booking.contact_id)
    assert (message.facts.starts_at, message.facts.sequence) == (booking.starts_at, 0)
    async with db.read() as tx:
        assert [event.kind for event in await events.of_booking(tx, booking_id)] == ["booking.created"]


async def test_what_is_booked_is_offered_no_more(db: Database) -> None:
    scene = await booking_scene(db)
    slot = (await scene.slots())[3]
    await scene.book(slot)

    offered = await scene.slots()

    assert offered
    assert not any(one.visit.overlaps(slot.visit) for one in offered)


async def test_who_is_late_gets_five_other_slots_the_nearest_first(db: Database) -> None:
    scene = await booking_scene(db)
    slot = (await scene.slots())[10]
    await scene.book(slot)

    outcome = await scene.try_to_book(slot)

    assert isinstance(outcome, SlotTaken)
    distances = [abs(one.visit.starts_at - slot.visit.starts_at) for one in outcome.others]
    assert len(distances) == 5
    assert distances == sorted(distances)
    assert isinstance(await scene.try_to_book(outcome.others[0]), Booked)


async def test_an_offer_whose_time_has_come_is_too_late(db: Database) -> None:
    scene = await booking_scene(db)
    slot = (await scene.slots())[0]

    outcome = await scene.try_to_book(slot, now=slot.visit.starts_at)

    assert isinstance(outcome, SlotTaken)
    assert await scene.taken() == []


async def test_of_many_at_once_one_books_and_nothing_overlaps(db: Database) -> None:
    scene = await booking_scene(db, technicians=2)
    slots = await scene.slots()
    contested = [slots[4], slots[5], slots[4], slots[6]] * 5

    outcomes = await asyncio.gather(*(scene.try_to_book(slot) for slot in contested))

    taken = await scene.taken()
    assert len(taken) == sum(isinstance(outcome, Booked) for outcome in outcomes)
    assert 1 <= len(taken) < len(contested)


async def test_a_place_far_from_the_offers_is_refused(db: Database) -> None:
    scene = await booking_scene(db)
    slot = msgspec.structs.replace((await scene.slots())[0], place=Point(60.2, 24.94))

    outcome = await scene.try_to_book(slot)

    assert outcome == Misfit("$.location", "is not where the slot was offered for")
    assert await scene.taken() == []
    async with db.read() as tx:
        assert len(await accounts.list_contacts(tx, scene.directory.portal_id)) == 1  # nobody was made


async def test_a_hold_keeps_others_away_and_its_holder_may_book(db: Database) -> None:
    scene = await booking_scene(db)
    slot = (await scene.slots())[3]

    held = await hold_slot(db, slot, NOW)

    assert isinstance(held, Held)
    assert held.expires_at == NOW + HOLD_FOR
    assert isinstance(await scene.try_to_book(slot), SlotTaken)
    assert isinstance(await hold_slot(db, slot, NOW), SlotTaken)
    await scene.book(slot, held.id)
    assert await scene.taken() == [protected_of(slot)]


async def test_a_hold_that_has_expired_keeps_nobody_away(db: Database) -> None:
    scene = await booking_scene(db)
    slot = (await scene.slots())[9]
    await hold_slot(db, slot, NOW)

    assert isinstance(await scene.try_to_book(slot, now=NOW + HOLD_FOR), Booked)


async def test_moving_frees_the_old_time_and_tells_of_both(db: Database) -> None:
    scene = await booking_scene(db)
    before, *_, after = (await scene.slots())[3:12]
    booking_id = await scene.book(before)

    moved = await reschedule_visit(db, booking_id, after, actor="link:li_1", now=NOW, portal_id=None)

    assert moved == Moved(booking_id)
    booking = await scene.booking(booking_id)
    assert (booking.time.visit, booking.sequence, booking.version) == (after.visit, 1, 2)
    assert await scene.taken() == [protected_of(after)]
    told = (await scene.messages(booking_id))[-1]
    assert (told.kind, told.facts.sequence) == (K.RESCHEDULED, 1)
    assert (told.facts.starts_at, told.facts.was_earliest) == (after.visit.starts_at, before.window.starts_at)


async def test_a_visit_may_move_into_its_own_time(db: Database) -> None:
    scene = await booking_scene(db)
    first = (await scene.slots())[3]
    booking_id = await scene.book(first)
    overlapping = next(
        slot
        for slot in await scene.slots(booking_id=booking_id)
        if slot.visit != first.visit and protected_of(slot).overlaps(protected_of(first))
    )

    assert isinstance(await reschedule_visit(db, booking_id, overlapping, actor="x", now=NOW, portal_id=None), Moved)


async def test_moving_to_what_somebody_else_has_changes_nothing(db: Database) -> None:
    scene = await booking_scene(db)
    slots = await scene.slots()
    booking_id = await scene.book(slots[3])
    await scene.book(slots[10])

    outcome = await reschedule_visit(db, booking_id, slots[10], actor="x", now=NOW, portal_id=None)

    assert isinstance(outcome, SlotTaken)
    assert len(outcome.others) == 5
    assert (await scene.booking(booking_id)).time.visit == slots[3].visit
    assert await _kinds(scene, booking_id) == [K.BOOKED]


async def test_moving_to_the_time_that_it_has_changes_nothing(db: Database) -> None:
    scene = await booking_scene(db)
    before, *_, after = (await scene.slots())[3:12]
    booking_id = await scene.book(before)
    for _ in range(2):  # somebody presses twice
        moved = await reschedule_visit(db, booking_id, after, actor="x", now=NOW, portal_id=None)
        assert moved == Moved(booking_id)

    assert await _kinds(scene, booking_id) == [K.BOOKED, K.RESCHEDULED]
    await undo_change(db, booking_id, actor="x", now=LATER, portal_id=None)
    assert (await scene.booking(booking_id)).time.visit == before.visit


async def test_whoever_can_comes_although_another_one_was_likely(db: Database) -> None:
    scene = await booking_scene(db, technicians=2)
    slot = (await scene.slots())[4]

    both = [await scene.booking(await scene.book(slot)) for _ in range(2)]

    assert [one.time.visit for one in both] == [slot.visit, slot.visit]
    assert len({one.resource_id for one in both}) == 2
    assert isinstance(await scene.try_to_book(slot), SlotTaken)


async def test_a_visit_that_moves_keeps_its_technician_where_they_can(db: Database) -> None:
    scene = await booking_scene(db, technicians=3)
    slots = await scene.slots()
    booking_id = await scene.book(slots[3])
    keeps = (await scene.booking(booking_id)).resource_id
    for slot in slots[20:26:3]:
        await reschedule_visit(db, booking_id, slot, actor="x", now=NOW, portal_id=None)
        assert (await scene.booking(booking_id)).resource_id == keeps


async def test_a_slot_of_another_service_fits_no_booking(db: Database) -> None:
    scene = await booking_scene(db)
    slots = await scene.slots()
    booking_id = await scene.book(slots[3])
    other = msgspec.structs.replace(slots[5], service_type_id="st_other")

    assert await reschedule_visit(db, booking_id, other, actor="x", now=NOW, portal_id=None) == OtherService()


async def test_canceling_frees_the_time_and_undo_takes_it_again(db: Database) -> None:
    scene = await booking_scene(db)
    slot = (await scene.slots())[3]
    booking_id = await scene.book(slot)

    await _cancel(scene, booking_id)
    assert await scene.taken() == []
    undone = await undo_change(db, booking_id, actor="link:li_1", now=LATER, portal_id=None)

    assert undone == Moved(booking_id)
    booking = await scene.booking(booking_id)
    assert (booking.status, booking.time.visit, booking.sequence, booking.undo) == (
        S.SCHEDULED,
        slot.visit,
        2,
        None,
    )
    assert await scene.taken() == [protected_of(slot)]
    assert await _kinds(scene, booking_id) == [K.BOOKED, K.CANCELED, K.UNDONE]
    assert [message.facts.sequence for message in await scene.messages(booking_id)] == [0, 1, 2]
    assert [message.facts.canceled for message in await scene.messages(booking_id)] == [False, True, False]


async def test_undo_gives_a_moved_visit_its_old_time(db: Database) -> None:
    scene = await booking_scene(db)
    slots = await scene.slots()
    booking_id = await scene.book(slots[3])
    await reschedule_visit(db, booking_id, slots[10], actor="x", now=NOW, portal_id=None)

    assert isinstance(await undo_change(db, booking_id, actor="x", now=LATER, portal_id=None), Moved)

    assert (await scene.booking(booking_id)).time.visit == slots[3].visit
    assert await scene.taken() == [protected_of(slots[3])]
    assert isinstance(await undo_change(db, booking_id, actor="x", now=LATER, portal_id=None), NotNow)


async def test_after_ten_minutes_nothing_is_taken_back(db: Database) -> None:
    scene = await booking_scene(db)
    booking_id = await scene.book((await scene.slots())[3])
    await _cancel(scene, booking_id)

    assert await undo_change(db, booking_id, actor="x", now=TOO_LATE, portal_id=None) == NotNow(S.CANCELED)


async def test_undo_cannot_take_what_somebody_else_has_booked_meanwhile(db: Database) -> None:
    scene = await booking_scene(db)
    slot = (await scene.slots())[3]
    booking_id = await scene.book(slot)
    await _cancel(scene, booking_id)
    await scene.book(slot)

    outcome = await undo_change(db, booking_id, actor="x", now=LATER, portal_id=None)

    assert isinstance(outcome, SlotTaken)
    assert (await scene.booking(booking_id)).status is S.CANCELED


@pytest.mark.parametrize("status", [S.TRAVELING, S.CANCELED])
async def test_only_a_scheduled_visit_is_moved(db: Database, status: BookingStatus) -> None:
    scene = await booking_scene(db)
    slots = await scene.slots()
    booking_id = await scene.book(slots[3])
    await change_status(db, booking_id, status, actor="x", now=NOW, portal_id=None)

    assert await reschedule_visit(db, booking_id, slots[9], actor="x", now=NOW, portal_id=None) == NotNow(status)


async def test_setting_off_and_finishing_tell_the_contact_and_nothing_else_does(db: Database) -> None:
    scene = await booking_scene(db)
    booking_id = await scene.book((await scene.slots())[3])

    for status in (S.TRAVELING, S.SCHEDULED, S.TRAVELING, S.IN_PROGRESS, S.ON_BREAK, S.IN_PROGRESS, S.COMPLETED):
        await change_status(db, booking_id, status, actor="x", now=NOW, portal_id=None)

    assert await _kinds(scene, booking_id) == [K.BOOKED, K.ON_THE_WAY, K.ON_THE_WAY, K.COMPLETED]
    assert await undo_change(db, booking_id, actor="x", now=NOW, portal_id=None) == NotNow(S.COMPLETED)


async def test_another_portals_booking_is_unknown(db: Database) -> None:
    scene = await booking_scene(db)
    slots = await scene.slots()
    booking_id = await scene.book(slots[3])

    unknown = UnknownBooking(booking_id)
    assert await reschedule_visit(db, booking_id, slots[9], actor="x", now=NOW, portal_id="po_2") == unknown
    assert await undo_change(db, booking_id, actor="x", now=NOW, portal_id="po_2") == unknown


async def test_feedback_on_a_finished_visit_is_kept_and_may_be_changed(db: Database) -> None:
    scene = await booking_scene(db)
    booking_id = await scene.book((await scene.slots())[3])
    early = await leave_feedback(db, booking_id, 5, "Good", actor="x", now=NOW)
    for status in (S.IN_PROGRESS, S.COMPLETED):
        await change_status(db, booking_id, status, actor="x", now=NOW, portal_id=None)

    first = await leave_feedback(db, booking_id, 5, "a", actor="x", now=NOW)
    second = await leave_feedback(db, booking_id, 2, "b", actor="x", now=NOW)

    assert early == NotNow(S.SCHEDULED)
    assert (first, second) == (Thanked(booking_id), Thanked(booking_id))
    async with db.read() as tx:
        kept = await feedback.get(tx, booking_id)
    assert kept is not None
    assert (kept.rating, kept.comment) == (2, "b")


async def _drag(scene: BookingScene, booking_id: str, drag: Drag) -> None:
    outcome = await reschedule_visit(scene.db, booking_id, drag, actor="hub:replan", now=NOW, portal_id=None)
    assert outcome == Moved(booking_id), outcome


async def test_what_the_hub_moves_a_little_keeps_its_promise_and_nobody_is_told(db: Database) -> None:
    scene = await booking_scene(db)
    slot = (await scene.slots())[8]
    booking_id, starts_at = await scene.book(slot), slot.visit.starts_at

    await _drag(scene, booking_id, Drag(starts_at=starts_at + timedelta(minutes=10), by_hub=True, reason="less travel"))
    booking = await scene.booking(booking_id)
    assert (booking.starts_at, booking.time.window) == (starts_at + timedelta(minutes=10), slot.window)
    assert (await _kinds(scene, booking_id), booking.undo) == ([K.BOOKED], None)

    await _drag(scene, booking_id, Drag(starts_at=starts_at + timedelta(minutes=21), by_hub=True))
    assert await _kinds(scene, booking_id) == [K.BOOKED, K.RESCHEDULED]
    async with db.read() as tx:
        moves = (await events.of_booking(tx, booking_id))[1:]
    assert [(one.actor, one.data.get("reason")) for one in moves] == [
        ("hub:replan", "less travel"),
        ("hub:replan", None),
    ]


async def test_two_visits_of_one_work_order_stand_for_themselves(db: Database) -> None:
    scene = await booking_scene(db)
    slots = await scene.slots()
    first = await scene.booking(await scene.book(slots[3]))
    new = NewVisit(
        slot=slots[12],
        hold_id=None,
        contact=None,
        location=None,
        notes="",
        actor="x",
        work_order_id=first.work_order_id,
    )
    second = await book_visit(db, SECRET, new, NOW)
    assert isinstance(second, Booked)

    await _cancel(scene, first.id)

    other = await scene.booking(second.booking_id)
    assert (other.work_order_id, other.work_order_status, other.status) == (
        first.work_order_id,
        "scheduled",
        S.SCHEDULED,
    )
    unknown = await book_visit(db, SECRET, msgspec.structs.replace(new, work_order_id="wo_x"), NOW)
    assert unknown == Misfit("$.work_order", "unknown")
