"""Delivering batches of the outbox, with a real mail server and both databases."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from sqlalchemy import update

from hub.domain.link_scope import LinkScope
from hub.domain.tokens import token_hash
from hub.services.deliver_messages import DeliverMessages
from hub.store import links, mail_links, outbox_leases
from hub.store.database import Database
from hub.store.mail_counts import MailCounts
from hub.store.mailer import Envelope, Mailer, SendOutcome
from hub.store.outgoing import Outgoing
from hub.store.smtp import SmtpMailer
from hub.store.smtp_url import smtp_server
from hub.store.tables import booking, link
from hub.web.emails.compose import ComposeMail
from hub.web.emails.sender import sender
from tests.builders import NOW, SECRET, build_link, build_visit
from tests.fakes import FakeClock
from tests.integration.mail.messages import build_message, build_messages, read_message
from tests.integration.mail.server import MailServer, mail_server

LEASE_S = 30


@pytest.fixture
async def smtp() -> AsyncIterator[MailServer]:
    """Run a mail server."""
    async with mail_server() as server:
        yield server


class Desk:
    """A worker's service with a clock, and the relay's part by hand."""

    def __init__(self, db: Database, redis: Redis, mailer: Mailer) -> None:
        self.db, self.clock, self.counts = db, FakeClock(), MailCounts(redis)
        compose = ComposeMail(sender("", "https://visit.example"), "https://visit.example")
        self.service = DeliverMessages(db, SECRET, compose, mailer, self.counts, self.clock)

    async def work(self) -> Counter[str]:
        """Claim all that is due and deliver it."""
        lease = self.clock.now + timedelta(seconds=LEASE_S)
        async with self.db.write() as tx:
            ids = await outbox_leases.claim_due(tx, now=self.clock.now, lease_until=lease, limit=100)
        return await self.service.deliver(ids, lease)


@pytest.fixture
def desk(db: Database, redis_client: Redis, smtp: MailServer) -> Desk:
    """Set up a worker."""
    return Desk(db, redis_client, SmtpMailer(smtp_server(smtp.url), "worker.test", command_s=1.0, mail_s=2.0))


def link_in(server: MailServer, number: int = 0) -> str:
    """Read the token of the link in a mail."""
    text: str = server.received[number].message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return text.partition("https://visit.example/v/")[2].split()[0]


async def test_a_batch_goes_out_over_one_connection(db: Database, desk: Desk, smtp: MailServer) -> None:
    ids = await build_messages(db, 12, now=NOW)
    assert await desk.work() == {"sent": 12}
    assert smtp.times() == {f"<{id_}@visit.example>": 1 for id_ in ids}
    assert smtp.connections == 1
    assert await desk.counts.read() == {"sent": 12, "retried": 0, "failed": 0, "skipped": 0}


async def test_a_recipient_refused_for_good_fails_and_spoils_no_other(
    db: Database, desk: Desk, smtp: MailServer
) -> None:
    smtp.answer_recipient = lambda address: "550 no such user" if address.startswith("bad") else "250 taken"
    (bad,) = await build_messages(db, 1, now=NOW, email="bad@example.org")
    good = await build_messages(db, 5, now=NOW)
    assert await desk.work() == {"sent": 5, "failed": 1}
    row = await read_message(db, bad)
    assert (row.state, row.last_error, row.leased_until) == ("failed", "550 no such user", None)
    assert len(smtp.received) == len(good)


@pytest.mark.parametrize("answer", ["451 come back later", "452 no room"])
async def test_a_mail_refused_for_now_is_tried_again_later(
    db: Database, desk: Desk, smtp: MailServer, answer: str
) -> None:
    smtp.answer_data = lambda number: answer if number == 1 else "250 taken"
    (message_id,) = await build_messages(db, 1, now=NOW)
    assert await desk.work() == {"retried": 1}
    row = await read_message(db, message_id)
    assert (row.state, row.last_error, row.attempts) == ("waiting", answer, 1)
    assert NOW < row.due_at <= NOW + timedelta(seconds=2)
    assert await desk.work() == {}  # not due yet
    desk.clock.advance(2)
    assert await desk.work() == {"sent": 1}


@pytest.mark.parametrize("way", ["gone", "silent", "closing"])
async def test_a_server_that_is_away_loses_nothing(db: Database, desk: Desk, smtp: MailServer, way: str) -> None:
    ids = await build_messages(db, 9, now=NOW)
    if way == "gone":
        await smtp.close()
    elif way == "silent":
        smtp.pause_s = 5.0
    else:
        smtp.answer_recipient = lambda address: "421 going down"
    assert await desk.work() == {"retried": 9}
    assert {(await read_message(db, id_)).state for id_ in ids} == {"waiting"}
    if way == "gone":
        await smtp.open()
    smtp.pause_s, smtp.answer_recipient = 0.0, lambda address: "250 taken"
    await smtp.close()
    await smtp.open()
    smtp.received.clear()
    desk.clock.advance(2)
    assert await desk.work() == {"sent": 9}


async def test_a_mail_whose_answer_was_lost_is_sent_again_under_the_same_id(
    db: Database, desk: Desk, smtp: MailServer
) -> None:
    smtp.drop_after_taking = 1
    (message_id,) = await build_messages(db, 1, now=NOW)
    assert await desk.work() == {"retried": 1}
    desk.clock.advance(2)
    assert await desk.work() == {"sent": 1}
    assert smtp.times() == {f"<{message_id}@visit.example>": 2}


async def test_a_mail_is_given_up_after_a_day(db: Database, desk: Desk, smtp: MailServer) -> None:
    smtp.answer_data = lambda number: "451 never"
    (message_id,) = await build_messages(db, 1, now=NOW, starts_in=timedelta(days=3))
    for _ in range(9):
        await desk.work()
        desk.clock.advance(4 * 3600)
    row = await read_message(db, message_id)
    assert (row.state, row.last_error) == ("failed", "given up: 451 never")


async def test_the_same_batch_twice_at_once_sends_each_mail_once(db: Database, desk: Desk, smtp: MailServer) -> None:
    await build_messages(db, 10, now=NOW)
    lease = NOW + timedelta(seconds=LEASE_S)
    async with db.write() as tx:
        ids = await outbox_leases.claim_due(tx, now=NOW, lease_until=lease, limit=100)
    counts = await asyncio.gather(*(desk.service.deliver(ids, lease) for _ in range(2)))
    assert sorted(sum(part.values()) for part in counts) == [0, 10]
    assert set(smtp.times().values()) == {1}


async def test_without_an_address_a_message_is_skipped_and_with_a_wrong_one_it_fails(
    db: Database, desk: Desk, smtp: MailServer
) -> None:
    (nobody,) = await build_messages(db, 1, now=NOW, email=None)
    (wrong,) = await build_messages(db, 1, now=NOW, email="a@b\r\nRCPT TO:<c@d>")
    assert await desk.work() == {"skipped": 1, "failed": 1}
    assert (await read_message(db, nobody)).state == "skipped"
    assert (await read_message(db, wrong)).state == "failed"
    assert smtp.asked == 0


async def test_what_is_no_longer_true_is_skipped(db: Database, desk: Desk, smtp: MailServer) -> None:
    async with db.write() as tx:
        visit = await build_visit(tx, status="in_progress")
        arrived = await build_message(tx, visit=visit, kind="on_the_way", now=NOW)
        over = await build_message(tx, now=NOW - timedelta(days=2))
    assert await desk.work() == {"skipped": 2}
    assert (await read_message(db, arrived)).last_error == "nobody is on the way any more"
    assert (await read_message(db, over)).last_error == "the visit it tells of is over"


async def test_an_older_time_is_not_told_after_a_newer_one(db: Database, desk: Desk, smtp: MailServer) -> None:
    async with db.write() as tx:
        visit = await build_visit(tx)
        older = await build_message(tx, visit=visit, now=NOW - timedelta(seconds=5))
        await build_message(tx, visit=visit, kind="rescheduled", now=NOW, sequence=1)
    smtp.answer_data = lambda number: "451 later" if number == 1 else "250 taken"
    assert await desk.work() == {"retried": 1, "sent": 1}
    desk.clock.advance(5)
    assert await desk.work() == {"skipped": 1}
    assert (await read_message(db, older)).state == "skipped"


async def test_mails_of_one_booking_go_out_in_order_and_answer_the_first(
    db: Database, desk: Desk, smtp: MailServer
) -> None:
    async with db.write() as tx:
        visit = await build_visit(tx)
        ids = [
            await build_message(tx, visit=visit, kind=kind, now=NOW - timedelta(seconds=9 - order), sequence=order)
            for order, kind in enumerate(["booked", "rescheduled", "canceled", "undone"])
        ]
    await desk.work()
    assert [mail.message_id for mail in smtp.received] == [f"<{id_}@visit.example>" for id_ in ids]
    assert [mail.message["In-Reply-To"] for mail in smtp.received] == [None, *[f"<{ids[0]}@visit.example>"] * 3]


async def test_the_link_is_an_open_one_of_the_booking(db: Database, desk: Desk, smtp: MailServer) -> None:
    async with db.write() as tx:
        visit = await build_visit(tx)
        _, token = await build_link(tx, visit.booking_id, scope=LinkScope.MANAGE, expires_at=NOW + timedelta(days=9))
        await build_link(tx, visit.booking_id, scope=LinkScope.TRACK, expires_at=NOW + timedelta(days=9))
        await build_message(tx, visit=visit, now=NOW)
    await desk.work()
    assert link_in(smtp) == token


@pytest.mark.parametrize("fault", ["none", "expires", "revoked", "other secret"])
async def test_where_no_link_can_be_named_again_one_is_made_once(
    db: Database, desk: Desk, smtp: MailServer, fault: str
) -> None:
    async with db.write() as tx:
        visit = await build_visit(tx)
        if fault != "none":
            soon = NOW + timedelta(hours=1 if fault == "expires" else 24 * 9)
            link_id, _ = await build_link(tx, visit.booking_id, scope=LinkScope.MANAGE, expires_at=soon)
            if fault == "revoked":
                await links.revoke(tx, link_id, NOW)
            if fault == "other secret":
                await tx.execute(update(link).where(link.c.id == link_id).values(token_hash=token_hash("other")))
        await build_message(tx, visit=visit, now=NOW)
    smtp.answer_data = lambda number: "451 later" if number == 1 else "250 taken"
    await desk.work()
    desk.clock.advance(5)
    await desk.work()
    async with db.read() as tx:
        found = await links.find_open(tx, token_hash(link_in(smtp)), NOW)
        known = await mail_links.open_manage_links(tx, {visit.booking_id}, NOW)
    assert found is not None
    assert (found.booking_id, found.scope, found.revoked_at) == (visit.booking_id, LinkScope.MANAGE, None)
    assert found.expires_at > NOW + timedelta(days=29)
    assert len(known) == (2 if fault in ("expires", "other secret") else 1)


async def test_a_worker_that_is_to_stop_leaves_the_rest_to_others(db: Database, desk: Desk, smtp: MailServer) -> None:
    ids = await build_messages(db, 3, now=NOW)
    desk.service.stopping = True
    await desk.work()
    assert smtp.received == []
    assert {(await read_message(db, id_)).leased_until for id_ in ids} == {None}
    desk.service.stopping = False
    assert await desk.work() == {"sent": 3}


class SlowMailer:
    """Takes its time, by the clock of the test, before it hands a mail on."""

    def __init__(self, desk_clock: FakeClock, mailer: Mailer) -> None:
        self._clock, self._mailer = desk_clock, mailer

    async def send(self, envelope: Envelope) -> SendOutcome:
        """Let 10 s pass, then send."""
        self._clock.advance(10)
        return await self._mailer.send(envelope)

    async def rest(self) -> None:
        """Rest."""
        await self._mailer.rest()


async def test_a_slow_batch_keeps_its_lease_so_that_nobody_else_sends_its_mails(
    db: Database, desk: Desk, redis_client: Redis, smtp: MailServer
) -> None:
    await build_messages(db, 12, now=NOW)
    slow = Desk(db, redis_client, SlowMailer(desk.clock, SmtpMailer(smtp_server(smtp.url), "worker.test")))
    slow.service._clock = slow.clock = desk.clock
    assert await slow.work() == {"sent": 12}
    assert set(smtp.times().values()) == {1}
    assert desk.clock.now - NOW >= timedelta(seconds=120)


async def test_rows_that_somebody_else_got_meanwhile_are_left_to_them(
    db: Database, desk: Desk, redis_client: Redis, smtp: MailServer
) -> None:
    (message_id,) = ids = await build_messages(db, 1, now=NOW)
    lease = NOW + timedelta(seconds=LEASE_S)
    async with db.write() as tx:
        await outbox_leases.claim_due(tx, now=NOW, lease_until=lease, limit=9)
    desk.clock.advance(LEASE_S)
    assert await desk.work() == {"sent": 1}
    assert await desk.service.deliver(ids, lease) == {}
    assert smtp.times() == {f"<{message_id}@visit.example>": 1}


async def test_a_fault_of_ours_in_one_mail_stops_no_other(
    db: Database, desk: Desk, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = await build_messages(db, 2, now=NOW)
    compose = desk.service._compose

    def stumbling(mail: Outgoing, token: str, now: object) -> Envelope:
        if mail.id == broken:
            raise ZeroDivisionError
        return compose(mail, token, NOW)

    monkeypatch.setattr(desk.service, "_compose", stumbling)
    assert await desk.work() == {"sent": 1, "retried": 1}
    assert (await read_message(db, broken)).last_error == "not composed: ZeroDivisionError"
    assert (await read_message(db, fine)).state == "sent"


async def test_the_status_counts_as_it_is_when_the_mail_goes_out(db: Database, desk: Desk, smtp: MailServer) -> None:
    async with db.write() as tx:
        visit = await build_visit(tx, status="traveling")
        await build_message(tx, visit=visit, kind="on_the_way", now=NOW)
        await tx.execute(update(booking).where(booking.c.id == visit.booking_id).values(status="completed"))
    assert await desk.work() == {"skipped": 1}
