"""The forms of a technician's page: rename and revoke devices, and say when positions are taken."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.plain_text import one_line
from hub.domain.roles import allows
from hub.domain.tracking_hours import Tracking
from hub.services.issue_devices import LONGEST_NAME, revoke_device
from hub.store import devices, resources, tracking_hours
from hub.store.sessions import StaffSession
from hub.web.console.technician import MANAGE, show_technician
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, read_form
from hub.web.page_response import error_page
from hub.web.sessions import see, signed_in_staff, to_sign_in

AS_THE_SETTING = "default"


async def post_device_name(request: Request) -> Response:
    """Give one of the technician's devices another name."""
    person, form, refused = await _opened(request)
    if refused or person is None:
        return refused or to_sign_in(request)
    name = one_line(form.get("name", ""), LONGEST_NAME)
    if not name:
        return await show_technician(request, person, 422, fault="name")
    async with services_of(request).database.write() as tx:
        if not await _has_device(request, tx):
            return await error_page(request, 404)
        await devices.rename(tx, request.path_params["device_id"], name, person.portal_id)
    return _done(request, "renamed")


async def post_device_revoked(request: Request) -> Response:
    """Revoke one of the technician's devices; again changes nothing."""
    person, _, refused = await _opened(request)
    if refused or person is None:
        return refused or to_sign_in(request)
    services = services_of(request)
    async with services.database.read() as tx:
        if not await _has_device(request, tx):
            return await error_page(request, 404)
    device_id = request.path_params["device_id"]
    await revoke_device(services.database, device_id, now=services.clock(), portal_id=person.portal_id)
    return _done(request, "revoked")


async def post_tracking(request: Request) -> Response:
    """Say when the technician's positions are taken."""
    person, form, refused = await _opened(request)
    if refused or person is None:
        return refused or to_sign_in(request)
    wanted = form.get("tracking", "")
    if wanted not in (*Tracking, AS_THE_SETTING):
        return await show_technician(request, person, 422, fault="tracking")
    rule = None if wanted == AS_THE_SETTING else Tracking(wanted)
    async with services_of(request).database.write() as tx:
        await tracking_hours.set_rule(tx, request.path_params["resource_id"], rule)
    return _done(request, "tracking")


async def _opened(request: Request) -> tuple[StaffSession | None, Mapping[str, str], Response | None]:
    """Read a form of somebody who may change this technician, or say what to answer instead."""
    person = await signed_in_staff(request)
    if person is None:
        return None, {}, None
    if not allows(person.role, MANAGE):
        return person, {}, await error_page(request, 403)
    if not await _of_portal(request, person):
        return person, {}, await error_page(request, 404)
    try:
        return person, await read_form(request), None
    except FormRefused:
        return person, {}, await show_technician(request, person, 403, fault="refused")


async def _of_portal(request: Request, person: StaffSession) -> bool:
    ids = request.path_params
    if any("\x00" in id_ for id_ in ids.values()):
        return False
    async with services_of(request).database.read() as tx:
        resource = await resources.get_resource(tx, ids["resource_id"])
    return resource is not None and resource.portal_id == person.portal_id


async def _has_device(request: Request, tx: AsyncConnection) -> bool:
    device = await devices.get(tx, request.path_params["device_id"])
    return device is not None and device.resource_id == request.path_params["resource_id"]


def _done(request: Request, what: str) -> Response:
    return see(f"/staff/technicians/{request.path_params['resource_id']}?done={what}")
