"""Take pings in through two web processes on one Valkey."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec
import pytest
from redis.asyncio import Redis

from hub.domain.geofence import Fence
from hub.domain.ping import KEPT, Ping, Verdict
from hub.services.authenticate import DeviceIdentity
from hub.services.follow_journeys import Journeys
from hub.services.ingest_pings import IngestPings
from hub.services.judge_pings import Observed, Outcome, Rules, StoreAway
from hub.store.live_channel import CHANNEL, read_messages
from hub.store.ping_store import PingStore, read_entry
from hub.store.redis_client import connect_redis, key
from tests.builders import NOW
from tests.fakes import FakeClock, FakeDevices, FakeJourneys
from tests.integration.stores import TestValkey
from tests.unit.domain.pings import ping

V = Verdict
ACCEPTED = [Outcome(V.ACCEPTED)]


class ShowingJourneys(FakeJourneys):
    """Tells watchers the second of each ping."""

    def observe(self, resource_id: str, ping: Ping, fence: Fence | None, now: datetime) -> Observed:
        """Answer one visit, whose message is the ping's time."""
        self.seen.append(ping)
        return Observed([("bk_1", msgspec.json.encode({"second": (ping.at - NOW).total_seconds()}).decode())])


class Process:
    """The ingesting part of a web process."""

    def __init__(self, redis: Redis) -> None:
        self.store = PingStore(redis, history_s=3_600)
        self.journeys = ShowingJourneys()
        known, clock = cast(Journeys, self.journeys), FakeClock(NOW + timedelta(seconds=900))
        self.ingest = IngestPings(self.store, known, FakeDevices(), Rules(), clock)
        self.running = asyncio.create_task(self.ingest.run())

    async def send(
        self, *pings: Ping | None, device: str = "de_1", resource: str = "re_1", timeout_s: float = 5.0
    ) -> list[Outcome]:
        """Send pings as one device of a technician."""
        identity = DeviceIdentity(device_id=device, resource_id=resource, portal_id="po_1", expires_at=None)
        return await self.ingest.ingest(identity, pings, timeout_s)


async def _stop(processes: Sequence[Process]) -> None:
    for process in processes:
        process.running.cancel()
    await asyncio.gather(*(process.running for process in processes), return_exceptions=True)


@pytest.fixture
async def two(redis_client: Redis) -> AsyncIterator[tuple[Process, Process]]:
    """Run two web processes on one Valkey."""
    processes = Process(redis_client), Process(redis_client)
    yield processes
    await _stop(processes)


@pytest.fixture
async def alone(own_valkey: TestValkey) -> AsyncIterator[Process]:
    """Run one web process on a Valkey of its own."""
    redis = connect_redis(own_valkey.url)
    process = Process(redis)
    yield process
    await _stop([process])
    await redis.aclose()


async def _streamed(redis: Redis) -> list[Ping]:
    entries: Any = await redis.xrange(key("pings"))
    return [kept.ping for _, fields in entries for kept in read_entry(fields)]


async def test_many_technicians_at_once_are_each_judged_in_the_order_of_their_pings(
    two: tuple[Process, Process], redis_client: Redis
) -> None:
    process, _ = two
    technicians = [f"re_{number}" for number in range(20)]

    answers = await asyncio.gather(
        *(process.send(ping(second), device=f"de_{one}", resource=one) for second in range(30) for one in technicians)
    )

    assert answers == [ACCEPTED] * 600
    assert len(await _streamed(redis_client)) == 600


