"""Ask Valkey many things at once over one connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LostConnection
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as TooLate

from hub.store.command_line import CommandLine, Script
from hub.store.redis_client import connect_redis
from tests.integration.stores import TestValkey


@pytest.fixture
async def alone(own_valkey: TestValkey) -> AsyncIterator[CommandLine]:
    """Ask a Valkey of its own."""
    redis = connect_redis(own_valkey.url)
    yield CommandLine(redis, timeout_s=0.5)
    async with asyncio.timeout(1):  # closing waits for nothing
        await redis.aclose()


async def test_each_gets_its_own_answer(redis_client: Redis) -> None:
    line = CommandLine(redis_client)

    answers = await asyncio.gather(*(line.ask("ECHO", f"number {n}") for n in range(200)))

    assert answers == [f"number {n}".encode() for n in range(200)]


async def test_long_words_go_through_whole(redis_client: Redis) -> None:
    line = CommandLine(redis_client)
    long = [bytes([65 + n]) * 1_500_000 for n in range(4)]

    assert await asyncio.gather(*(line.ask("ECHO", word) for word in long)) == long


async def test_a_refusal_reaches_who_asked_and_nobody_else(redis_client: Redis) -> None:
    line = CommandLine(redis_client)

    asking = [line.ask("ECHO", "a"), line.ask("NO SUCH THING"), line.ask("ECHO", "b")]
    answers = await asyncio.gather(*asking, return_exceptions=True)

    assert [answers[0], answers[2]] == [b"a", b"b"]
    assert isinstance(answers[1], ResponseError)


async def test_whoever_stops_waiting_takes_no_other_answer_away(redis_client: Redis) -> None:
    line = CommandLine(redis_client)
    leaving = asyncio.create_task(line.ask("ECHO", "a"))
    await asyncio.sleep(0)
    other = asyncio.create_task(line.ask("ECHO", "b"))
    await asyncio.sleep(0)
    leaving.cancel()

    assert await other == b"b"
    assert await line.ask("ECHO", "c") == b"c"


async def test_a_script_is_sent_to_a_server_that_does_not_know_it(redis_client: Redis) -> None:
    line, script = CommandLine(redis_client), Script("return ARGV[1] .. '!'")
    await redis_client.script_flush()

    assert await line.run(script, "a") == b"a!"
    assert await line.run(script, "b") == b"b!"


async def test_a_killed_server_is_told_of_at_once_and_found_again(alone: CommandLine, own_valkey: TestValkey) -> None:
    assert await alone.ask("ECHO", "a") == b"a"
    waiting = asyncio.create_task(alone.ask("BLPOP", "nothing", 0))
    await asyncio.sleep(0.05)

    own_valkey.kill()

    with pytest.raises(LostConnection):
        await waiting
    with pytest.raises((RedisError, OSError)):
        await alone.ask("ECHO", "b")
    own_valkey.start()
    assert await alone.ask("ECHO", "c") == b"c"


async def test_a_server_that_does_not_answer_is_given_up(alone: CommandLine, own_valkey: TestValkey) -> None:
    assert await alone.ask("ECHO", "a") == b"a"
    own_valkey.freeze()
    try:
        answers = await asyncio.gather(*(alone.ask("ECHO", "b") for _ in range(3)), return_exceptions=True)
    finally:
        own_valkey.thaw()

    assert [type(answer) for answer in answers] == [TooLate] * 3
    assert await alone.ask("ECHO", "c") == b"c"


async def test_what_others_publish_is_heard_between_the_answers(redis_client: Redis) -> None:
    heard: asyncio.Queue[list[Any] | None] = asyncio.Queue()
    line = CommandLine(redis_client, hear=heard.put_nowait)

    await line.say("SUBSCRIBE", "news")
    assert await line.ask("PUBLISH", "news", "rain") == 1

    assert [(await heard.get() or [])[0] for _ in range(2)] == [b"subscribe", b"message"]
    assert await line.ask("ECHO", "still here") == b"still here"
    await line.close()
    assert await heard.get() is None


async def test_who_listens_hears_that_the_store_went_away(own_valkey: TestValkey) -> None:
    redis = connect_redis(own_valkey.url)
    heard: asyncio.Queue[list[Any] | None] = asyncio.Queue()
    line = CommandLine(redis, hear=heard.put_nowait)
    await line.ask("PING")

    own_valkey.kill()

    async with asyncio.timeout(2):
        assert await heard.get() is None
    await redis.aclose()
