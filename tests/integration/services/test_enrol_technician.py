"""Enrol technicians' phones, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from hub.domain.enrolment import VALID_FOR
from hub.domain.tokens import device_token, enrolment_token
from hub.services.authenticate import authenticate_device
from hub.services.enrol_technician import (
    PRESSED_AGAIN_WITHIN,
    Enrolled,
    EnrolmentGone,
    IssuedEnrolment,
    enrol,
    issue_enrolment,
    open_enrolment,
    revoke_enrolment,
)
from hub.services.issue_devices import revoke_device
from hub.services.outcomes import UnknownResource
from hub.services.passwords import Passwords
from hub.services.sign_in import SignIn
from hub.store.database import Database
from tests.builders import NOW, SECRET, build_directory


async def issued(db: Database, *, demo: bool = False) -> IssuedEnrolment:
    """Make an enrolment link of a new technician."""
    async with db.write() as tx:
        directory = await build_directory(tx, demo=demo)
    made = await issue_enrolment(db, SECRET, directory.resource_id, now=NOW, portal_id=directory.portal_id)
    assert isinstance(made, IssuedEnrolment)
    return made


async def test_a_link_makes_a_device_and_a_session_that_name_each_other(db: Database) -> None:
    made = await issued(db)
    assert made.token == enrolment_token(SECRET, made.id)
    enrolled = await enrol(db, SECRET, made.token, browser="b", now=NOW)
    assert isinstance(enrolled, Enrolled)
    device = await authenticate_device(db, device_token(SECRET, enrolled.device_id), NOW)
    assert device is not None
    assert (device.device_id, device.resource_id) == (enrolled.device_id, made.resource_id)
    sign_in = SignIn(db, Passwords(), lambda: NOW, lambda: 0.0)
    session = await sign_in.technician_of(enrolled.session_token)
    assert session is not None
    assert (session.resource_id, session.device_id) == (made.resource_id, enrolled.device_id)
    assert await sign_in.staff_of(enrolled.session_token) is None
    assert await revoke_device(db, enrolled.device_id, now=NOW, portal_id=None)
    assert await sign_in.technician_of(enrolled.session_token) is None


async def test_looking_uses_nothing_up(db: Database) -> None:
    made = await issued(db)
    for _ in range(2):
        found = await open_enrolment(db, made.token, NOW)
        assert not isinstance(found, EnrolmentGone)
        assert found.technician_name == "Tero Virtanen"
    assert isinstance(await enrol(db, SECRET, made.token, browser="b", now=NOW), Enrolled)
    assert isinstance(await open_enrolment(db, made.token, NOW), EnrolmentGone)


async def test_of_many_at_once_one_enrols(db: Database) -> None:
    made = await issued(db)
    outcomes = await asyncio.gather(*(enrol(db, SECRET, made.token, browser=str(n), now=NOW) for n in range(5)))
    assert sum(isinstance(outcome, Enrolled) for outcome in outcomes) == 1


async def test_in_a_demo_everybody_enrols_as_a_phone_of_their_own(db: Database) -> None:
    made = await issued(db, demo=True)
    outcomes = await asyncio.gather(*(enrol(db, SECRET, made.token, browser="b", now=NOW) for _ in range(3)))
    assert len({outcome.device_id for outcome in outcomes if isinstance(outcome, Enrolled)}) == 3


async def test_a_link_lasts_a_week(db: Database) -> None:
    made = await issued(db)
    assert isinstance(await enrol(db, SECRET, made.token, browser="b", now=NOW + VALID_FOR), EnrolmentGone)
    assert isinstance(
        await enrol(db, SECRET, made.token, browser="b", now=NOW + VALID_FOR - timedelta(seconds=1)), Enrolled
    )


async def test_a_link_can_be_taken_back_by_its_own_portal(db: Database) -> None:
    made = await issued(db)
    assert not await revoke_enrolment(db, made.id, now=NOW, portal_id="po_other")
    assert await revoke_enrolment(db, made.id, now=NOW, portal_id=None)
    assert isinstance(await enrol(db, SECRET, made.token, browser="b", now=NOW), EnrolmentGone)


async def test_another_portals_technician_is_unknown(db: Database) -> None:
    made = await issued(db)
    outcome = await issue_enrolment(db, SECRET, made.resource_id, now=NOW, portal_id="po_other")
    assert outcome == UnknownResource(made.resource_id)


async def test_a_double_press_gets_the_same_session_again_and_only_on_the_same_browser(db: Database) -> None:
    made = await issued(db)
    first = await enrol(db, SECRET, made.token, browser="mine", now=NOW)
    assert await enrol(db, SECRET, made.token, browser="mine", now=NOW + timedelta(seconds=3)) == first
    assert isinstance(await enrol(db, SECRET, made.token, browser="other", now=NOW), EnrolmentGone)
    assert isinstance(
        await enrol(db, SECRET, made.token, browser="mine", now=NOW + PRESSED_AGAIN_WITHIN), EnrolmentGone
    )


async def test_a_double_press_brings_back_nothing_that_was_taken_back(db: Database) -> None:
    made = await issued(db)
    first = await enrol(db, SECRET, made.token, browser="mine", now=NOW)
    assert isinstance(first, Enrolled)
    assert await revoke_device(db, first.device_id, now=NOW, portal_id=None)
    assert isinstance(await enrol(db, SECRET, made.token, browser="mine", now=NOW), EnrolmentGone)