async def test_pings_of_one_technician_through_two_processes_are_judged_as_one_stream(
    two: tuple[Process, Process], redis_client: Redis
) -> None:
    chance = random.Random(7)  # noqa: S311 - a shuffle that is the same each time
    pings = [ping(second) for second in range(200)] * 2
    chance.shuffle(pings)
    batches = [pings[start : start + 5] for start in range(0, len(pings), 5)]
    told: list[float] = []
    async with redis_client.pubsub(ignore_subscribe_messages=True) as subscription:
        await subscription.subscribe(CHANNEL)
        await subscription.get_message(timeout=1)

        answers = await asyncio.gather(*(two[n % 2].send(*batch) for n, batch in enumerate(batches)))

        while message := await subscription.get_message(timeout=0.2):
            for one in read_messages(message["data"]):
                told.append(msgspec.json.decode(one.body)["second"])

    verdicts = Counter(outcome.verdict for answer in answers for outcome in answer)
    assert [len(answer) for answer in answers] == [5] * len(batches)
    assert set(verdicts) == {V.ACCEPTED, V.LATE, V.DUPLICATE}
    assert verdicts[V.DUPLICATE] == 200
    assert sorted(kept.at for kept in await _streamed(redis_client)) == sorted({one.at for one in pings})
    assert await two[0].store.newest("re_1") == ping(199)
    assert told == sorted(set(told))
    assert told[-1] == 199


async def test_what_one_process_accepted_the_other_knows(two: tuple[Process, Process]) -> None:
    assert await two[0].send(ping(10)) == ACCEPTED

    again = await two[1].send(ping(10), ping(5), ping(11))

    assert [outcome.verdict for outcome in again] == [V.DUPLICATE, V.LATE, V.ACCEPTED]
    assert [outcome.verdict for outcome in await two[0].send(ping(11), ping(5))] == [V.DUPLICATE, V.DUPLICATE]


async def test_no_pings_have_no_verdicts(two: tuple[Process, Process]) -> None:
    assert await two[0].send() == []


async def test_malformed_pings_alone_are_answered(two: tuple[Process, Process]) -> None:
    assert [outcome.verdict for outcome in await two[0].send(None, None)] == [V.REJECTED] * 2


async def test_a_caller_who_gives_up_harms_nobody(two: tuple[Process, Process]) -> None:
    leaving = asyncio.create_task(two[0].send(ping(1)))
    await asyncio.sleep(0)
    leaving.cancel()

    assert await two[0].send(ping(2)) == ACCEPTED


async def test_more_pings_than_one_commit_holds_are_all_kept(two: tuple[Process, Process], redis_client: Redis) -> None:
    batches = [[ping(n + part / 1_000) for part in range(1_000)] for n in range(8)]

    answers = await asyncio.gather(*(two[0].send(*batch) for batch in batches))

    assert all(outcome.verdict in KEPT for answer in answers for outcome in answer)
    assert len(await _streamed(redis_client)) == 8_000


async def test_while_the_store_is_away_nothing_is_answered_and_then_accepted(
    alone: Process, own_valkey: TestValkey
) -> None:
    assert await alone.send(ping(1)) == ACCEPTED
    own_valkey.kill()

    waiting = asyncio.create_task(alone.send(ping(2), timeout_s=20))
    await asyncio.sleep(0.5)
    assert not waiting.done()
    own_valkey.start()

    assert await waiting == ACCEPTED
    assert await alone.store.newest("re_1") == ping(2)


async def test_a_store_that_stays_away_is_told_of_in_time(alone: Process, own_valkey: TestValkey) -> None:
    own_valkey.kill()
    loop = asyncio.get_running_loop()
    begin_s = loop.time()

    with pytest.raises(StoreAway):
        await alone.send(ping(1), timeout_s=0.3)

    assert 0.3 <= loop.time() - begin_s < 1.5
    own_valkey.start()
    assert await alone.send(ping(1)) == ACCEPTED


async def test_a_store_that_comes_back_empty_is_healed(alone: Process, own_valkey: TestValkey) -> None:
    assert await alone.send(ping(5)) == ACCEPTED
    redis = connect_redis(own_valkey.url)
    await redis.flushall()

    assert await alone.send(ping(6)) == ACCEPTED

    assert await alone.store.newest("re_1") == ping(6)
    assert await _streamed(redis) == [ping(6)]
    await redis.aclose()


