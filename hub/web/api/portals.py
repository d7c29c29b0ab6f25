"""Portals and what their customers see: `/api/v1/portals`."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.directory.fields import Email, Language, Name, Phone, ZoneName
from hub.domain.directory.portals import PortalFields
from hub.domain.roles import Permission
from hub.domain.tokens import portal_key
from hub.domain.visibility import AfterMin, Metres, Rules, SoonMin
from hub.services.keep_portals import change_portal, fields_of, make_portal, remove_portal
from hub.services.set_visibility import set_visibility
from hub.store.database import Database
from hub.store.portals import get_portal
from hub.store.visibility import get_rules
from hub.web.api.directory import unless_refused
from hub.web.api.directory_types import changes_in
from hub.web.bodies import parse_json, read_body, read_json
from hub.web.credentials import authorize, services_of
from hub.web.once import once
from hub.web.problems import Problem
from hub.web.queries import page_limit, path_id, words
from hub.web.responses import TokenResponse, json_response


class PortalAnswer(PortalFields, frozen=True, kw_only=True):
    """A portal."""

    id: str
    visibility: Rules
    api_key: str | UnsetType = UNSET
    """A key of its own with the role admin, told only when the portal is made."""


class PortalList(msgspec.Struct, frozen=True):
    """A page of portals."""

    items: list[PortalAnswer]
    next_cursor: str | None


class VisibilityChange(msgspec.Struct, frozen=True, kw_only=True):
    """Which rules change; those left out stay as they are."""

    exact_within_m: Metres | UnsetType | None = UNSET
    exact_within_min: SoonMin | UnsetType | None = UNSET
    name: bool | UnsetType = UNSET
    photo: bool | UnsetType = UNSET
    phone: bool | UnsetType = UNSET
    closes_after_min: AfterMin | UnsetType | None = UNSET


class PortalChange(msgspec.Struct, frozen=True, kw_only=True):
    """What may change."""

    name: Name | UnsetType = UNSET
    locale: Language | UnsetType = UNSET
    time_zone: ZoneName | UnsetType = UNSET
    public_booking: bool | UnsetType = UNSET
    phone: Phone | UnsetType | None = UNSET
    email: Email | UnsetType | None = UNSET
    visibility: VisibilityChange = VisibilityChange()


async def list_portals(request: Request) -> Response:
    """List the portals that the key may know of: its own."""
    key = await authorize(request, Permission.READ_DIRECTORY)
    after = words(request.query_params, "cursor")
    page_limit(request.query_params)
    found = [await _read(services_of(request).database, key.portal_id)] if after is None else []
    return json_response(PortalList(found, None))


async def get_one_portal(request: Request) -> Response:
    """Read one portal."""
    key = await authorize(request, Permission.READ_DIRECTORY)
    _known(path_id(request), key.portal_id)
    return json_response(await _read(services_of(request).database, key.portal_id))


async def post_portal(request: Request) -> Response:
    """Make another portal, with a key of its own."""
    key = await authorize(request, Permission.MANAGE_PORTAL)
    raw, services = await read_body(request), services_of(request)
    secret = services.settings.secret

    async def make(claim: bytes | None) -> Response:
        fields = parse_json(raw, PortalFields)
        return await again(
            unless_refused(await make_portal(services.database, secret, fields, now=services.clock(), claim=claim))
        )

    async def again(portal_id: str) -> Response:
        made = await _read(services.database, portal_id)
        told = msgspec.structs.replace(made, api_key=portal_key(secret, portal_id))
        return TokenResponse(told, 201, [portal_id])

    return await once(request, key.actor, raw, make, again)


async def patch_portal(request: Request) -> Response:
    """Change a portal, and what its customers see."""
    key = await authorize(request, Permission.MANAGE_PORTAL)
    change = await read_json(request, PortalChange)
    _known(path_id(request), key.portal_id)
    services = services_of(request)
    fields = changes_in(change)
    fields.pop("visibility", None)
    if fields:
        unless_refused(await change_portal(services.database, key.portal_id, fields))
    rules = changes_in(change.visibility)
    await set_visibility(services.database, key.portal_id, rules, actor=key.actor, now=services.clock())
    return json_response(await _read(services.database, key.portal_id))


async def delete_portal(request: Request) -> Response:
    """Delete the key's portal, where nothing is left in it; its keys go with it."""
    key = await authorize(request, Permission.MANAGE_PORTAL)
    _known(path_id(request), key.portal_id)
    unless_refused(await remove_portal(services_of(request).database, key.portal_id))
    return Response(status_code=204)


async def _read(database: Database, portal_id: str) -> PortalAnswer:
    async with database.read() as tx:
        portal, rules = await get_portal(tx, portal_id), await get_rules(tx, portal_id)
    if portal is None or rules is None:
        raise _unknown()
    return PortalAnswer(id=portal.id, visibility=rules, **msgspec.structs.asdict(fields_of(portal)))


def _known(portal_id: str, own_id: str) -> None:
    if portal_id != own_id:
        raise _unknown()


def _unknown() -> Problem:
    return Problem(404, "There is no such portal.")
