"""What finished visits tell of how long work takes, and that staff decide what is planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from hub.services.propose_durations import ACCEPTED, ProposeDurations, accept_duration
from hub.store import events, service_types, work_durations
from hub.store.database import Database
from hub.store.tables import booking, event
from hub.store.work_durations import Proposed
from tests.builders import NOW, BuiltDirectory, build_directory, build_visit

MIN = timedelta(minutes=1)


async def _finished(db: Database, minutes: Sequence[int], *, rested_min: int = 0) -> BuiltDirectory:
    """Build finished visits that took so long, with a break in each."""
    async with db.write() as tx:
        directory = await build_directory(tx)
        for number, took in enumerate(minutes):
            began_at = NOW - timedelta(days=1 + number)
            visit = await build_visit(tx, directory=directory, status="completed", starts_at=began_at)
            done_at = began_at + (took + rested_min) * MIN
            change = update(booking).where(booking.c.id == visit.booking_id)
            await tx.execute(change.values(arrived_at=began_at, completed_at=done_at))
            steps = [
                ("in_progress", "on_break", began_at + 5 * MIN),
                ("on_break", "in_progress", began_at + (5 + rested_min) * MIN),
            ]
            for was, to, at in steps if rested_min else ():
                await events.append(
                    tx,
                    portal_id=directory.portal_id,
                    at=at,
                    kind="booking.status_changed",
                    booking_id=visit.booking_id,
                    actor="resource:re_1",
                    data={"from": was, "to": to, "at": at.isoformat()},
                )
    return directory


async def _proposals(db: Database, directory: BuiltDirectory) -> list[Proposed]:
    await ProposeDurations(db, lambda: NOW).work()
    async with db.read() as tx:
        return await work_durations.of_portal(tx, directory.portal_id)


async def _planned_s(db: Database, directory: BuiltDirectory) -> int:
    async with db.read() as tx:
        service = await service_types.get_service_type(tx, directory.service_type_id)
    assert service is not None
    return service.duration_s


async def test_real_durations_without_breaks_make_a_proposal_with_its_evidence(db: Database) -> None:
    directory = await _finished(db, [60] * 20, rested_min=25)

    (proposed,) = await _proposals(db, directory)

    assert (proposed.name, proposed.planned_s, proposed.samples) == ("Boiler check", 1_800, 20)
    assert (proposed.p50_s, proposed.p80_s) == (3_600, 3_600)
    assert proposed.proposed_s == 50 * 60  # two thirds of the way from 30 to 60


async def test_too_few_visits_and_old_ones_tell_nothing(db: Database) -> None:
    assert await _proposals(db, await _finished(db, [60] * 4)) == []


async def test_what_staff_accept_is_planned_and_leaves_a_trace(db: Database) -> None:
    directory = await _finished(db, [60] * 20)
    (proposed,) = await _proposals(db, directory)

    done = await accept_duration(
        db, directory.portal_id, directory.service_type_id, proposed.proposed_s, actor="staff:st_1", now=NOW
    )

    assert done
    async with db.read() as tx:
        (data,) = (await tx.execute(select(event.c.data).where(event.c.kind == ACCEPTED))).scalars()
    assert data == {"service_type": directory.service_type_id, "duration_s": proposed.proposed_s}
    assert await _planned_s(db, directory) == proposed.proposed_s


async def test_only_what_is_proposed_to_this_portal_can_be_accepted(db: Database) -> None:
    directory = await _finished(db, [60] * 20)
    (proposed,) = await _proposals(db, directory)
    for portal_id, seconds in (
        (directory.portal_id, proposed.proposed_s + 300),
        ("po_other", proposed.proposed_s),
    ):
        assert not await accept_duration(db, portal_id, directory.service_type_id, seconds, actor="staff:st_1", now=NOW)
    assert await _planned_s(db, directory) == 1_800
