"""Leave messages for one open live map."""

from __future__ import annotations

import asyncio

import pytest

from hub.services.watcher import BEATS_UNREAD, Watcher


async def _read_all(watcher: Watcher) -> list[bytes]:
    found = []
    try:
        async with asyncio.timeout(0.01):
            while True:
                found.append(await watcher.next())
    except TimeoutError:
        return found


async def test_of_each_kind_only_the_newest_is_kept() -> None:
    watcher = Watcher()
    for seq in (1, 2, 3):
        watcher.put("position", seq, b"position %d" % seq)

    assert await _read_all(watcher) == [b"position 3"]


async def test_kinds_are_read_in_the_order_of_their_numbers() -> None:
    watcher = Watcher()
    watcher.put("position", 1, b"old position")
    watcher.put("status", 3, b"status")
    watcher.put("route", 2, b"route")
    watcher.put("position", 4, b"position")

    assert await _read_all(watcher) == [b"route", b"status", b"position"]


async def test_a_heartbeat_comes_after_everything_else() -> None:
    watcher = Watcher()
    watcher.beat(b"beat")
    watcher.put("status", 9, b"status")

    assert await _read_all(watcher) == [b"status", b"beat"]


async def test_a_message_wakes_who_waits_for_it() -> None:
    watcher = Watcher()
    waiting = asyncio.create_task(watcher.next())
    await asyncio.sleep(0)

    watcher.put("status", 1, b"status")

    assert await asyncio.wait_for(waiting, 1) == b"status"


async def test_forgotten_messages_are_not_read() -> None:
    watcher = Watcher()
    watcher.put("position", 1, b"position")
    watcher.put("route", 2, b"route")

    watcher.forget("position", "freshness")

    assert await _read_all(watcher) == [b"route"]


async def test_whoever_leaves_three_heartbeats_unread_is_thrown_out_by_the_next() -> None:
    watcher, left = Watcher(), []
    watcher.leave = lambda: left.append(True)
    for _ in range(BEATS_UNREAD):
        watcher.beat(b"beat")
    assert left == []

    watcher.beat(b"beat")

    assert left == [True]


async def test_reading_anything_counts_as_being_there() -> None:
    watcher, left = Watcher(), []
    watcher.leave = lambda: left.append(True)
    for number in range(3 * BEATS_UNREAD):
        watcher.beat(b"beat")
        watcher.put("position", number, b"position")
        assert await watcher.next() == b"position"

    assert left == []


@pytest.mark.parametrize("unread", [1, 50])
async def test_a_mailbox_holds_one_heartbeat_at_most(unread: int) -> None:
    watcher = Watcher()
    for number in range(unread):
        watcher.beat(b"beat %d" % number)

    assert await _read_all(watcher) == [b"beat %d" % (unread - 1)]
