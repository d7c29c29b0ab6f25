"""Valkey, the mail server or both away: messages wait and follow."""

from __future__ import annotations

import asyncio

import pytest

from hub.store.database import Database
from tests.integration.mail.messages import build_messages, read_message, read_states, until_settled
from tests.integration.mail.processes import Processes
from tests.integration.mail.server import MailServer
from tests.integration.stores import TestValkey


async def test_messages_written_while_valkey_is_away_follow_when_it_is_back(
    db: Database, procs: Processes, smtp: MailServer, own_valkey: TestValkey
) -> None:
    relay, worker = procs.start("relay", "--lease", "5"), procs.start("worker")
    await build_messages(db, 1)
    await smtp.until(1)
    own_valkey.kill()
    ids = await build_messages(db, 10)
    await asyncio.sleep(2.5)  # both notice
    assert {(await read_message(db, id_)).attempts for id_ in ids} == {0}
    assert relay.poll() is None
    assert worker.poll() is None
    own_valkey.start()
    await until_settled(db, 45)
    assert len(smtp.received) == 11
    assert set(smtp.times().values()) == {1}


async def test_a_valkey_that_lost_its_queue_loses_no_mail(
    db: Database, procs: Processes, smtp: MailServer, own_valkey: TestValkey
) -> None:
    procs.start("relay", "--lease", "5")
    (message_id,) = await build_messages(db, 1)
    async with asyncio.timeout(20):
        while (await read_message(db, message_id)).leased_until is None:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.05)
    own_valkey.kill()
    for file in own_valkey.folder.glob("appendonlydir/*"):
        file.unlink()
    own_valkey.start()
    procs.start("worker")
    await until_settled(db, 60)
    assert smtp.times() == {f"<{message_id}@visit.example>": 1}


async def test_processes_started_before_valkey_wait_for_it(
    db: Database, procs: Processes, smtp: MailServer, own_valkey: TestValkey
) -> None:
    own_valkey.kill()
    procs.start("relay", "--lease", "5")
    procs.start("worker")
    await build_messages(db, 3)
    await asyncio.sleep(2)
    own_valkey.start()
    await until_settled(db, 45)
    assert len(smtp.received) == 3


@pytest.mark.parametrize("way", ["gone", "refusing"])
async def test_messages_wait_while_the_mail_server_is_away_and_nothing_else_stops(
    db: Database, procs: Processes, smtp: MailServer, way: str
) -> None:
    procs.start("relay", "--lease", "5")
    worker = procs.start("worker")
    if way == "gone":
        await smtp.close()
    else:
        smtp.answer_data = lambda number: "451 not now"
    (first,) = await build_messages(db, 1)
    async with asyncio.timeout(20):
        while (await read_message(db, first)).attempts < 2:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.05)
    assert worker.poll() is None
    assert set((await read_states(db)).values()) == {"waiting"}
    if way == "gone":
        await smtp.open()
    smtp.answer_data = lambda number: "250 taken"
    await build_messages(db, 2)
    await until_settled(db, 30)
    assert len(smtp.received) == 3
