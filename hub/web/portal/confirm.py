"""`/book/confirm`: look at everything once more, while the time is kept, and book it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.domain.link_scope import LinkScope
from hub.domain.tokens import link_token
from hub.services.answer_once import Made, Mine
from hub.services.book_visit import Booked, BookOutcome, NewVisit
from hub.services.customers import Contact
from hub.services.hold_slot import Held, LiveHold, extend_hold
from hub.services.outcomes import SlotTaken
from hub.store import links
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, form_token, read_form
from hub.web.languages import reader_language
from hub.web.portal.answers import forget_answers
from hub.web.portal.opened import Opened, holder_of, is_busy, live_hold, nothing_to_book, open_booking, show_step
from hub.web.portal.times import is_for, show_times


async def confirm_page(request: Request) -> Response:
    """Show what will be booked, and until when its time is kept."""
    opened = await open_booking(request)
    if opened is None:
        return await nothing_to_book(request)
    return await _ask(request, opened)


async def post_confirm(request: Request) -> Response:
    """Book, once however often the button is pressed."""
    opened = await open_booking(request)
    if opened is None:
        return await nothing_to_book(request)
    try:
        await read_form(request)
    except FormRefused:
        return await _ask(request, opened, 422, error="expired")
    if opened.missing or not opened.answers.hold_id:
        return _back(opened)
    if is_busy(request, opened):
        return await _ask(request, opened, 429, error="busy")
    services = services_of(request)
    match await services.answers.begin(f"{opened.visitor.name}\nbook\n{opened.answers.hold_id}", b""):
        case Made(reference=booking_id):
            return await _to_visit(request, booking_id)
        case Mine() as mine:
            return await _book(request, opened, mine)
    return await _ask(request, opened, 409, error="busy")


async def post_extension(request: Request) -> Response:
    """Keep the time for as long once more."""
    opened = await open_booking(request)
    if opened is None:
        return await nothing_to_book(request)
    try:
        await read_form(request)
    except FormRefused:
        return await _ask(request, opened, 422, error="expired")
    services, hold = services_of(request), await live_hold(request, opened)
    if hold is not None:
        held = await extend_hold(services.database, opened.answers.hold_id, services.clock())
        if isinstance(held, Held):
            services.hold_limit.change(holder_of(request, opened), hold.expires_at, held.expires_at)
    return RedirectResponse(f"{opened.visitor.path}/confirm", 303)


async def _ask(request: Request, opened: Opened, status: int = 200, *, error: str | None = None) -> Response:
    hold, place = await live_hold(request, opened), opened.place
    if opened.missing or place is None or hold is None or not is_for(hold.slot, opened):
        return _back(opened)
    extend = f"{opened.visitor.path}/extend"
    return await show_step(
        request,
        opened,
        "confirm",
        status,
        error=error,
        hold=hold,
        left_s=(hold.expires_at - services_of(request).clock()).total_seconds(),
        window={"earliest": hold.slot.window.starts_at, "latest": hold.slot.window.ends_at},
        zone=place.time_zone,
        extend=None if hold.extended else extend,
        extend_token=form_token(request, extend),
    )


def _back(opened: Opened) -> Response:
    """Lead to what must be answered first: without a kept time to the times, which say that it is kept no more."""
    return RedirectResponse(f"{opened.visitor.path}/{opened.missing or 'time'}", 303)


async def _book(request: Request, opened: Opened, mine: Mine) -> Response:
    services, hold = services_of(request), await live_hold(request, opened)
    if hold is None or not is_for(hold.slot, opened):
        await services.answers.forget(mine)
        return _back(opened)
    try:
        outcome = await services.change.book(_visit(request, opened, hold, mine))
    except BaseException:
        await services.answers.forget(mine)
        raise
    if isinstance(outcome, Booked):
        return await _to_visit(request, outcome.booking_id)
    await services.answers.forget(mine)
    return await _refused(request, opened, outcome)


async def _refused(request: Request, opened: Opened, outcome: BookOutcome) -> Response:
    if isinstance(outcome, SlotTaken):
        return await show_times(request, opened, 409, error="taken", others=outcome.others)
    return await show_times(request, opened, 422, error="choose")


def _visit(request: Request, opened: Opened, hold: LiveHold, mine: Mine) -> NewVisit:
    answers, visitor, place = opened.answers, opened.visitor, opened.place
    new = Contact(
        name=answers.name, email=answers.email, phone=answers.phone or None, language=reader_language(request)
    )
    return NewVisit(
        slot=hold.slot,
        hold_id=answers.hold_id,
        contact=visitor.contact.id if visitor.contact else new,
        location=place.for_booking if place else None,
        asset_id=opened.asset.id if opened.asset else None,
        notes=answers.notes,
        actor=visitor.actor,
        claim=mine.key,
    )


async def _to_visit(request: Request, booking_id: str) -> Response:
    """Lead to the visit's page, by the link that it was made with, and forget the answers."""
    services = services_of(request)
    async with services.database.read() as tx:
        ids = await links.first_of_booking(tx, booking_id)
    token = link_token(services.settings.secret, ids[LinkScope.MANAGE])
    return forget_answers(RedirectResponse(f"/v/{token}?done=booked", 303))
