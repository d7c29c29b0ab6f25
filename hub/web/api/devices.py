"""Technicians' devices: `/api/v1/devices`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.plain_text import one_line
from hub.domain.roles import Permission
from hub.domain.silence import Silence
from hub.domain.tokens import device_token
from hub.services.authenticate import ApiKeyIdentity
from hub.services.issue_devices import LONGEST_NAME, issue_device, revoke_device
from hub.services.outcomes import UnknownResource
from hub.store import devices
from hub.store.devices import DeviceRow
from hub.web.bodies import in_utc, parse_json, read_body, read_json
from hub.web.credentials import authorize, services_of
from hub.web.id_cursor import cursor_after, read_cursor
from hub.web.once import once
from hub.web.problems import Fault, Problem
from hub.web.queries import page_limit, path_id, words
from hub.web.responses import TokenResponse, json_response

READ = Permission.READ_TRACKS
"""When somebody's phone was heard and how full it is says as much about them as where it was."""

DeviceName = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00]*$")]


class DeviceBody(msgspec.Struct, frozen=True, kw_only=True):
    """A wanted device."""

    resource: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    """Whose it is."""
    name: DeviceName
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
    """Default never."""


class DeviceChange(msgspec.Struct, frozen=True, kw_only=True):
    """What may change."""

    name: DeviceName | UnsetType = UNSET


class DeviceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A device, and what it told last."""

    id: str
    resource: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_seen_at: datetime | None
    app: str | None
    battery: float | None
    silence: Silence | None
    """The likeliest reason why nothing comes, null where something does or nothing tells why."""
    token: str | UnsetType = UNSET
    """Told only once, when the device is made."""


class DeviceList(msgspec.Struct, frozen=True):
    """A page of devices."""

    items: list[DeviceAnswer]
    next_cursor: str | None


async def list_devices(request: Request) -> Response:
    """List devices, revoked ones too, in the order in which they were made."""
    key = await authorize(request, READ)
    query = request.query_params
    resource_id, after, limit = words(query, "resource"), read_cursor(query, "de"), page_limit(query)
    async with services_of(request).database.read() as tx:
        found = await devices.list_devices(tx, key.portal_id, resource_id=resource_id, after=after, limit=limit)
        more = len(found) == limit and await devices.list_devices(
            tx, key.portal_id, resource_id=resource_id, after=found[-1].id, limit=1
        )
    items = [answer(request, device) for device in found]
    return json_response(DeviceList(items, cursor_after(found[-1].id) if more else None))


async def post_device(request: Request) -> Response:
    """Make a device; its token is told only now."""
    key = await authorize(request, Permission.MANAGE_DEVICES)
    raw = await read_body(request)

    async def make(claim: bytes | None) -> Response:
        return await _make(request, key, parse_json(raw, DeviceBody), claim)

    async def again(device_id: str) -> Response:
        return await _made(request, key, device_id)

    return await once(request, key.actor, raw, make, again)


async def get_device(request: Request) -> Response:
    """Read one device."""
    key = await authorize(request, READ)
    return json_response(answer(request, await _find(request, key, path_id(request))))


async def patch_device(request: Request) -> Response:
    """Rename a device."""
    key = await authorize(request, Permission.MANAGE_DEVICES)
    change = await read_json(request, DeviceChange)
    device = await _find(request, key, path_id(request))
    if change.name is not UNSET:
        name = device_name(change.name)
        async with services_of(request).database.write() as tx:
            await devices.rename(tx, device.id, name, key.portal_id)
        device = await _find(request, key, device.id)
    return json_response(answer(request, device))


async def delete_device(request: Request) -> Response:
    """Revoke a device; its open sockets close within 5 s."""
    key = await authorize(request, Permission.MANAGE_DEVICES)
    services = services_of(request)
    if not await revoke_device(services.database, path_id(request), now=services.clock(), portal_id=key.portal_id):
        raise _no_such_device()
    return Response(status_code=204)


def answer(request: Request, device: DeviceRow, token: str | UnsetType = UNSET) -> DeviceAnswer:
    """Describe a device to those who may know of it."""
    services = services_of(request)
    return DeviceAnswer(
        id=device.id,
        resource=device.resource_id,
        name=device.name,
        created_at=device.created_at,
        expires_at=device.expires_at,
        revoked_at=device.revoked_at,
        last_seen_at=device.last_seen_at,
        app=device.app,
        battery=device.battery,
        silence=services.silence.of_device(device, services.clock()),
        token=token,
    )


def device_name(text: str) -> str:
    """Bring a name onto one line; 422 where nothing is left."""
    name = one_line(text, LONGEST_NAME)
    if not name:
        raise Problem(422, "The input does not fit.", errors=[Fault("$.name", "a name is needed")])
    return name


async def _make(request: Request, key: ApiKeyIdentity, body: DeviceBody, claim: bytes | None) -> Response:
    services = services_of(request)
    now = services.clock()
    expires_at = in_utc(body.expires_at, "expires_at") if body.expires_at else None
    if expires_at is not None and expires_at <= now:
        raise Problem(422, "The input does not fit.", errors=[Fault("$.expires_at", "lies in the past")])
    issued = await issue_device(
        services.database,
        body.resource,
        device_name(body.name),
        now=now,
        expires_at=expires_at,
        portal_id=key.portal_id,
        secret=services.settings.secret,
        claim=claim,
    )
    if isinstance(issued, UnknownResource):
        raise Problem(422, "The input does not fit.", errors=[Fault("$.resource", "there is no such active resource")])
    return await _made(request, key, issued.id)


async def _made(request: Request, key: ApiKeyIdentity, device_id: str) -> Response:
    device = await _find(request, key, device_id)
    token = device_token(services_of(request).settings.secret, device.id)
    return TokenResponse(answer(request, device, token), 201, [device.id])


async def _find(request: Request, key: ApiKeyIdentity, device_id: str) -> DeviceRow:
    async with services_of(request).database.read() as tx:
        found = await devices.get(tx, device_id)
    if found is None or found.portal_id != key.portal_id:
        raise _no_such_device()
    return found


def _no_such_device() -> Problem:
    return Problem(404, "There is no such device.")
