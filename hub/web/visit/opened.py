"""What all pages and calls of a customer's link share: who opened what, and what they may do."""

from __future__ import annotations

from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.booking_status import NEXT, BookingStatus
from hub.domain.geodesy import Point
from hub.domain.link_scope import LinkScope
from hub.domain.live_messages import Snapshot
from hub.domain.policies import Action, allowed_actions
from hub.domain.visit import Visit
from hub.services.authenticate import OpenLink
from hub.services.find_slots import Wanted
from hub.store import bookings, portals
from hub.web.credentials import services_of
from hub.web.live.snapshot import no_such_link
from hub.web.page_response import page_response
from hub.web.problems import Problem
from hub.web.responses import json_response

JSON = "application/json"


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A link, and the visit that it opens."""

    link: OpenLink
    visit: Visit
    snapshot: Snapshot
    path: str
    """`/v/{token}`."""

    @property
    def actor(self) -> str:
        """Name the link as events do."""
        return f"link:{self.link.link_id}"


async def open_visit(request: Request) -> Opened | None:
    """Find what the link in the path opens; None where it opens nothing."""
    services, token = services_of(request), request.path_params["token"]
    link = await services.admission.link(token)
    seen = link and await services.watch.see(link.booking_id, link.scope)
    if not link or not seen:
        return None
    return Opened(link=link, visit=seen[0], snapshot=seen[1], path=f"/v/{token}")


async def opened_or_problem(request: Request) -> Opened:
    """Find what the link opens, for a program; raises a 404."""
    if (opened := await open_visit(request)) is None:
        raise no_such_link()
    return opened


async def link_gone(request: Request) -> Response:
    """Say to a person that the link opens nothing."""
    return await page_response(request, "link_gone.html", 404)


def speaks_json(request: Request) -> bool:
    """Tell whether a program posts, rather than a page's form."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == JSON


def may(request: Request, opened: Opened, action: Action) -> bool:
    """Tell whether the link may do this now."""
    visit, now = opened.visit, services_of(request).clock()
    return action in allowed_actions(opened.link.scope, visit.status, visit.change_until, visit.undo_until, now)


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """Until when a visit may be changed by its link, and how to reach the company afterwards."""

    until: datetime
    over: bool
    phone: str | None = None
    email: str | None = None


async def deadline_of(request: Request, opened: Opened) -> Deadline | None:
    """Tell until when the link may change its visit; None where that never is, or is over for another reason."""
    visit = opened.visit
    if opened.link.scope is not LinkScope.MANAGE or visit.status is not BookingStatus.SCHEDULED:
        return None
    if services_of(request).clock() < visit.change_until:
        return Deadline(until=visit.change_until, over=False)
    async with services_of(request).database.read() as tx:
        portal = await portals.get_portal(tx, visit.portal_id)
    reach = portal.brand if portal else {}
    return Deadline(until=visit.change_until, over=True, phone=reach.get("phone"), email=reach.get("email"))


def require(request: Request, opened: Opened, action: Action) -> None:
    """Refuse what the link may never do (403), or not now (409)."""
    if opened.link.scope is not LinkScope.MANAGE:
        raise Problem(403, "This link may only look.")
    if not may(request, opened, action):
        status = opened.visit.status
        allowed = [str(one) for one in NEXT[status]]
        raise Problem(409, f"This visit allows no {action} now.", current=str(status), allowed=allowed)


async def wanted_by_visit(request: Request, opened: Opened) -> Wanted:
    """Tell what slots to look for in order to move a visit."""
    async with services_of(request).database.read() as tx:
        booking = await bookings.get(tx, opened.visit.booking_id)
    if booking is None:
        raise no_such_link()
    return Wanted(
        portal_id=booking.portal_id,
        service_type_id=booking.service_type_id,
        place=Point(opened.visit.place.lat, opened.visit.place.lon),
        location_id=booking.location_id,
        booking_id=booking.id,
    )


async def answer_snapshot(request: Request) -> Response:
    """Answer a program with the visit as it is after the change."""
    return json_response((await opened_or_problem(request)).snapshot)
