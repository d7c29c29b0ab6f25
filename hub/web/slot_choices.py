"""Slots as a page lists them: the best ones, then days with how many times each has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request

from hub.domain.slot_ids import OfferedSlot, slot_id
from hub.web.credentials import services_of
from hub.web.slot_words import REASONS

BEST = 5
"""How many times are listed before the days."""


def slot_choices(
    request: Request,
    slots: Sequence[OfferedSlot],
    zone: ZoneInfo,
    *,
    day: str | None = None,
    chosen_at: datetime | None = None,
    near: Sequence[OfferedSlot] | None = None,
) -> dict[str, Any]:
    """Describe what there is to choose from, given best first; `day`, by default of the query, opens a day.

    The best come by time too, with why they are good, and a day with all its times. `chosen_at` is when a time starts
    that was chosen before: ids are signed anew each time and do not tell. `near` come instead of the best, where a time
    was taken.
    """
    best = sorted(slots[:BEST] if near is None else near[:BEST], key=_start)
    days: dict[str, list[OfferedSlot]] = {}
    for slot in sorted(slots, key=_start):
        days.setdefault(slot.visit.starts_at.astimezone(zone).date().isoformat(), []).append(slot)
    asked = request.query_params.get("day", "") if day is None else day
    listed = days.get(asked, best)
    elsewhere = [slot for slot in slots if slot.visit.starts_at == chosen_at and slot not in listed]
    return {
        "near": near is not None,
        "best": _shown(request, best),
        "days": [
            {"date": day, "starts_at": found[0].visit.starts_at, "count": len(found)} for day, found in days.items()
        ],
        "day": asked if asked in days else None,
        "of_day": _shown(request, days.get(asked, [])),
        "chosen_at": chosen_at,
        "chosen_elsewhere": _shown(request, elsewhere[:1]),
    }


def _start(slot: OfferedSlot) -> datetime:
    return slot.visit.starts_at


def _shown(request: Request, slots: Sequence[OfferedSlot]) -> list[dict[str, Any]]:
    secret = services_of(request).settings.secret
    return [
        {
            "id": slot_id(slot, secret),
            "starts_at": slot.visit.starts_at,
            "earliest": slot.window.starts_at,
            "latest": slot.window.ends_at,
            "reason": REASONS[slot.reason],
        }
        for slot in slots
    ]
