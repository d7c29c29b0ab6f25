"""`/book/asset` and `/book/service`: what is to be worked on, and what is to be done."""

from __future__ import annotations

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.web.forms import FormRefused, read_form
from hub.web.portal.opened import Opened, go_on, nothing_to_book, open_booking, release, show_step


async def begin(request: Request) -> Response:
    """Lead to the first step."""
    opened = await open_booking(request)
    if opened is None:
        return await nothing_to_book(request)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{opened.visitor.path}/{opened.visitor.steps[0]}{query}", 303)


async def asset_page(request: Request) -> Response:
    """Ask what is to be worked on; nobody has to know."""
    opened = await open_booking(request)
    if opened is None or "asset" not in opened.visitor.steps:
        return await nothing_to_book(request)
    return await show_step(request, opened, "asset")


async def post_asset(request: Request) -> Response:
    """Keep it, and go on; where it stands is where it is needed, unless they said otherwise."""
    opened = await open_booking(request)
    if opened is None or "asset" not in opened.visitor.steps:
        return await nothing_to_book(request)
    try:
        chosen = (await read_form(request)).get("asset", "")
    except FormRefused:
        return await show_step(request, opened, "asset", 422, error="expired")
    answers = opened.answers
    known = next((one for one in opened.visitor.assets if one.id == chosen), None)
    if known and known.location_id and chosen != answers.asset:
        await release(request, opened)
        answers = replace(answers, place=known.location_id, hold_id="", starts_at=None)
    return go_on(request, opened, replace(answers, asset=known.id if known else ""), opened.after("asset"))


async def service_page(request: Request) -> Response:
    """Ask what is to be done. `service` in the query is chosen already, for links from elsewhere."""
    opened = await open_booking(request)
    return await _ask_service(request, opened) if opened else await nothing_to_book(request)


async def post_service(request: Request) -> Response:
    """Keep it, and go on."""
    opened = await open_booking(request)
    if opened is None:
        return await nothing_to_book(request)
    try:
        chosen = (await read_form(request)).get("service", "")
    except FormRefused:
        return await _ask_service(request, opened, 422, error="expired")
    if not any(one.id == chosen for one in opened.offered):
        return await _ask_service(request, opened, 422, error="choose")
    answers = opened.answers
    if chosen != answers.service:
        await release(request, opened)
        answers = replace(answers, service=chosen, hold_id="", starts_at=None)
    return go_on(request, opened, answers, opened.after("service"))


async def _ask_service(request: Request, opened: Opened, status: int = 200, error: str | None = None) -> Response:
    chosen = opened.answers.service or request.query_params.get("service", "")
    return await show_step(request, opened, "service", status, error=error, offered=opened.offered, chosen=chosen)
