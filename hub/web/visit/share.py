"""`/v/{token}/share`: let somebody else look, by a link that changes nothing and closes with the visit."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.domain.booking_status import ENDED
from hub.domain.link_scope import LinkScope
from hub.services.issue_links import IssuedLink, share_link, shared_link, stop_sharing
from hub.web.api.links import LinkAnswer
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, form_token, keep_cookie, read_form
from hub.web.page_response import page_response
from hub.web.problems import Problem
from hub.web.responses import json_response
from hub.web.visit.opened import Opened, link_gone, open_visit, opened_or_problem, speaks_json


def may_share(opened: Opened) -> bool:
    """Tell whether the link may be shared now: one that only looks never may."""
    return opened.link.scope is LinkScope.MANAGE and opened.visit.status not in ENDED


async def share_page(request: Request) -> Response:
    """Show the link that is shared, or ask whether one shall be. Changes nothing."""
    opened = await open_visit(request)
    return await link_gone(request) if opened is None else await _page(request, opened)


async def share_by_link(request: Request) -> Response:
    """Make a link that only looks, or answer the one that there is; it closes when the visit is over."""
    if not speaks_json(request):
        return await _by_form(request)
    opened = await opened_or_problem(request)
    _require(opened)
    if opened.visit.status in ENDED:
        raise Problem(409, "This visit is over.", current=str(opened.visit.status))
    shared = await _share(request, opened)
    answer = LinkAnswer(id=shared.id, url=_url(request, shared), scope=shared.scope, expires_at=shared.expires_at)
    return json_response(answer)


async def stop_by_link(request: Request) -> Response:
    """Revoke what was shared from this link; open pages close within 5 s. Again changes nothing."""
    opened = await opened_or_problem(request)
    _require(opened)
    await _stop(request, opened)
    return Response(status_code=204)


async def _by_form(request: Request) -> Response:
    opened = await open_visit(request)
    if opened is None:
        return await link_gone(request)
    try:
        typed = await read_form(request)
    except FormRefused:
        return await _page(request, opened, "expired", 422)
    if not may_share(opened):
        return await _page(request, opened)
    match typed.get("sure"):
        case "share":
            await _share(request, opened)
        case "stop":
            await _stop(request, opened)
        case _:
            return await _page(request, opened, "choose", 422)
    return RedirectResponse(f"{opened.path}/share", 303)


async def _page(request: Request, opened: Opened, error: str | None = None, status: int = 200) -> Response:
    visit, allowed = opened.visit, may_share(opened)
    services, path = services_of(request), f"{opened.path}/share"
    shared = None
    if allowed:
        now = services.clock()
        shared = await shared_link(services.database, services.settings.secret, opened.link, now=now)
    page = await page_response(
        request,
        "visit_share.html" if allowed else "visit_not_now.html",
        status if allowed else 409,
        visit=visit,
        link_path=opened.path,
        portal_name=visit.portal_name,
        portal_demo=visit.portal_demo,
        form_token=form_token(request, path),
        error=error,
        shared_url=_url(request, shared) if shared else None,
    )
    return keep_cookie(request, page)


def _require(opened: Opened) -> None:
    if opened.link.scope is not LinkScope.MANAGE:
        raise Problem(403, "This link may only look.")


async def _share(request: Request, opened: Opened) -> IssuedLink:
    services = services_of(request)
    return await share_link(services.database, services.settings.secret, opened.link, now=services.clock())


async def _stop(request: Request, opened: Opened) -> None:
    services = services_of(request)
    await stop_sharing(services.database, opened.link, now=services.clock())


def _url(request: Request, shared: IssuedLink) -> str:
    return f"{services_of(request).settings.public_url}/v/{shared.token}"
