"""Who works on which message: leases, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from hub.domain.messages import MessageState
from hub.store import outbox_leases
from hub.store.database import Database
from hub.store.outbox_leases import claim_due, count_waiting, end, give_back, mark_sent, put_back, renew, requeue, take
from tests.builders import NOW
from tests.integration.mail.messages import build_message, build_messages, read_message

LEASE = NOW + timedelta(seconds=30)
LATER = NOW + timedelta(seconds=60)


async def claim(db: Database, *, at_s: float = 0.0, limit: int = 100) -> list[str]:
    """Claim as a relay does, so many seconds from the start."""
    now = NOW + timedelta(seconds=at_s)
    async with db.write() as tx:
        return await claim_due(tx, now=now, lease_until=now + timedelta(seconds=30), limit=limit)


async def test_what_is_due_is_claimed_once_oldest_first(db: Database) -> None:
    ids = await build_messages(db, 3, now=NOW)
    assert await claim(db, limit=2) == ids[:2]
    assert await claim(db) == ids[2:]
    assert await claim(db) == []


async def test_what_is_not_due_waits(db: Database) -> None:
    await build_messages(db, 1, now=NOW + timedelta(seconds=1))
    assert await claim(db) == []
    assert len(await claim(db, at_s=1)) == 1


async def test_a_lease_that_ran_out_is_claimed_again(db: Database) -> None:
    ids = await build_messages(db, 1, now=NOW)
    await claim(db)
    assert await claim(db, at_s=29) == []
    assert await claim(db, at_s=30) == ids


async def test_of_many_that_claim_at_once_each_gets_other_rows(db: Database) -> None:
    ids = await build_messages(db, 40, now=NOW)
    others = [Database.open(db.url.render_as_string(hide_password=False)) for _ in range(3)]
    try:
        claimed = await asyncio.gather(*(claim(each, limit=10) for each in [db, *others]))
    finally:
        for other in others:
            await other.close()
    # PostgreSQL skips rows that another one locks at the moment, so one may get fewer; none is given twice.
    given = [id_ for part in claimed for id_ in part]
    assert len(given) == len(set(given))
    rest = await claim(db)
    assert sorted([*given, *rest]) == ids


async def test_a_job_takes_its_rows_once(db: Database) -> None:
    ids = await build_messages(db, 2, now=NOW)
    await claim(db)
    async with db.write() as tx:
        assert sorted(await take(tx, ids, lease=LEASE, lease_until=LATER)) == ids
        assert await take(tx, ids, lease=LEASE, lease_until=LATER) == []
    assert (await read_message(db, ids[0])).attempts == 1


async def test_a_job_that_comes_late_takes_nothing(db: Database) -> None:
    ids = await build_messages(db, 1, now=NOW)
    await claim(db)
    await claim(db, at_s=30)
    async with db.write() as tx:
        assert await take(tx, ids, lease=LEASE, lease_until=LATER) == []


async def test_only_the_holder_renews_puts_back_and_ends(db: Database) -> None:
    (message_id,) = ids = await build_messages(db, 1, now=NOW)
    await claim(db)
    async with db.write() as tx:
        assert await renew(tx, ids, lease=LATER, lease_until=LATER) == set()
        await put_back(tx, message_id, lease=LATER, due_at=LATER, error="stranger")
        await end(tx, message_id, lease=LATER, state=MessageState.FAILED, error="stranger")
        await give_back(tx, ids, lease=LATER)
    assert (await read_message(db, message_id)).leased_until == LEASE
    async with db.write() as tx:
        assert await renew(tx, ids, lease=LEASE, lease_until=LATER) == {message_id}
        await put_back(tx, message_id, lease=LATER, due_at=NOW + timedelta(hours=1), error="x" * 10_000)
    row = await read_message(db, message_id)
    assert (row.state, row.leased_until, row.due_at) == ("waiting", None, NOW + timedelta(hours=1))
    assert row.last_error == "x" * outbox_leases.LONGEST_ERROR


async def test_sent_is_written_whoever_holds_the_row(db: Database) -> None:
    (message_id,) = await build_messages(db, 1, now=NOW)
    await claim(db)
    async with db.write() as tx:
        await mark_sent(tx, message_id, LATER)
    row = await read_message(db, message_id)
    assert (row.state, row.sent_at, row.leased_until) == ("sent", LATER, None)
    assert await claim(db, at_s=99) == []


async def test_given_back_rows_are_claimed_at_once(db: Database) -> None:
    ids = await build_messages(db, 1, now=NOW)
    await claim(db)
    async with db.write() as tx:
        await give_back(tx, ids, lease=LEASE)
    assert await claim(db) == ids


async def test_failed_messages_are_put_back_by_hand(db: Database) -> None:
    failed, other = await build_messages(db, 2, now=NOW)
    await claim(db)
    async with db.write() as tx:
        for message_id in (failed, other):
            await end(tx, message_id, lease=LEASE, state=MessageState.FAILED, error="550 unknown")
        assert await requeue(tx, LATER, failed) == 1
        assert await requeue(tx, LATER, failed) == 0
    row = await read_message(db, failed)
    assert (row.state, row.attempts, row.due_at, row.last_error) == ("waiting", 0, LATER, "550 unknown")
    async with db.write() as tx:
        assert await requeue(tx, LATER) == 1


async def test_waiting_messages_are_counted_with_the_oldest(db: Database) -> None:
    async with db.read() as tx:
        assert await count_waiting(tx) == (0, None, None)
    async with db.write() as tx:
        oldest = await build_message(tx, now=NOW)
        await build_message(tx, now=NOW + timedelta(seconds=5))
    await claim(db, limit=1)
    async with db.write() as tx:
        await put_back(tx, oldest, lease=LEASE, due_at=LATER, error="451")
    async with db.read() as tx:
        assert await count_waiting(tx) == (2, NOW, NOW + timedelta(seconds=5))
