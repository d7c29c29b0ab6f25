"""The bridge to an MQTT broker, on a real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy import select

from hub.domain.mqtt_topic import mqtt_access
from hub.services.measures import MQTT_CONNECTED, MQTT_MESSAGES
from hub.settings import Settings
from hub.store import devices, mqtt_line
from hub.store.database import Database, opened
from hub.store.mqtt_line import BrokerAway, MqttLine
from hub.store.ping_store import KeptPing
from hub.store.redis_client import connect_redis, key
from hub.store.tables import device
from hub.web.devices import taking
from hub.wiring import running_services
from tests.builders import SECRET, build_device, build_directory
from tests.databases import copy_sqlite
from tests.integration.hub import hub_settings, running_hub
from tests.integration.mosquitto import TestMosquitto, broker
from tests.integration.stores import TestValkey
from workers import mqtt, mqtt_requests

__all__ = ["broker"]

NAME = "enroute-test"
STARTED_AT = datetime.now(UTC).timestamp() - 600


def _location(second: int, **more: Any) -> bytes:
    place = {"lat": 60.17 + second / 100_000, "lon": 24.94, "tst": int(STARTED_AT) + second, "acc": 7}
    return msgspec.json.encode({"_type": "location", **place, **more})


class Scene:
    """A technician's phone, the bridge and their stores."""

    def __init__(self, settings: Settings, database: Database, broker: TestMosquitto, device_id: str) -> None:
        self.settings, self.database, self.broker, self.device_id = settings, database, broker, device_id
        self.topic = mqtt_access("owntracks", SECRET, device_id).topic
        self.redis: Redis = connect_redis(settings.redis_url)

    @asynccontextmanager
    async def bridged(self) -> AsyncIterator[None]:
        """Run the bridge until the end of the block."""
        async with running_services(self.settings) as services:
            running = asyncio.create_task(mqtt.bridge(services, NAME))
            try:
                await _until(_connected)  # a broker keeps nothing for whoever has never subscribed
                yield
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    async def publish(self, *payloads: bytes, topic: str | None = None, retain: bool = False) -> None:
        """Publish as the phone does: these return when the broker has them."""
        async with aiomqtt.Client("127.0.0.1", self.broker.port) as phone:
            for payload in payloads:
                await phone.publish(topic or self.topic, payload, qos=1, retain=retain)

    async def kept(self) -> list[float]:
        """Tell the seconds of the positions that were kept, in their order."""
        entries: Any = await self.redis.xrange(key("pings"))
        groups = [msgspec.json.decode(fields[b"p"], type=list[list[KeptPing]]) for _, fields in entries]
        return [
            round(one.ping.at.timestamp() - int(STARTED_AT)) for entry in groups for group in entry for one in group
        ]

    async def silence(self) -> str | None:
        """Tell why the phone is silent, as the database knows it."""
        async with self.database.read() as tx:
            found: str | None = (await tx.execute(select(device.c.silence))).scalar_one()
            return found


@pytest.fixture
async def scene(
    sqlite_template: Path,
    tmp_path: Path,
    own_valkey: TestValkey,
    broker: TestMosquitto,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Scene]:
    """Build a technician with a phone."""
    monkeypatch.setattr(mqtt, "PAUSE_S", 0.05)
    monkeypatch.setattr(taking, "STORE_TIMEOUT_S", 0.3)
    url = copy_sqlite(sqlite_template, tmp_path)
    async with opened(url) as database:
        async with database.write() as tx:
            directory = await build_directory(tx)
            device_id, _ = await build_device(tx, directory.resource_id)
        made = Scene(hub_settings(url, own_valkey.url, mqtt_url=broker.url), database, broker, device_id)
        yield made
        await made.redis.aclose()


async def _until(true: Callable[[], Awaitable[bool]], within_s: float = 15) -> None:
    async with asyncio.timeout(within_s):
        while not await true():  # noqa: ASYNC110 - it happens in other processes
            await asyncio.sleep(0.02)


async def _connected() -> bool:
    return float(MQTT_CONNECTED._value.get()) == 1


def _has(scene: Scene, *seconds: int) -> Callable[[], Awaitable[bool]]:
    async def has() -> bool:
        return set(seconds) <= set(await scene.kept())

    return has


def _counted(result: str) -> float:
    return float(MQTT_MESSAGES.labels(result)._value.get())


async def test_positions_come_in_once_and_in_their_order(scene: Scene) -> None:
    async with scene.bridged():
        await scene.publish(*(_location(second) for second in range(60)))
        await _until(_has(scene, *range(60)))

    assert await scene.kept() == list(range(60))


async def test_what_is_published_while_the_bridge_is_down_comes_in_later(scene: Scene) -> None:
    async with scene.bridged():
        await scene.publish(_location(1))
        await _until(_has(scene, 1))

    await scene.publish(*(_location(second) for second in range(2, 50)))

    async with scene.bridged():
        await _until(_has(scene, *range(1, 50)))
    assert await scene.kept() == list(range(1, 50))


async def test_while_valkey_is_away_nothing_is_acknowledged_and_nothing_lost(
    scene: Scene, own_valkey: TestValkey
) -> None:
    async with scene.bridged():
        await scene.publish(_location(1))
        await _until(_has(scene, 1))
        own_valkey.kill()
        await scene.publish(*(_location(second) for second in range(2, 40)))
        await asyncio.sleep(0.5)  # the bridge tries in vain

    # The bridge ended without having taken anything: the broker still has all of it.
    own_valkey.start()
    async with scene.bridged():
        await _until(_has(scene, *range(1, 40)))
    assert await scene.kept() == list(range(1, 40))


