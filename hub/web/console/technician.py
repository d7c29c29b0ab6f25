"""`/staff/technicians/{id}`: one technician's position, pings with their verdicts, devices and tracking rule."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ping import KEPT, Verdict
from hub.domain.roles import Permission, allows
from hub.domain.technician_day import local_days
from hub.services.find_everybody import find_everybody
from hub.store import day_visits, devices, portals, resources, tracking_hours
from hub.store.devices import DeviceRow
from hub.store.latest_points import latest_points
from hub.store.portals import Portal
from hub.store.resources import Resource
from hub.store.sessions import StaffSession
from hub.store.track_history import TrackPoint
from hub.web.base_map import base_map
from hub.web.credentials import services_of
from hub.web.forms import form_token, keep_cookie
from hub.web.page_response import error_page, page_response
from hub.web.sessions import signed_in_staff, to_sign_in

PINGS = 200
MANAGE = Permission.MANAGE_DEVICES
DONE = ("renamed", "revoked", "tracking")
"""What may just have been done, as the address after a form says."""


class _Read(msgspec.Struct, frozen=True):
    """What the database knows of a technician."""

    portal: Portal
    resource: Resource
    devices: list[DeviceRow]
    visits: list[day_visits.DayVisit]
    points: list[TrackPoint]
    tracking: tracking_hours.Rule


async def technician_page(request: Request) -> Response:
    """Show one technician to staff of the same portal."""
    person = await signed_in_staff(request)
    if person is None:
        return to_sign_in(request)
    if not allows(person.role, Permission.READ_TRACKS):
        return await error_page(request, 403)
    return await show_technician(request, person)


async def show_technician(
    request: Request, person: StaffSession, status_code: int = 200, *, fault: str | None = None
) -> Response:
    """Show the page; `fault` says why nothing was changed."""
    services = services_of(request)
    now = services.clock()
    verdict = _verdict(request.query_params.get("verdict"))
    read = await _read(request, person, verdict)
    if read is None:
        return await error_page(request, 404)
    live = await services.positions.of([read.resource.id])
    (where,) = find_everybody(
        [read.resource],
        live or {},
        read.devices,
        read.visits,
        services.silence,
        now=now,
        lost_after=timedelta(seconds=services.settings.lost_after_s),
    )
    done = request.query_params.get("done")
    page = await page_response(
        request,
        "staff/technician.html",
        status_code,
        person=person,
        may_manage=allows(person.role, MANAGE),
        where=where,
        position_known=live is not None,
        devices=[device for device in read.devices if device.revoked_at is None],
        revoked=[device for device in read.devices if device.revoked_at is not None],
        silence_of=lambda device: services.silence.of_device(device, now),
        tracking=read.tracking,
        default_tracking=services.settings.tracking_hours,
        points=read.points,
        drawn=[_drawn(number, point) for number, point in enumerate(read.points)],
        verdict=verdict,
        verdicts=[one for one in Verdict if one in KEPT],
        now=now,
        zone=read.portal.time_zone,
        done=done if done in DONE else None,
        fault=fault,
        form_token=lambda action: form_token(request, action),
        basemap=base_map(services.settings),
        style_url=services.settings.map_style_url or None,
        portal_name=read.portal.name,
        portal_demo=read.portal.demo,
    )
    return keep_cookie(request, page)


async def _read(request: Request, person: StaffSession, verdict: Verdict | None) -> _Read | None:
    """Read it all, None where there is no such technician in the portal."""
    services, resource_id = services_of(request), request.path_params["resource_id"]
    if "\x00" in resource_id:  # no id holds one, and PostgreSQL refuses to look for it
        return None
    async with services.database.read() as tx:
        resource = await resources.get_resource(tx, resource_id)
        if resource is None or resource.portal_id != person.portal_id:
            return None
        portal = await portals.get_portal(tx, person.portal_id)
        assert portal is not None  # noqa: S101 - staff refer to their portal
        today = local_days(services.clock(), ZoneInfo(portal.time_zone))
        return _Read(
            portal,
            resource,
            await devices.list_devices(tx, portal.id, resource_id=resource_id, limit=500),
            await day_visits.of_technician(tx, resource_id, *today),
            await latest_points(tx, resource_id, PINGS, verdict),
            await tracking_hours.rule_of(tx, resource_id),
        )


def _verdict(text: str | None) -> Verdict | None:
    """Read which pings to show; anything else shows all."""
    return next((one for one in KEPT if one == text), None)


def _drawn(number: int, point: TrackPoint) -> dict[str, object]:
    """Describe a ping to the page's script."""
    return {"number": number, "lat": point.lat, "lon": point.lon, "verdict": point.verdict}
