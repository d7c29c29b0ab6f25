"""Who calls the booking operations: an API key, or anybody where the portal allows public booking."""

from __future__ import annotations

import math

from starlette.requests import Request

from hub.domain.roles import Permission, Role
from hub.services.public_booking import books_publicly
from hub.web.credentials import authorize, services_of
from hub.web.problems import Problem, unauthorized


class Caller:
    """Somebody with a key of one portal, or anybody."""

    def __init__(self, portal_id: str | None, actor: str, address: str, role: Role | None = None) -> None:
        """Take the portal of the caller's key, None for anybody, and where the call comes from."""
        self.portal_id, self.actor, self.address, self.role = portal_id, actor, address, role

    @property
    def scope(self) -> str:
        """Tell whose `Idempotency-Key`s these are: a key's, or those of an address."""
        return self.actor if self.is_staff else f"{self.actor}:{self.address}"

    @property
    def is_staff(self) -> bool:
        """Tell whether the caller may see what outsiders may not."""
        return self.portal_id is not None


async def caller_of(request: Request, permission: Permission) -> Caller:
    """Find who calls; raises a 401 or 403 for a bad key, and a 429 for anybody who calls too often."""
    address = request.client.host if request.client else ""
    if "authorization" in request.headers:
        key = await authorize(request, permission)
        return Caller(key.portal_id, key.actor, address, key.role)
    rates = services_of(request).caller_rates
    if wait_s := rates.wait_s(address):
        raise Problem(429, "Too many requests.", headers={"Retry-After": str(math.ceil(wait_s))})
    rates.count(address)
    return Caller(None, "public", address)


async def portal_for(request: Request, caller: Caller, portal_id: str) -> str | None:
    """Tell the portal if the caller may book there, None where it is another one than the key's.

    Raises a 401 for anybody at a portal without public booking.
    """
    if caller.portal_id is not None:
        return portal_id if portal_id == caller.portal_id else None
    if not await books_publicly(services_of(request).database, portal_id):
        raise unauthorized()
    return portal_id
