"""`mqtt`: take in what OwnTracks publishes to an MQTT broker; a message is acknowledged when its position is safe."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections import defaultdict
from collections.abc import Sequence

import structlog

from hub.domain.mqtt_topic import sender_of
from hub.services.authenticate import DeviceIdentity
from hub.services.bundle import Services
from hub.services.measures import MQTT_CONNECTED, MQTT_MESSAGES
from hub.settings import Settings
from hub.store.database import DatabaseAway
from hub.store.mqtt_line import BrokerAway, MqttLine, MqttMessage, connect
from hub.store.mqtt_url import mqtt_broker, topic_base
from hub.web.devices.owntracks import APP, decode
from hub.web.devices.reading import EncryptedError
from hub.web.devices.taking import LARGEST_BODY, Told, take_told
from hub.web.problems import Problem
from hub.wiring import running_services
from workers.mqtt_requests import ASK_EVERY_S, MqttRequests

PAUSE_S = 1.0
"""Between two tries while a store or the broker is away."""

log = structlog.get_logger()


async def run_mqtt(settings: Settings, name: str | None = None) -> None:
    """Bridge until SIGTERM or SIGINT; what is not acknowledged then, the broker sends again."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with running_services(settings) as services:
        bridging = asyncio.create_task(bridge(services, f"enroute-{name or socket.gethostname()}"))
        stopping = asyncio.create_task(stopped.wait())
        await asyncio.wait([bridging, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in (bridging, stopping):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await bridging


async def bridge(services: Services, name: str) -> None:
    """Connect again and again, for ever; `name` is the session's, in which the broker keeps what we miss."""
    broker, pattern = mqtt_broker(services.settings.mqtt_url), services.settings.mqtt_topic
    taker = MqttTaker(services, topic_base(pattern))
    while True:
        try:
            async with connect(broker, name, pattern) as line:
                log.info("broker connected", host=broker.host)
                MQTT_CONNECTED.set(1)
                await _pass_on(line, taker)
        except BrokerAway as fault:
            log.warning("broker away, tries again", fault=str(fault))
        except Exception:  # whatever it is: nothing was acknowledged, so the broker sends it again
            log.exception("bridge failed, starts again")
        finally:
            MQTT_CONNECTED.set(0)
        await asyncio.sleep(PAUSE_S)


async def _pass_on(line: MqttLine, taker: MqttTaker) -> None:
    asking = asyncio.create_task(_ask(line, taker.requests))
    try:
        while True:
            messages = await line.receive()
            await taker.take(messages)
            line.acknowledge(messages)
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def _ask(line: MqttLine, requests: MqttRequests) -> None:
    while True:
        await asyncio.sleep(ASK_EVERY_S)
        for topic, payload in await requests.due():
            try:
                await line.publish(topic, payload)
            except BrokerAway as fault:  # a line that is broken ends where it is read; a slow answer is no reason to
                log.warning("phone not asked for its position", fault=str(fault))


class MqttTaker:
    """Takes messages in; returns only when whatever is to be kept of them is safe."""

    def __init__(self, services: Services, base: str) -> None:
        """`base` is the topic above those of the devices."""
        self._services, self._base = services, base
        self.requests = MqttRequests(services)

    async def take(self, messages: Sequence[MqttMessage]) -> None:
        """Take messages, each device's in their order."""
        by_topic: dict[str, list[MqttMessage]] = defaultdict(list)
        for message in messages:
            by_topic[message.topic].append(message)
        await asyncio.gather(*(self._take_of(topic, some) for topic, some in by_topic.items()))

    async def _take_of(self, topic: str, messages: Sequence[MqttMessage]) -> None:
        device_id = sender_of(topic, self._base, self._services.settings.secret)
        device = None if device_id is None else await self._admit(device_id)
        for message in messages:
            MQTT_MESSAGES.labels("foreign" if device is None else await self._take_one(device, message)).inc()

    async def _admit(self, device_id: str) -> DeviceIdentity | None:
        while True:
            try:
                return await self._services.admission.named_device(device_id)
            except DatabaseAway as fault:
                log.warning("devices cannot be known, tries again", fault=str(fault))
            await asyncio.sleep(PAUSE_S)

    async def _take_one(self, device: DeviceIdentity, message: MqttMessage) -> str:
        """Take one message; answer what became of it."""
        if len(message.payload) > LARGEST_BODY:
            return "too_large"
        try:
            told = decode(message.payload)
        except EncryptedError:
            return "encrypted"
        if told.silence is not None and message.retained:
            return "old"  # a last will from before whatever came since
        await self._until_safe(device, told)
        if told.pings:
            self.requests.heard(device, message.topic)
        return "malformed" if told.fault else "taken"

    async def _until_safe(self, device: DeviceIdentity, told: Told) -> None:
        while True:
            if wait_s := self._services.rates.wait_s(device.device_id):
                await asyncio.sleep(wait_s)
                continue
            try:
                return await take_told(self._services, device, told, APP)
            except (Problem, DatabaseAway) as fault:  # a problem here is only ever that the store is away
                log.warning("message not taken, tries again", device=device.device_id, fault=str(fault))
            await asyncio.sleep(PAUSE_S)
