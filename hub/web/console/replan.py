"""`/staff/replan`: better orders of days to come, what they save, and the buttons that make or drop them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.roles import Permission, allows
from hub.services.move_visits import Applied, DayChanged
from hub.services.replan_day import ReplanDay
from hub.store import day_plans, day_visits, portals, resources
from hub.store.day_plans import KeptPlan, PlanMove
from hub.store.day_visits import DayVisit
from hub.store.sessions import StaffSession
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, form_token, keep_cookie, read_form
from hub.web.page_response import error_page, page_response
from hub.web.sessions import see, signed_in_staff, to_sign_in

PATH = "/staff/replan"
OUTCOMES = ("applied", "dismissed", "changed", "gone")


class ShownMove(msgspec.Struct, frozen=True):
    """One move with what staff know the visit by."""

    move: PlanMove
    visit: DayVisit | None
    """None where it is not on that day any more."""


class ShownPlan(msgspec.Struct, frozen=True):
    """A proposal as it is shown."""

    plan: KeptPlan
    noon: datetime
    """By which the day is named."""
    moves: list[ShownMove]


async def replan_page(request: Request) -> Response:
    """Show what is proposed."""
    person = await signed_in_staff(request)
    return await _page(request, person) if person else to_sign_in(request)


async def post_replan(request: Request) -> Response:
    """Make all moves of a proposal, or put it away."""
    person = await signed_in_staff(request)
    if person is None:
        return to_sign_in(request)
    if not allows(person.role, Permission.CHANGE_BOOKINGS):
        return await error_page(request, 403)
    try:
        form = await read_form(request)
    except FormRefused:
        return await _page(request, person, 403, refused=True)
    services, plan_id = services_of(request), request.path_params["plan_id"]
    if "\x00" in plan_id:  # no id holds one, and PostgreSQL refuses to look for it
        return await error_page(request, 404)
    replan, actor = ReplanDay(services.database, None, services.clock), f"staff:{person.staff_id}"
    if form.get("do") == "dismiss":
        gone = not await replan.dismiss(person.portal_id, plan_id, actor=actor)
        return see(f"{PATH}?done={'gone' if gone else 'dismissed'}")
    outcome = await replan.apply(person.portal_id, plan_id, actor=actor)
    if isinstance(outcome, Applied):
        return see(f"{PATH}?done=applied")
    return see(f"{PATH}?done={'changed' if isinstance(outcome, DayChanged) else 'gone'}")


async def _page(request: Request, person: StaffSession, status_code: int = 200, *, refused: bool = False) -> Response:
    services = services_of(request)
    now = services.clock()
    async with services.database.read() as tx:
        portal = await portals.get_portal(tx, person.portal_id)
        assert portal is not None  # noqa: S101 - staff refer to their portal
        zone = ZoneInfo(portal.time_zone)
        today = now.astimezone(zone).date().isoformat()
        plans = [await _shown(tx, one, zone) for one in await day_plans.proposed(tx, person.portal_id, today)]
        names = {one.id: one.name for one in await resources.list_resources(tx, person.portal_id)}
    done = request.query_params.get("done")
    page = await page_response(
        request,
        "staff/replan.html",
        status_code,
        person=person,
        plans=plans,
        names=names,
        zone=portal.time_zone,
        may_change=allows(person.role, Permission.CHANGE_BOOKINGS),
        done=done if done in OUTCOMES else None,
        refused=refused,
        path=PATH,
        form_token=lambda action: form_token(request, action),
        portal_name=portal.name,
        portal_demo=portal.demo,
    )
    return keep_cookie(request, page)


async def _shown(tx: AsyncConnection, plan: KeptPlan, zone: ZoneInfo) -> ShownPlan:
    midnight = datetime.combine(date.fromisoformat(plan.day), time(), zone)
    since, before = midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)
    visits = {one.booking_id: one for one in await day_visits.of_portal(tx, plan.portal_id, since, before)}
    moves = [ShownMove(move, visits.get(move.booking_id)) for move in plan.moves]
    return ShownPlan(plan, midnight + timedelta(hours=12), moves)
