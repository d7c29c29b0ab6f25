"""Slots on the wire: how they are offered, asked for and refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from starlette.requests import Request

from hub.domain.intervals import Interval
from hub.domain.live_messages import EtaSource, Window
from hub.domain.slot_ids import OfferedSlot, Slot, read_slot, slot_id
from hub.web.credentials import services_of
from hub.web.problems import Fault, Problem
from hub.web.queries import moment
from hub.web.slot_words import ABOUT_THEN, REASONS

DEFAULT_SPAN, LONGEST_SPAN, FARTHEST = timedelta(days=14), timedelta(days=31), timedelta(days=366)
SLOT_TAKEN = "/problems/slot-taken"


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
    """All who would come, the lead first."""
    added_travel_s: float | None
    """The travel that the visit adds to their days."""
    travel_source: EtaSource
    """`route` where the road router told all the ways that count, `distance` where one was guessed."""


class SlotList(msgspec.Struct, frozen=True, kw_only=True):
    """Offered times, best first."""

    slots: list[SlotAnswer]
    as_of: datetime


def slot_list(request: Request, slots: Sequence[OfferedSlot], *, staff: bool = False) -> SlotList:
    """Describe slots as they are offered, best first."""
    answers = _answers(request, slots, staff=staff)
    return SlotList(slots=answers, as_of=services_of(request).clock())


def _answers(
    request: Request, slots: Sequence[OfferedSlot], *, staff: bool, reason: str | None = None
) -> list[SlotAnswer]:
    """Describe slots in the order in which they are given, each with its own reason unless all have one."""
    secret = services_of(request).settings.secret
    return [
        _answer(slot, secret, rank, reason or REASONS[slot.reason], staff=staff) for rank, slot in enumerate(slots, 1)
    ]


def _answer(slot: OfferedSlot, secret: bytes, rank: int, reason: str, *, staff: bool) -> SlotAnswer:
    told: dict[str, Any] = {
        "id": slot_id(slot, secret),
        "starts_at": slot.visit.starts_at,
        "ends_at": slot.visit.ends_at,
        "arrival": Window(slot.window.starts_at, slot.window.ends_at),
        "rank": rank,
        "reason": reason,
    }
    if not staff:
        return SlotAnswer(**told)
    return StaffSlotAnswer(
        **told, resources=list(slot.resource_ids), added_travel_s=slot.added_travel_s, travel_source=slot.source
    )


def asked_span(request: Request) -> Interval:
    """Read `from` and `to`: by default the next 14 days, at most 31, at most a year ahead. What is past is left out."""
    now, query = services_of(request).clock(), request.query_params
    starts_at = moment(query, "from") or now
    if starts_at > now + FARTHEST:
        raise Problem(422, "The query does not fit.", errors=[Fault("$.from", "at most a year ahead")])
    ends_at = moment(query, "to") or starts_at + DEFAULT_SPAN
    if ends_at > starts_at + LONGEST_SPAN:
        raise Problem(422, "The query does not fit.", errors=[Fault("$.to", "at most 31 days after from")])
    if ends_at <= starts_at:
        raise Problem(422, "The query does not fit.", errors=[Fault("$.to", "expected a time after from")])
    return Interval(min(max(starts_at, now), ends_at), ends_at)


def offered_slot(request: Request, text: str, at: str = "$.slot_id") -> Slot:
    """Read a slot id that was offered; raises a 422 for one that was not, or no longer stands."""
    services = services_of(request)
    slot = read_slot(text, services.settings.secret, services.clock())
    if slot is None:
        raise Problem(422, "This slot was not offered, or the offer has expired.", errors=[Fault(at, "not offered")])
    return slot


def slot_taken(request: Request, others: Sequence[OfferedSlot], *, staff: bool = False) -> Problem:
    """Refuse a slot that somebody else was faster to take, with up to five others."""
    return Problem(
        409,
        "Somebody else was faster. Other times are free.",
        type=services_of(request).settings.public_url + SLOT_TAKEN,
        slots=_answers(request, others, staff=staff, reason=ABOUT_THEN),
    )
