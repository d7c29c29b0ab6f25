"""Relay and worker killed by -9 while mails go out: every mail arrives, and hardly any twice."""

from __future__ import annotations

import asyncio
import random

import pytest

from hub.store.database import Database
from tests.integration.commands.launched import tell
from tests.integration.mail.messages import build_messages, read_message, read_states, until_settled
from tests.integration.mail.processes import Processes
from tests.integration.mail.server import MailServer

MAILS = 50
KILLS = 3
LEASE = ("--lease", "6")
"""Where a killed process's lease must run out. Others keep the usual one, which a slow machine does not outlast."""
HEALED_S = 60.0


@pytest.mark.parametrize("victim", ["worker", "relay"])
async def test_a_killed_process_loses_no_mail(db: Database, procs: Processes, smtp: MailServer, victim: str) -> None:
    smtp.pause_s = 0.05
    options = LEASE if victim == "worker" else ()
    running = {"relay": procs.start("relay", *LEASE), "worker": procs.start("worker", *options)}
    await build_messages(db, 1)
    await smtp.until(1)  # both are up

    ids = await build_messages(db, MAILS)
    kills = 0
    for _ in range(KILLS):
        if len(smtp.times()) > MAILS - 10:
            break
        await smtp.until(len(smtp.received) + 1, HEALED_S)
        await asyncio.sleep(random.uniform(0, 0.2))  # noqa: S311 - any moment
        await procs.kill(running[victim])
        kills += 1
        running[victim] = procs.start(victim, *LEASE)
    await until_settled(db, HEALED_S)

    times = smtp.times()
    assert all(times[f"<{id_}@visit.example>"] >= 1 for id_ in ids)
    repeated = sum(times.values()) - len(times)
    tell(f"{victim}: {kills} kills, {repeated} mails came twice")
    # A worker has at most one mail between the server's taking it and the commit; the relay sends nothing itself.
    assert repeated <= (kills if victim == "worker" else 0)
    assert set((await read_states(db)).values()) == {"sent"}


async def test_a_killed_workers_mails_go_out_through_another_one(
    db: Database, procs: Processes, smtp: MailServer
) -> None:
    smtp.pause_s = 30.0  # nobody gets an answer
    procs.start("relay", *LEASE)
    worker = procs.start("worker", *LEASE)
    (message_id,) = await build_messages(db, 1)
    async with asyncio.timeout(20):
        while smtp.asked == 0:  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.05)
    await procs.kill(worker)
    smtp.pause_s = 0.0
    procs.start("worker", *LEASE)
    await until_settled(db, HEALED_S)
    assert smtp.times()[f"<{message_id}@visit.example>"] >= 1
    assert (await read_message(db, message_id)).attempts == 2


async def test_two_relays_and_two_workers_send_each_mail_once(db: Database, procs: Processes, smtp: MailServer) -> None:
    for name in ("relay", "relay", "worker", "worker"):
        procs.start(name)
    for _ in range(5):
        await build_messages(db, MAILS // 5)
        await asyncio.sleep(0.3)
    await until_settled(db, HEALED_S)
    assert len(smtp.times()) == MAILS
    assert set(smtp.times().values()) == {1}


async def test_a_worker_that_is_asked_to_end_finishes_its_mails_and_leaves_the_rest(
    db: Database, procs: Processes, smtp: MailServer
) -> None:
    smtp.pause_s = 0.3
    procs.start("relay")
    worker = procs.start("worker")
    await build_messages(db, 20)
    await smtp.until(1)
    assert await procs.stop(worker) == 0
    states = await read_states(db)
    sent = sum(state == "sent" for state in states.values())
    assert sent == len(smtp.received) < 20
    procs.start("worker")
    await until_settled(db)  # well before a lease would have run out
    assert set(smtp.times().values()) == {1}
