"""`/staff/replan`: a better day, looked at and decided on by staff."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.domain.intervals import Interval
from hub.store import bookings, day_plans, reservations
from hub.store.day_plans import KeptPlan, PlanMove, PlanState
from hub.store.ids import new_id
from hub.web.console.replan import PATH
from tests.builders import BuiltDirectory, build_bookable, build_visit
from tests.integration.hub import RunningHub
from tests.integration.visitor import forms_of
from tests.integration.web.console.test_today import dispatcher


async def _proposed(hub: RunningHub, directory: BuiltDirectory, *, stale: bool = False) -> KeptPlan:
    """Keep a proposal that gives one visit of tomorrow to somebody else."""
    now = datetime.now(UTC)
    day = (now + timedelta(days=1)).astimezone(ZoneInfo("Europe/Helsinki")).date()
    starts_at = datetime.combine(day, time(10), UTC)
    async with hub.database.write() as tx:
        people = [await build_bookable(tx, directory.portal_id) for _ in range(2)]
        visit = await build_visit(tx, directory=directory, resource_id=people[0], starts_at=starts_at)
        known = await bookings.get(tx, visit.booking_id)
        assert known is not None
        kept = Interval(starts_at - timedelta(minutes=20), known.ends_at)
        await reservations.insert(tx, reservations.of_booking(known.id, people[0], kept))
        move = PlanMove(
            booking_id=visit.booking_id,
            version=known.version + stale,
            resource_id=people[1],
            starts_at=starts_at,
            was_resource_id=people[0],
            was_starts_at=starts_at,
        )
        plan = KeptPlan(
            id=new_id("dp"),
            portal_id=directory.portal_id,
            day=day.isoformat(),
            state=PlanState.PROPOSED,
            before_s=12_000,
            after_s=9_000,
            moves=[move],
            computed_at=now,
        )
        await day_plans.propose(tx, plan)
    return plan


async def _state(hub: RunningHub, plan: KeptPlan) -> PlanState:
    async with hub.database.read() as tx:
        found = await day_plans.get(tx, plan.portal_id, plan.id)
    assert found is not None
    return found.state


async def test_a_proposal_shows_what_it_saves_and_each_move(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await _proposed(hub, directory)

        page = (await visitor.open(PATH)).text

    assert "3 h 20 min as planned, 2 h 30 min with these moves" in page
    assert "50 min less on the road (25%)" in page
    assert "Aino Aalto" in page
    assert "Tero Virtanen instead of Tero Virtanen" in page


async def test_staff_put_a_proposal_away(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        plan = await _proposed(hub, directory)
        page = await visitor.open(PATH)
        (form,) = [one for one in forms_of(page) if one.action == f"{PATH}/{plan.id}"]

        answer = await visitor.http.post(form.action, data=form.fields | {"do": "dismiss"})

        assert answer.headers["location"] == f"{PATH}?done=dismissed"
        assert "stays as it is" in (await visitor.open(answer.headers["location"])).text
        assert await _state(hub, plan) is PlanState.DISMISSED


async def test_staff_make_the_moves(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        plan = await _proposed(hub, directory)
        (form,) = [one for one in forms_of(await visitor.open(PATH)) if one.action == f"{PATH}/{plan.id}"]

        answer = await visitor.http.post(form.action, data=form.fields | {"do": "apply"})

        assert answer.headers["location"] == f"{PATH}?done=applied"
        assert await _state(hub, plan) is PlanState.APPLIED


async def test_a_visit_that_changed_meanwhile_keeps_all_as_it_is(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        plan = await _proposed(hub, directory, stale=True)
        (form,) = [one for one in forms_of(await visitor.open(PATH)) if one.action == f"{PATH}/{plan.id}"]

        answer = await visitor.http.post(form.action, data=form.fields | {"do": "apply"})

        assert answer.headers["location"] == f"{PATH}?done=changed"
        assert "nothing was moved" in (await visitor.open(answer.headers["location"])).text
        assert await _state(hub, plan) is PlanState.STALE


async def test_a_form_of_another_page_decides_nothing(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        plan = await _proposed(hub, directory)

        refused = await visitor.http.post(f"{PATH}/{plan.id}", data={"do": "apply"})

        assert refused.status_code == 403
        assert await _state(hub, plan) is PlanState.PROPOSED


async def test_without_a_proposal_the_page_says_so(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, _):
        assert "Nothing better was found" in (await visitor.open(PATH)).text
