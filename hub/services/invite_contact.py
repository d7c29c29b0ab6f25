"""Invite a known contact to book: make the link, tell whom it is for, revoke it."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from hub.domain.tokens import invitation_token, token_hash
from hub.store import accounts, invitations
from hub.store.accounts import Asset, Contact, Location
from hub.store.database import Database
from hub.store.ids import new_id

LASTS = timedelta(days=30)
"""How long an invitation opens, unless somebody says otherwise."""


class IssuedInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """A new invitation; `token` goes into its URL."""

    id: str
    token: str
    contact_name: str
    expires_at: datetime


class UnknownContact(msgspec.Struct, frozen=True):
    """There is no such contact, or none that the caller may know of."""

    contact_id: str


class Guest(msgspec.Struct, frozen=True, kw_only=True):
    """Who was invited, with what their account has."""

    invitation_id: str
    portal_id: str
    contact: Contact
    locations: list[Location]
    assets: list[Asset]


async def invite_contact(
    db: Database, secret: bytes, contact_id: str, *, expires_at: datetime, now: datetime, portal_id: str | None
) -> IssuedInvitation | UnknownContact:
    """Make an invitation for a contact of this portal (None: of any portal, for the operator)."""
    invitation_id = new_id("in")
    token = invitation_token(secret, invitation_id)
    async with db.write() as tx:
        contact = await accounts.find_contact(tx, contact_id)
        if contact is None or portal_id not in (None, await accounts.portal_of(tx, contact.account_id)):
            return UnknownContact(contact_id)
        row = invitations.Invitation(
            id=invitation_id,
            contact_id=contact_id,
            token_hash=token_hash(token),
            created_at=now,
            expires_at=expires_at,
        )
        await invitations.insert_invitation(tx, row)
    return IssuedInvitation(id=invitation_id, token=token, contact_name=contact.name, expires_at=expires_at)


async def open_invitation(db: Database, token: str, now: datetime) -> Guest | None:
    """Find whom an invitation is for, None unless it opens now."""
    async with db.read() as tx:
        invited = await invitations.find_open(tx, token_hash(token), now)
        contact = invited and await accounts.get_contact(tx, invited.portal_id, invited.contact_id)
        if not invited or not contact:
            return None
        return Guest(
            invitation_id=invited.id,
            portal_id=invited.portal_id,
            contact=contact,
            locations=await accounts.locations_of(tx, contact.account_id),
            assets=await accounts.assets_of(tx, contact.account_id),
        )


async def revoke_invitation(db: Database, invitation_id: str, now: datetime) -> bool:
    """Revoke an invitation; tell whether there is one. Again changes nothing."""
    async with db.write() as tx:
        return await invitations.revoke(tx, invitation_id, now)
