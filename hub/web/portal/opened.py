"""What all steps of booking share: who books, what they answered, and how a step is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.services.hold_slot import LiveHold, find_hold, let_go
from hub.services.public_booking import bookable_services
from hub.store.accounts import Asset
from hub.store.service_types import ServiceType
from hub.web.credentials import services_of
from hub.web.forms import form_token, keep_cookie
from hub.web.languages import reader_language
from hub.web.page_response import error_page, page_response
from hub.web.portal.answers import Answers, keep_answers, read_answers
from hub.web.portal.places import Chosen, chosen_place
from hub.web.portal.visitor import Visitor, find_visitor


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A booking in the making."""

    visitor: Visitor
    answers: Answers
    offered: Sequence[ServiceType]

    @property
    def service(self) -> ServiceType | None:
        """Find the chosen service."""
        return next((one for one in self.offered if one.id == self.answers.service), None)

    @property
    def asset(self) -> Asset | None:
        """Find the chosen thing."""
        return next((one for one in self.visitor.assets if one.id == self.answers.asset), None)

    @property
    def place(self) -> Chosen | None:
        """Find the chosen place."""
        return chosen_place(self.visitor, self.answers)

    @property
    def missing(self) -> str | None:
        """Name the first step without an answer that a time depends on."""
        if self.service is None:
            return "service"
        known = self.visitor.contact is not None or (self.answers.name and self.answers.email)
        return None if known and self.place else "details"

    def after(self, step: str) -> str:
        """Tell the path of the next step."""
        steps = self.visitor.steps
        return f"{self.visitor.path}/{steps[steps.index(step) + 1]}"


async def open_booking(request: Request) -> Opened | None:
    """Find who books and what they answered; None where nobody may book here."""
    visitor = await find_visitor(request)
    if visitor is None:
        return None
    offered = await bookable_services(services_of(request).database, visitor.portal.id, reader_language(request))
    return Opened(visitor=visitor, answers=read_answers(request, visitor.name), offered=offered)


async def nothing_to_book(request: Request) -> Response:
    """Say that nobody may book here, or that an invitation opens nothing."""
    if "token" in request.path_params:
        return await page_response(request, "link_gone.html", 404)
    return await error_page(request, 404)


async def live_hold(request: Request, opened: Opened) -> LiveHold | None:
    """Find the time that is kept for them."""
    services, hold_id = services_of(request), opened.answers.hold_id
    if not hold_id:
        return None
    async with services.database.read() as tx:
        return await find_hold(tx, hold_id, services.clock())


async def release(request: Request, opened: Opened) -> None:
    """Let the kept time go, so that it can be offered again."""
    services, hold = services_of(request), await live_hold(request, opened)
    if hold is not None and await let_go(services.database, opened.answers.hold_id, services.clock()):
        services.hold_limit.change(holder_of(request, opened), hold.expires_at, None)


def holder_of(request: Request, opened: Opened) -> str:
    """Tell by what name holds are counted: everybody's by their address."""
    if opened.visitor.contact is not None:
        return opened.visitor.name
    return request.client.host if request.client else ""


def is_busy(request: Request, opened: Opened) -> bool:
    """Count a step that costs something; tell whether there were too many from this address."""
    if opened.visitor.contact is not None:
        return False
    rates, address = services_of(request).caller_rates, holder_of(request, opened)
    if rates.wait_s(address):
        return True
    rates.count(address)
    return False


def go_on(request: Request, opened: Opened, answers: Answers, path: str) -> Response:
    """Keep the answers and lead to another step, so that a reload repeats nothing."""
    return keep_answers(request, RedirectResponse(path, 303), opened.visitor.name, answers)


async def show_step(
    request: Request,
    opened: Opened,
    step: str,
    status: int = 200,
    /,
    *,
    error: str | None = None,
    faults: Mapping[str, str] = {},
    **context: Any,
) -> Response:
    """Show a step, with what was typed before."""
    visitor, steps = opened.visitor, opened.visitor.steps
    number = steps.index(step)
    page = await page_response(
        request,
        f"book/{step}.html",
        status,
        portal_name=visitor.portal.name,
        portal_demo=visitor.portal.demo,
        visitor=visitor,
        here=f"{visitor.path}/{step}",
        back=f"{visitor.path}/{steps[number - 1]}" if number else None,
        number=number + 1,
        count=len(steps),
        answers=opened.answers,
        service=opened.service,
        asset=opened.asset,
        place=opened.place,
        form_token=form_token(request, f"{visitor.path}/{step}"),
        error=error,
        faults=faults,
        **context,
    )
    return keep_cookie(request, page)
