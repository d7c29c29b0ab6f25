"""What staff name when they place a visit themselves: time, people, and why they override what is in the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from starlette.requests import Request

from hub.domain.roles import Permission, Role, allows
from hub.services.choose_team import InTheWay
from hub.store import resources
from hub.web.bodies import in_utc
from hub.web.credentials import services_of
from hub.web.problems import Fault, Problem
from hub.web.slot_wire import FARTHEST

IN_THE_WAY = "/problems/in-the-way"


def upcoming(request: Request, starts_at: datetime) -> datetime:
    """Read a start; raises a 422 for one that is over, or farther ahead than anything is offered."""
    at, now = in_utc(starts_at, "starts_at"), services_of(request).clock()
    if not now < at <= now + FARTHEST:
        fault = Fault("$.starts_at", "lies in the past" if at <= now else "at most a year ahead")
        raise Problem(422, "The input does not fit.", errors=[fault])
    return at


async def team_of(request: Request, portal_id: str, resource_ids: Sequence[str]) -> tuple[str, ...]:
    """Read who shall come, the lead first; raises a 422 for whom the portal does not have."""
    async with services_of(request).database.read() as tx:
        for number, id_ in enumerate(resource_ids):
            found = None if "\x00" in id_ else await resources.get_resource(tx, id_)
            if found is None or found.portal_id != portal_id or not found.active:
                raise Problem(422, "The input does not fit.", errors=[Fault(f"$.resources[{number}]", "unknown")])
    return tuple(dict.fromkeys(resource_ids))


def may_override(role: Role | None, *, override: bool, reason: str) -> bool:
    """Tell whether somebody overrides what is in the way; raises a 403 for who may not, a 422 without a reason."""
    if not override:
        return False
    if role is None or not allows(role, Permission.OVERRIDE_CONFLICTS):
        raise Problem(403, "This key may not override what is in the way.")
    if not reason.strip():
        raise Problem(422, "The input does not fit.", errors=[Fault("$.reason", "required with override")])
    return True


def in_the_way(request: Request, found: InTheWay) -> Problem:
    """Refuse a time that cannot be kept, and say in words what is in the way; it may be overridden knowingly."""
    conflicts = list(found.conflicts) or ["Somebody else has just taken a part of this time."]
    return Problem(
        409,
        "Something is in the way: " + " ".join(conflicts),
        type=services_of(request).settings.public_url + IN_THE_WAY,
        conflicts=conflicts,
    )
