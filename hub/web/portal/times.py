"""`/book/time`: which time suits; a chosen one is kept for a while."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.domain.intervals import Interval
from hub.domain.slot_ids import OfferedSlot, Slot, read_slot
from hub.services.find_slots import Wanted, find_slots
from hub.services.hold_slot import HOLD_FOR, hold_slot
from hub.services.outcomes import SlotTaken, UnknownServiceType
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, read_form
from hub.web.portal.opened import (
    Opened,
    go_on,
    holder_of,
    is_busy,
    live_hold,
    nothing_to_book,
    open_booking,
    release,
    show_step,
)
from hub.web.slot_choices import slot_choices
from hub.web.slot_wire import DEFAULT_SPAN


async def time_page(request: Request) -> Response:
    """Show times to choose from: the best, then days with how many each has."""
    opened = await open_booking(request)
    if opened is None:
        return await nothing_to_book(request)
    if opened.missing:
        return RedirectResponse(f"{opened.visitor.path}/{opened.missing}", 303)
    return await show_times(request, opened)


async def post_time(request: Request) -> Response:
    """Keep the chosen time for a while and go on; or show others where somebody was faster."""
    opened = await open_booking(request)
    if opened is None:
        return await nothing_to_book(request)
    if opened.missing:
        return RedirectResponse(f"{opened.visitor.path}/{opened.missing}", 303)
    try:
        chosen = (await read_form(request)).get("slot_id", "")
    except FormRefused:
        return await show_times(request, opened, 422, error="expired")
    services = services_of(request)
    slot = read_slot(chosen, services.settings.secret, services.clock())
    if slot is None or not is_for(slot, opened):
        return await show_times(request, opened, 422, error="choose")
    if is_busy(request, opened):
        return await show_times(request, opened, 429, error="busy")
    await release(request, opened)
    holder, now, limit = holder_of(request, opened), services.clock(), services.hold_limit
    if not limit.allows(holder, now):
        return await show_times(request, opened, 429, error="busy")
    making = hold_slot(services.database, slot, now, roads=services.roads)
    held = await limit.counted(holder, now + HOLD_FOR, making)
    if isinstance(held, SlotTaken):
        return await show_times(request, opened, 409, error="taken", others=held.others)
    answers = replace(opened.answers, hold_id=held.id, starts_at=slot.visit.starts_at)
    return go_on(request, opened, answers, opened.after("time"))


def is_for(slot: Slot, opened: Opened) -> bool:
    """Tell whether a slot was offered for what was answered."""
    place = opened.place
    return (slot.portal_id, slot.service_type_id) == (opened.visitor.portal.id, opened.answers.service) and (
        place is not None and (slot.place, slot.location_id) == (place.point, place.location_id)
    )


async def show_times(
    request: Request,
    opened: Opened,
    status: int = 200,
    *,
    error: str | None = None,
    others: list[OfferedSlot] | None = None,
) -> Response:
    """Show what there is to choose from; `others` are near a time that was taken."""
    services, place, visitor = services_of(request), opened.place, opened.visitor
    assert place is not None  # noqa: S101 - callers ask for it first
    now = services.clock()
    wanted = Wanted(
        portal_id=visitor.portal.id,
        service_type_id=opened.answers.service,
        place=place.point,
        location_id=place.location_id,
        account_id=visitor.contact.account_id if visitor.contact else None,
    )
    found = await find_slots(services.database, wanted, Interval(now, now + DEFAULT_SPAN), now, roads=services.roads)
    slots = [] if isinstance(found, UnknownServiceType) else found
    hold, chosen_at = await live_hold(request, opened), opened.answers.starts_at
    if error is None and opened.answers.hold_id and hold is None:
        error = "gone"
    return await show_step(
        request,
        opened,
        "time",
        status,
        error=error,
        hold=hold,
        zone=place.time_zone,
        **slot_choices(request, slots, ZoneInfo(place.time_zone), chosen_at=chosen_at, near=others),
    )
