"""What a customer may do with their visit now."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from hub.domain.booking_status import BookingStatus
from hub.domain.link_scope import LinkScope

UNDO_FOR = timedelta(minutes=10)
"""How long a reschedule or cancel can be taken back (contract)."""


UNTOLD = timedelta(minutes=10)
"""By how much the hub itself may move a start without telling anybody (contract, "Mail")."""


class Action(StrEnum):
    """What a link may do."""

    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    UNDO = "undo"
    FEEDBACK = "feedback"


def allowed_actions(
    scope: LinkScope, status: BookingStatus, change_until: datetime, undo_until: datetime | None, now: datetime
) -> list[Action]:
    """List what a link of this scope may do with a visit now; one that only looks may do nothing.

    A visit can be changed until `change_until`, as long as nobody is on the way to it.
    """
    if scope is not LinkScope.MANAGE:
        return []
    actions = []
    if status is BookingStatus.SCHEDULED and now < change_until:
        actions += [Action.RESCHEDULE, Action.CANCEL]
    if undo_until is not None and now < undo_until and status in (BookingStatus.SCHEDULED, BookingStatus.CANCELED):
        actions.append(Action.UNDO)
    if status is BookingStatus.COMPLETED:
        actions.append(Action.FEEDBACK)
    return actions


def is_told_of_move(was: datetime, will_be: datetime, zone: tzinfo, *, by_hub: bool) -> bool:
    """Tell whether a customer hears that their visit starts at another time.

    Always where a person moved it; where the hub did, from more than `UNTOLD` on, or on another day of the customer's.
    """
    if not by_hub:
        return was != will_be
    return abs(will_be - was) > UNTOLD or was.astimezone(zone).date() != will_be.astimezone(zone).date()
