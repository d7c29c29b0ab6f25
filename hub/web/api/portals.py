"""Portals and what their customers see: `/api/v1/portals`."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.roles import Permission
from hub.domain.visibility import AfterMin, Metres, Rules, SoonMin
from hub.services.set_visibility import set_visibility
from hub.store.database import Database
from hub.store.portals import get_portal
from hub.store.visibility import get_rules
from hub.web.bodies import read_json
from hub.web.credentials import authorize, services_of
from hub.web.problems import Problem
from hub.web.queries import page_limit, path_id, words
from hub.web.responses import json_response


class PortalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A portal."""

    id: str
    name: str
    locale: str
    time_zone: str
    visibility: Rules


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


async def patch_portal(request: Request) -> Response:
    """Change what the portal's customers see."""
    key = await authorize(request, Permission.MANAGE_PORTAL)
    change = await read_json(request, PortalChange)
    _known(path_id(request), key.portal_id)
    services = services_of(request)
    wanted = {name: value for name, value in msgspec.structs.asdict(change.visibility).items() if value is not UNSET}
    await set_visibility(services.database, key.portal_id, wanted, actor=key.actor, now=services.clock())
    return json_response(await _read(services.database, key.portal_id))


async def _read(database: Database, portal_id: str) -> PortalAnswer:
    async with database.read() as tx:
        portal, rules = await get_portal(tx, portal_id), await get_rules(tx, portal_id)
    if portal is None or rules is None:
        raise _unknown()
    return PortalAnswer(
        id=portal.id, name=portal.name, locale=portal.locale, time_zone=portal.time_zone, visibility=rules
    )


def _known(portal_id: str, own_id: str) -> None:
    if portal_id != own_id:
        raise _unknown()


def _unknown() -> Problem:
    return Problem(404, "There is no such portal.")
