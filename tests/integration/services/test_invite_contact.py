"""Invite a known contact to book, on real databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from hub.services.forget_leftovers import AFTERWARDS, ForgetLeftovers
from hub.services.invite_contact import (
    LASTS,
    IssuedInvitation,
    UnknownContact,
    invite_contact,
    open_invitation,
    revoke_invitation,
)
from hub.store import accounts
from hub.store.database import Database
from hub.store.tables import contact, invitation
from tests.builders import NOW, SECRET, BuiltDirectory, build_directory
from tests.fakes import FakeClock


async def _invite(db: Database, directory: BuiltDirectory) -> IssuedInvitation:
    made = await invite_contact(
        db, SECRET, directory.contact_id, expires_at=NOW + LASTS, now=NOW, portal_id=directory.portal_id
    )
    assert isinstance(made, IssuedInvitation)
    return made


async def _directory(db: Database) -> BuiltDirectory:
    async with db.write() as tx:
        return await build_directory(tx)


async def test_an_invitation_knows_its_contact_and_what_the_account_has(db: Database) -> None:
    async with db.write() as tx:
        mine, others = await build_directory(tx), await build_directory(tx)
        boilers = [
            accounts.Asset(id=f"as_{name}", account_id=of.account_id, name=name)
            for name, of in (("old", mine), ("new", mine), ("theirs", others))
        ]
        await accounts.insert_assets(tx, boilers)

    guest = await open_invitation(db, (await _invite(db, mine)).token, NOW)

    assert guest is not None
    assert (guest.portal_id, guest.contact.id) == (mine.portal_id, mine.contact_id)
    assert [one.id for one in guest.locations] == [mine.location_id]
    assert [one.name for one in guest.assets] == ["new", "old"]


async def test_it_opens_until_it_expires_or_is_revoked(db: Database) -> None:
    directory = await _directory(db)
    made, other = await _invite(db, directory), await _invite(db, directory)

    assert await open_invitation(db, made.token, NOW + LASTS) is None
    assert await open_invitation(db, made.token + "x", NOW) is None
    assert await revoke_invitation(db, made.id, NOW)
    assert await open_invitation(db, made.token, NOW) is None
    assert await open_invitation(db, other.token, NOW) is not None
    assert not await revoke_invitation(db, "in_nobody", NOW)


async def test_only_a_contact_of_the_portal_is_invited(db: Database) -> None:
    directory = await _directory(db)

    for contact_id, portal_id in (("co_nobody", None), (directory.contact_id, "po_other")):
        made = await invite_contact(db, SECRET, contact_id, expires_at=NOW + LASTS, now=NOW, portal_id=portal_id)
        assert made == UnknownContact(contact_id)


async def test_invitations_go_with_their_contact_and_a_month_after_their_end(db: Database) -> None:
    directory, others = await _directory(db), await _directory(db)
    await _invite(db, directory)
    kept = await _invite(db, others)
    async with db.write() as tx:
        await tx.execute(delete(contact).where(contact.c.id == directory.contact_id))
    later = FakeClock(NOW + LASTS + AFTERWARDS + timedelta(days=1))

    async with db.read() as tx:
        assert list((await tx.execute(select(invitation.c.id))).scalars()) == [kept.id]
    done = await ForgetLeftovers(db, later, keep=timedelta(days=30)).work()
    assert done["forgotten_invitations"] == 1
