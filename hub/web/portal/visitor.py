"""Who books by the pages: anybody, where the portal lets everybody book, or a contact who was invited."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from starlette.requests import Request

from hub.services.invite_contact import open_invitation
from hub.services.public_booking import public_portal
from hub.store import portals
from hub.store.accounts import Asset, Contact, Location
from hub.store.portals import Portal
from hub.web.credentials import services_of


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who books."""

    portal: Portal
    path: str
    """Where their pages begin: `/book`, or `/book/{token}`."""
    name: str
    """Whose answers a browser keeps: the portal's id, or the invitation's."""
    actor: str
    """As events name them."""
    contact: Contact | None = None
    """Who was invited; None for anybody."""
    locations: Sequence[Location] = ()
    assets: Sequence[Asset] = ()

    @property
    def steps(self) -> tuple[str, ...]:
        """List the steps; whoever has no things is not asked which."""
        return (*(("asset",) if self.assets else ()), "service", "details", "time", "confirm")


async def find_visitor(request: Request) -> Visitor | None:
    """Find who books; None where nobody may, or where the invitation opens nothing."""
    services, token = services_of(request), request.path_params.get("token")
    if token is None:
        portal = await public_portal(services.database)
        return Visitor(portal=portal, path="/book", name=portal.id, actor="public") if portal else None
    guest = await open_invitation(services.database, token, services.clock())
    if guest is None:
        return None
    async with services.database.read() as tx:
        portal = await portals.get_portal(tx, guest.portal_id)
    if portal is None:
        return None
    return Visitor(
        portal=portal,
        path=f"/book/{token}",
        name=guest.invitation_id,
        actor=f"invitation:{guest.invitation_id}",
        contact=guest.contact,
        locations=guest.locations,
        assets=guest.assets,
    )
