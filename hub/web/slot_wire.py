"""Slots on the wire: how they are offered, asked for and refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from starlette.requests import Request

from hub.domain.intervals import Interval
from hub.domain.live_messages import Window
from hub.domain.slot_ids import OfferedSlot, Slot, read_slot, slot_id
from hub.web.credentials import services_of
from hub.web.problems import Fault, Problem
from hub.web.queries import moment

DEFAULT_SPAN, LONGEST_SPAN = timedelta(days=14), timedelta(days=31)
SLOT_TAKEN = "/problems/slot-taken"
EARLIEST, FREE = "The earliest time.", "A technician is free then."


class SlotAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An offered time."""

    id: str
    starts_at: datetime
    ends_at: datetime
    arrival: Window
    """The window that would be promised."""
    rank: int
    """1 is the best."""
    reason: str
    """Why it is good, in words."""


class StaffSlotAnswer(SlotAnswer, frozen=True, kw_only=True):
    """What staff see beside it."""

    resources: list[str]
    added_travel_s: float | None
    """Unknown as long as nobody computes the way."""


class SlotList(msgspec.Struct, frozen=True, kw_only=True):
    """Offered times, best first."""

    slots: list[SlotAnswer]
    as_of: datetime


def slot_list(request: Request, slots: Sequence[OfferedSlot], *, staff: bool = False) -> SlotList:
    """Describe slots as they are offered."""
    return SlotList(slots=slot_answers(request, slots, staff=staff), as_of=services_of(request).clock())


def slot_answers(request: Request, slots: Sequence[OfferedSlot], *, staff: bool = False) -> list[SlotAnswer]:
    """Describe slots in the order in which they are given."""
    secret = services_of(request).settings.secret_key.encode()
    first_at = min((slot.visit.starts_at for slot in slots), default=None)
    return [_answer(slot, secret, rank, first_at, staff=staff) for rank, slot in enumerate(slots, 1)]


def _answer(slot: OfferedSlot, secret: bytes, rank: int, first_at: datetime | None, *, staff: bool) -> SlotAnswer:
    visit, window = slot.visit, slot.window
    told: dict[str, Any] = {
        "id": slot_id(slot, secret),
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
        "arrival": Window(window.starts_at, window.ends_at),
        "rank": rank,
        "reason": EARLIEST if visit.starts_at == first_at else FREE,
    }
    if staff:
        return StaffSlotAnswer(**told, resources=[slot.resource_id], added_travel_s=None)
    return SlotAnswer(**told)


def asked_span(request: Request) -> Interval:
    """Read `from` and `to`: by default the next 14 days, at most 31."""
    now, query = services_of(request).clock(), request.query_params
    starts_at = moment(query, "from") or now
    try:
        ends_at = moment(query, "to") or starts_at + DEFAULT_SPAN
        too_long = ends_at > starts_at + LONGEST_SPAN
    except OverflowError:
        too_long, ends_at = True, starts_at
    if too_long:
        raise Problem(422, "The query does not fit.", errors=[Fault("$.to", "at most 31 days after from")])
    if ends_at <= starts_at:
        raise Problem(422, "The query does not fit.", errors=[Fault("$.to", "expected a time after from")])
    return Interval(starts_at, ends_at)


def offered_slot(request: Request, text: str, at: str = "$.slot_id") -> Slot:
    """Read a slot id that was offered; raises a 422 for one that was not, or no longer stands."""
    services = services_of(request)
    slot = read_slot(text, services.settings.secret_key.encode(), services.clock())
    if slot is None:
        raise Problem(422, "This slot was not offered, or the offer has expired.", errors=[Fault(at, "not offered")])
    return slot


def slot_taken(request: Request, others: Sequence[OfferedSlot], *, staff: bool = False) -> Problem:
    """Refuse a slot that somebody else was faster to take, with up to five others."""
    return Problem(
        409,
        "Somebody else was faster. Other times are free.",
        type=services_of(request).settings.public_url + SLOT_TAKEN,
        slots=slot_answers(request, others, staff=staff),
    )
