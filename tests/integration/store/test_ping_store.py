"""Commit pings to a real Valkey."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from hub.domain.ping import ping_keys
from hub.domain.ping_filter import PingState
from hub.store.live_channel import CHANNEL, Told, read_messages
from hub.store.ping_store import Conflict, PingStore, read_entry
from hub.store.redis_client import connect_redis, key
from tests.integration.groups import group
from tests.integration.stores import TestValkey
from tests.unit.domain.pings import ping

GENERATION = 10


@pytest.fixture
def store(redis_client: Redis) -> PingStore:
    """Give a store whose generations of keys are small."""
    return PingStore(redis_client, history_s=3_600, keys_per_generation=GENERATION)


@pytest.fixture
async def heard(redis_client: Redis) -> AsyncIterator[asyncio.Queue[list[Told]]]:
    """Listen to the live channel."""
    queue: asyncio.Queue[list[Told]] = asyncio.Queue()
    async with redis_client.pubsub() as subscription:
        await subscription.subscribe(CHANNEL)
        await subscription.get_message(timeout=2)

        async def listen() -> None:
            async for message in subscription.listen():
                queue.put_nowait(read_messages(message["data"]))

        listening = asyncio.create_task(listen())
        yield queue
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _streamed(redis: Redis) -> list[float]:
    """List the seconds of all pings in the stream."""
    entries: Any = await redis.xrange(key("pings"))
    kept = [one for _, fields in entries for one in read_entry(fields)]
    return [(one.ping.at - ping().at).total_seconds() for one in kept]


async def test_a_commit_sets_the_live_position(store: PingStore) -> None:
    assert await store.newest("re_1") is None

    assert await store.commit([group([ping(1), ping(2, north_m=20)])]) == [None]

    assert await store.newest("re_1") == ping(2, north_m=20)
    assert await store.newest("re_2") is None


async def test_a_commit_on_an_outdated_version_answers_the_newer_state(store: PingStore) -> None:
    await store.commit([group([ping(1)], after="v1")])

    [conflict] = await store.commit([group([ping(2)], before="", after="v2")])

    assert conflict == Conflict("v1", PingState(newest=ping(1), kept=1), frozenset())
    assert await store.newest("re_1") == ping(1)


async def test_a_commit_for_a_store_that_came_back_empty_answers_an_empty_state(store: PingStore) -> None:
    assert await store.commit([group([ping(1)], before="v7", after="v8")]) == [Conflict("", PingState(), frozenset())]


async def test_a_commit_whose_answer_was_lost_is_done_once(store: PingStore, redis_client: Redis) -> None:
    again = group([ping(1), ping(2)], visits=["bk_1"])

    assert [await store.commit([again]), await store.commit([again])] == [[None], [None]]

    assert await _streamed(redis_client) == [1, 2]


async def test_a_conflict_of_one_technician_does_not_keep_others_from_committing(
    store: PingStore, redis_client: Redis, heard: asyncio.Queue[list[Told]]
) -> None:
    await store.commit([group([ping(1)])])
    outdated = group([ping(2)], before="other", after="v2", visits=["bk_1"])
    fine = group([ping(3)], resource_id="re_2", visits=["bk_2"])

    [refused, committed] = await store.commit([outdated, fine])

    assert isinstance(refused, Conflict)
    assert committed is None
    assert await _streamed(redis_client) == [1, 3]
    assert [told.visit_id for told in await asyncio.wait_for(heard.get(), 2)] == ["bk_2"]
    assert heard.empty()


async def test_pings_that_were_sent_before_come_back_as_known(store: PingStore, redis_client: Redis) -> None:
    await store.commit([group([ping(1), ping(2, name="a")])])

    [conflict] = await store.commit([group([ping(1), ping(9, name="a"), ping(3)], before="v1", after="v2", check=True)])

    assert conflict is not None
    assert conflict.known == {("de_1", ping_keys(ping(1))[0]), ("de_1", ping_keys(ping(9, name="a"))[1])}
    assert await _streamed(redis_client) == [1, 2]


async def test_another_devices_pings_are_not_known(store: PingStore) -> None:
    await store.commit([group([ping(1)])])

    again = group([ping(1)], before="v1", after="v2", device_id="de_2", check=True)

    assert await store.commit([again]) == [None]


async def test_keys_are_remembered_over_two_generations(store: PingStore, redis_client: Redis) -> None:
    version = ""
    for number in range(5 * GENERATION):
        after = f"v{number + 1}"
        await store.commit([group([ping(number)], before=version, after=after, tidy=True)])
        version = after

    recent = [ping(second) for second in range(4 * GENERATION, 5 * GENERATION)]
    [conflict] = await store.commit([group(recent, before=version, after="w", check=True)])
    ancient = [ping(second) for second in range(GENERATION)]

    assert conflict is not None
    assert len(conflict.known) == GENERATION
    assert await store.commit([group(ancient, before=version, after="w", check=True, tidy=True)]) == [None]
    for name in (b":new", b":old"):
        keys = [one async for one in redis_client.scan_iter(match=f"{key('seen')}*") if one.endswith(name)]
        assert [0 < await redis_client.ttl(one) <= 3_600 for one in keys] == [True] * len(keys)


async def test_a_generation_that_has_just_begun_goes_with_time_too(store: PingStore, redis_client: Redis) -> None:
    await store.commit([group([ping(number) for number in range(GENERATION)], tidy=True)])
    await store.commit([group([ping(GENERATION)], before="v1", after="v2")])

    keys = [one async for one in redis_client.scan_iter(match=f"{key('seen')}*")]

    assert len(keys) == 2
    assert [0 < await redis_client.ttl(one) <= 3_600 for one in keys] == [True, True]


async def test_a_group_that_keeps_nothing_appends_nothing(store: PingStore, redis_client: Redis) -> None:
    empty = msgspec.structs.replace(group([ping(1)]), version_after="", entry="", device_keys=[])

    assert await store.commit([empty]) == [None]

    assert await redis_client.xlen(key("pings")) == 0


async def test_many_technicians_are_one_entry_of_the_stream(store: PingStore, redis_client: Redis) -> None:
    groups = [group([ping(number), ping(number + 0.5)], resource_id=f"re_{number}") for number in range(20)]

    assert await store.commit(groups) == [None] * 20

    assert await redis_client.xlen(key("pings")) == 1
    assert sorted(await _streamed(redis_client)) == [number / 2 for number in range(40)]


async def test_as_many_keys_as_one_commit_may_hold_fit(store: PingStore) -> None:
    pings = [ping(number / 10, name=f"n{number}") for number in range(3_000)]

    assert await store.commit([group(pings)]) == [None]
    [conflict] = await store.commit([group(pings, before="v1", after="v2", check=True)])

    assert conflict is not None
    assert len(conflict.known) == 6_000


async def test_messages_are_numbered_ever_higher(store: PingStore, heard: asyncio.Queue[list[Told]]) -> None:
    version, seqs = "", []
    for number in range(5):
        after = f"v{number}"
        await store.commit([group([ping(number)], before=version, after=after, visits=["bk_1", "bk_2"])])
        version = after
        told = await asyncio.wait_for(heard.get(), 2)
        assert [(one.visit_id, one.kind, one.body) for one in told] == [
            ("bk_1", "position", '{"n":1}'),
            ("bk_2", "position", '{"n":1}'),
        ]
        seqs += [one.seq for one in told]

    assert seqs == sorted(set(seqs))


async def test_where_nobody_may_look_nothing_is_published(store: PingStore, heard: asyncio.Queue[list[Told]]) -> None:
    await store.commit([group([ping(1)])])
    await asyncio.sleep(0.05)

    assert heard.empty()


async def test_two_processes_on_one_version_never_both_commit(store: PingStore, redis_client: Redis) -> None:
    groups = [group([ping(number)], after=f"v{number}") for number in range(20)]

    answers = await asyncio.gather(*(store.commit([one]) for one in groups))

    assert [answer for [answer] in answers].count(None) == 1
    assert len(await _streamed(redis_client)) == 1


async def test_while_the_store_is_away_the_last_position_seen_is_answered(own_valkey: TestValkey) -> None:
    redis = connect_redis(own_valkey.url)
    store = PingStore(redis, history_s=60)
    await store.commit([group([ping(1)])])

    own_valkey.kill()

    assert await store.newest("re_1") == ping(1)
    assert await store.newest("re_2") is None
    await redis.aclose()