async def test_valkey_comes_back_under_a_running_bridge(scene: Scene, own_valkey: TestValkey) -> None:
    async with scene.bridged():
        await scene.publish(_location(1))
        await _until(_has(scene, 1))
        own_valkey.kill()
        await scene.publish(*(_location(second) for second in range(2, 40)))
        own_valkey.start()
        await _until(_has(scene, *range(1, 40)))

    assert await scene.kept() == list(range(1, 40))


async def test_a_broker_that_restarts_is_found_again(scene: Scene) -> None:
    async with scene.bridged():
        await scene.publish(_location(1))
        await _until(_has(scene, 1))
        scene.broker.stop()
        await asyncio.sleep(0.3)
        scene.broker.start()
        await scene.publish(_location(2))
        await _until(_has(scene, 1, 2))


async def test_what_came_faster_than_it_could_be_taken_comes_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene.bridged():  # leaves a session behind
        pass
    await scene.publish(*map(_location, range(50)))

    monkeypatch.setattr(mqtt_line, "MOST_WAITING", 3)
    async with scene.bridged():
        await _until(_has(scene, *range(50)))


async def test_a_last_will_tells_why_the_phone_is_silent(scene: Scene) -> None:
    async def told() -> bool:
        return await scene.silence() == "last_will"

    will = aiomqtt.Will(scene.topic, msgspec.json.encode({"_type": "lwt", "tst": int(STARTED_AT)}), qos=1)
    async with scene.bridged():
        phone = aiomqtt.Client("127.0.0.1", scene.broker.port, will=will)
        async with phone:
            await phone.publish(scene.topic, _location(1), qos=1)
            await _until(_has(scene, 1))
            phone._client._sock_close()  # the phone goes without a goodbye
            await _until(told)


async def test_an_old_last_will_that_the_broker_kept_says_nothing(scene: Scene) -> None:
    old = _counted("old")
    await scene.publish(b'{"_type": "lwt", "tst": 1}', retain=True)

    async with scene.bridged():
        await scene.publish(_location(1))
        await _until(_has(scene, 1))

    assert await scene.silence() is None
    assert _counted("old") == old + 1


async def test_what_is_no_position_is_counted_and_holds_nothing_up(scene: Scene) -> None:
    before = {result: _counted(result) for result in ("malformed", "encrypted", "too_large", "taken")}
    bad = [b"{", b"\xff", b"[" * 10_000, b'{"_type": "location", "lat": 99, "lon": 1, "tst": 1}']
    other = [b"", b'{"_type": "transition", "lat": 60, "lon": 24, "tst": 1, "event": "enter"}']

    async with scene.bridged():
        encrypted = b'{"_type": "encrypted", "data": "x"}'
        await scene.publish(*bad, *other, encrypted, b" " * (taking.LARGEST_BODY + 1), _location(1))
        await _until(_has(scene, 1))

    assert await scene.kept() == [1]
    after = {"malformed": 4, "encrypted": 1, "too_large": 1, "taken": 3}
    assert {result: _counted(result) - before[result] for result in before} == after


async def test_nobody_speaks_for_a_device_without_its_key(scene: Scene) -> None:
    foreign = _counted("foreign")
    async with scene.bridged():
        for topic in (
            f"owntracks/{scene.device_id}/phone",
            f"owntracks/{scene.device_id}/{mqtt_access('owntracks', SECRET, 'de_other').device_id}",
            f"owntracks/{scene.device_id}/{mqtt_access('owntracks', b'another secret', scene.device_id).device_id}",
            mqtt_access("owntracks", SECRET, "de_unknown").topic,
        ):
            await scene.publish(_location(5), topic=topic)
        await scene.publish(_location(1))
        await _until(_has(scene, 1))

    assert await scene.kept() == [1]
    assert _counted("foreign") == foreign + 4


async def test_a_revoked_device_is_heard_no_more(scene: Scene) -> None:
    async with scene.database.write() as tx:
        await devices.revoke(tx, scene.device_id, datetime.now(UTC))
        foreign = _counted("foreign")

    async with scene.bridged():
        await scene.publish(_location(1))

        async def refused() -> bool:
            return _counted("foreign") == foreign + 1

        await _until(refused)
    assert await scene.kept() == []


async def test_a_silent_phone_is_asked_for_its_position_while_somebody_looks(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish, failures = MqttLine.publish, [BrokerAway("the broker answers too late")]

    async def fail_once(line: MqttLine, topic: str, payload: bytes) -> None:
        if failures:
            raise failures.pop()
        await publish(line, topic, payload)

    monkeypatch.setattr(MqttLine, "publish", fail_once)
    monkeypatch.setattr(mqtt, "ASK_EVERY_S", 0.05)
    monkeypatch.setattr(mqtt_requests, "SILENT_AFTER_S", 0.2)
    async with running_hub(scene.settings) as hub, scene.bridged():
        visit = await hub.scene()
        topic = mqtt_access("owntracks", SECRET, visit.device_id).topic
        async with aiomqtt.Client("127.0.0.1", scene.broker.port) as phone, hub.live(visit) as watcher:
            await watcher.recv()
            await phone.subscribe(f"{topic}/cmd")
            await phone.publish(topic, _location(1), qos=1)

            async with asyncio.timeout(15):
                asked = await anext(phone.messages)

    assert not failures
    assert isinstance(asked.payload, bytes)
    assert msgspec.json.decode(asked.payload) == {"_type": "cmd", "action": "reportLocation"}
