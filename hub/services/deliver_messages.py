"""Deliver messages of the outbox: each row is marked right after its own mail was accepted."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from hub.clock import Clock
from hub.domain.messages import MessageState
from hub.domain.retries import next_try
from hub.domain.still_true import reason_to_skip
from hub.services.hold_leases import LEASE, HeldLease
from hub.services.mail_links import manage_tokens
from hub.store import outbox_leases, outgoing
from hub.store.database import Database
from hub.store.mail_counts import MailCounts
from hub.store.mailer import Accepted, Away, Envelope, Mailer, RefusedForGood, RefusedForNow
from hub.store.outgoing import Outgoing

AWAY_IN_A_ROW = 2
"""After so many failed connections the rest of a batch is left for later. One may be a stale connection."""
WRITE_TRIES, WRITE_PAUSE_S = 5, 0.5
"""For writing down that a mail was accepted: it would be sent again otherwise."""

log = structlog.get_logger()


class Compose(Protocol):
    """Writes the mail of a message."""

    def __call__(self, mail: Outgoing, token: str, now: datetime) -> Envelope:
        """Compose; raises ValueError where the contact has no usable address."""


class DeliverMessages:
    """Delivers batches of rows. Of a batch that comes twice, or late, it finds that others have the rows."""

    def __init__(
        self,
        database: Database,
        secret: bytes,
        compose: Compose,
        mailer: Mailer,
        counts: MailCounts,
        clock: Clock,
        lease: timedelta = LEASE,
    ) -> None:
        self._database, self._secret, self._clock, self._lease = database, secret, clock, lease
        self._compose, self._mailer, self._counts = compose, mailer, counts
        self.stopping = False
        """Set to leave what has not been begun to others."""

    async def deliver(self, ids: Sequence[str], lease: datetime) -> Counter[str]:
        """Deliver the rows that are still under `lease`, and count what became of them.

        Raises what the database raises before anything is sent.
        """
        held = HeldLease(self._database, self._clock, lease, self._lease)
        async with self._database.write() as tx:
            mails = await outgoing.load(tx, await held.take(tx, ids))
            reachable = [mail for mail in mails if mail.contact_email]
            tokens = await manage_tokens(tx, self._secret, reachable, self._clock())
        batch = _Batch(held, tokens)
        try:
            await self._work_off(batch, mails)
        finally:
            await self._mailer.rest()
        with contextlib.suppress(RedisError, OSError):  # they are only counts
            await self._counts.add(batch.counts)
        return batch.counts

    async def _work_off(self, batch: _Batch, mails: Sequence[Outgoing]) -> None:
        """Take mail after mail, the oldest first; whatever happens to one must not touch the others.

        One at a time, so that a kill can repeat one mail at most. More at once are for more workers.
        """
        away = 0
        for mail in mails:
            try:
                if self.stopping:
                    await batch.held.give_back(mail.id)
                elif away >= AWAY_IN_A_ROW:
                    await self._try_later(batch, mail, "not tried, the server was away")
                elif await batch.held.still(mail.id):
                    away = away + 1 if await self._deliver_one(batch, mail) else 0
            except SQLAlchemyError as fault:
                log.warning("outbox not written, the lease will run out", message=mail.id, fault=str(fault))

    async def _deliver_one(self, batch: _Batch, mail: Outgoing) -> bool:
        """Deliver one message; tell whether the server was away."""
        reason = reason_to_skip(
            mail.kind,
            ends_at=mail.facts.ends_at,
            status=mail.status,
            newer_sent=mail.newer_sent,
            now=self._clock(),
        )
        token = batch.tokens.get(mail.id)
        if reason or token is None:
            await self._end(batch, mail, MessageState.SKIPPED, reason or "the contact has no e-mail address")
            return False
        try:
            envelope = self._compose(mail, token, self._clock())
        except ValueError as fault:
            await self._end(batch, mail, MessageState.FAILED, str(fault))
            return False
        except Exception as fault:  # a fault of ours in one mail
            log.exception("mail not composed", message=mail.id)
            await self._try_later(batch, mail, f"not composed: {type(fault).__name__}")
            return False
        return await self._send(batch, mail, envelope)

    async def _send(self, batch: _Batch, mail: Outgoing, envelope: Envelope) -> bool:
        outcome = await self._mailer.send(envelope)
        match outcome:
            case Accepted():
                await self._mark_sent(batch, mail)
            case RefusedForGood(reply):
                await self._end(batch, mail, MessageState.FAILED, reply)
            case RefusedForNow(reply):
                await self._try_later(batch, mail, reply)
            case Away(fault):
                await self._try_later(batch, mail, fault)
        return isinstance(outcome, Away)

    async def _mark_sent(self, batch: _Batch, mail: Outgoing) -> None:
        """Write down that the server has the mail. What a crash repeats lies between its answer and this commit."""
        for tries in range(1, WRITE_TRIES + 1):
            try:
                async with self._database.write() as tx:
                    await outbox_leases.mark_sent(tx, mail.id, self._clock())
                break
            except SQLAlchemyError as fault:
                if tries == WRITE_TRIES:
                    raise
                log.warning("sent mail not written down, tries again", message=mail.id, fault=str(fault))
                await asyncio.sleep(WRITE_PAUSE_S)
        batch.counts["sent"] += 1

    async def _try_later(self, batch: _Batch, mail: Outgoing, error: str) -> None:
        now, chance = self._clock(), random.random()  # noqa: S311 - spreads load, hides nothing
        due_at = next_try(created_at=mail.created_at, tries=mail.attempts, now=now, chance=chance)
        if due_at is None:
            await self._end(batch, mail, MessageState.FAILED, f"given up: {error}")
            return
        await batch.held.put_back(mail.id, due_at, error)
        batch.counts["retried"] += 1
        log.warning("mail not accepted, tries again", message=mail.id, tries=mail.attempts, answer=error)

    async def _end(self, batch: _Batch, mail: Outgoing, state: MessageState, error: str) -> None:
        await batch.held.end(mail.id, state, error)
        batch.counts[state.value] += 1
        say = log.error if state is MessageState.FAILED else log.info
        say("mail not sent", message=mail.id, state=state.value, reason=error)


class _Batch:
    """What one call works on."""

    def __init__(self, held: HeldLease, tokens: dict[str, str]) -> None:
        self.held, self.tokens = held, tokens
        self.counts: Counter[str] = Counter()