@pytest.fixture
async def held(redis_client: Redis, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Process, asyncio.Event]]:
    """Run one web process whose commits wait for an event."""
    process, go_on = Process(redis_client), asyncio.Event()
    commit = process.store.commit

    async def commit_when_told(groups: list[object]) -> object:
        await go_on.wait()
        return await commit(groups)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(process.store, "commit", commit_when_told)
    yield process, go_on
    await _stop([process])


async def test_while_a_commit_is_under_way_others_are_sent_after_it(held: tuple[Process, asyncio.Event]) -> None:
    process, go_on = held
    first = asyncio.create_task(process.send(ping(1), resource="re_1"))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(process.send(ping(2), device="de_2", resource="re_2"))
    await asyncio.sleep(0.01)

    assert process.journeys.seen == [ping(1), ping(2)]
    go_on.set()
    assert list(await asyncio.gather(first, second)) == [ACCEPTED, ACCEPTED]


async def test_a_technician_whose_pings_are_under_way_is_judged_upon_them(held: tuple[Process, asyncio.Event]) -> None:
    process, go_on = held
    first = asyncio.create_task(process.send(ping(5)))
    await asyncio.sleep(0.01)
    more = [asyncio.create_task(process.send(one)) for one in (ping(5), ping(3), ping(7))]
    await asyncio.sleep(0.01)
    go_on.set()

    assert await first == ACCEPTED
    assert [(await one)[0].verdict for one in more] == [V.DUPLICATE, V.LATE, V.ACCEPTED]


async def test_pings_that_break_the_judging_are_refused_alone(
    held: tuple[Process, asyncio.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    process, go_on = held
    observe = process.journeys.observe

    def fail_for_one(resource_id: str, ping: Ping, fence: Fence | None, now: datetime) -> Observed:
        if resource_id == "re_2":
            raise ArithmeticError
        return observe(resource_id, ping, fence, now)

    monkeypatch.setattr(process.journeys, "observe", fail_for_one)
    sending = []
    for number in (1, 2, 3):
        sending.append(asyncio.create_task(process.send(ping(number), device=f"de_{number}", resource=f"re_{number}")))
        await asyncio.sleep(0.01)
    go_on.set()

    answers = await asyncio.gather(*sending, return_exceptions=True)
    assert [answers[0], answers[2]] == [ACCEPTED, ACCEPTED]
    assert isinstance(answers[1], StoreAway)


async def test_what_was_being_committed_when_it_ended_is_committed_by_the_next(
    held: tuple[Process, asyncio.Event],
) -> None:
    process, go_on = held
    waiting = asyncio.create_task(process.send(ping(1)))
    await asyncio.sleep(0.01)
    await _stop([process])
    process.running = asyncio.create_task(process.ingest.run())
    go_on.set()

    assert await waiting == ACCEPTED


async def test_no_ping_overtakes_one_that_had_no_room_in_a_commit(held: tuple[Process, asyncio.Event]) -> None:
    process, go_on = held
    many = [ping(second) for second in range(900)]
    sending = [
        asyncio.create_task(process.send(*many, device="de_1", resource="re_1")),
        asyncio.create_task(process.send(*(ping(second) for second in range(500)), device="de_2", resource="re_2")),
        asyncio.create_task(process.send(ping(600), device="de_2", resource="re_2")),
    ]
    await asyncio.sleep(0.01)
    go_on.set()

    answers = await asyncio.gather(*sending)
    assert all(outcome.verdict is V.ACCEPTED for answer in answers for outcome in answer)


async def test_a_commit_whose_answer_got_lost_is_not_done_twice(
    redis_client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = Process(redis_client)
    commit, lost = process.store.commit, [True]

    async def commit_and_lose(groups: list[object]) -> object:
        answer = await commit(groups)  # type: ignore[arg-type]  # passed through
        if lost and lost.pop():
            raise ConnectionResetError("the answer is lost")
        return answer

    monkeypatch.setattr(process.store, "commit", commit_and_lose)

    assert await process.send(ping(1), ping(2)) == ACCEPTED * 2
    assert await _streamed(redis_client) == [ping(1), ping(2)]
    await _stop([process])
