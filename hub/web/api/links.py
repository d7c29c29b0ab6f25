"""Customers' links: `POST /api/v1/bookings/{id}/links`, `DELETE /api/v1/links/{id}`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.link_scope import LinkScope
from hub.domain.roles import Permission
from hub.services.authenticate import ApiKeyIdentity
from hub.services.issue_links import issue_link, revoke_link
from hub.services.outcomes import UnknownBooking
from hub.web.api.bookings import no_such_booking
from hub.web.bodies import in_utc, parse_json, read_body
from hub.web.credentials import authorize, services_of
from hub.web.once import once
from hub.web.problems import Fault, Problem
from hub.web.queries import path_id
from hub.web.responses import TokenResponse

DEFAULT_LIFE = timedelta(days=30)


class LinkBody(msgspec.Struct, frozen=True, kw_only=True):
    """A wanted link."""

    scope: LinkScope
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
    """Default in 30 days."""


class LinkAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A new link."""

    id: str
    url: str
    scope: LinkScope
    expires_at: datetime


async def post_link(request: Request) -> Response:
    """Make a link to a booking."""
    key = await authorize(request, Permission.ISSUE_LINKS)
    raw = await read_body(request)

    async def make(_claim: bytes | None) -> Response:
        return await _make(request, key, parse_json(raw, LinkBody))

    return await once(request, key.actor, raw, make)


async def _make(request: Request, key: ApiKeyIdentity, body: LinkBody) -> Response:
    services = services_of(request)
    now = services.clock()
    expires_at = in_utc(body.expires_at, "expires_at") if body.expires_at else now + DEFAULT_LIFE
    if expires_at <= now:
        raise Problem(422, "The input does not fit.", errors=[Fault("$.expires_at", "lies in the past")])
    issued = await issue_link(
        services.database,
        services.settings.secret,
        path_id(request),
        body.scope,
        expires_at=expires_at,
        now=now,
        portal_id=key.portal_id,
    )
    if isinstance(issued, UnknownBooking):
        raise no_such_booking()
    url = f"{services.settings.public_url}/v/{issued.token}"
    answer = LinkAnswer(id=issued.id, url=url, scope=issued.scope, expires_at=issued.expires_at)
    return TokenResponse(answer, 201, [issued.id])


async def delete_link(request: Request) -> Response:
    """Revoke a link; its open pages close within 5 s."""
    key = await authorize(request, Permission.ISSUE_LINKS)
    services = services_of(request)
    known = await revoke_link(services.database, path_id(request), now=services.clock(), portal_id=key.portal_id)
    if not known:
        raise Problem(404, "There is no such link.")
    return Response(status_code=204)
