"""A line to an MQTT broker, on which nothing is acknowledged before somebody says so.

The session outlives the connection: what was not acknowledged, the broker sends again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import aiomqtt
import msgspec
from paho.mqtt.reasoncodes import ReasonCode

from hub.store.mqtt_url import Broker

TIMEOUT_S = 10.0
KEEPALIVE_S = 20
"""How long a line that is cut without a word may seem to be there, about one and a half times."""
MOST_AT_ONCE = 500
MOST_WAITING = 10_000
"""Messages that came and are not taken yet: a broker holds none of quality 0 back. Of more the client drops any."""
AT_LEAST_ONCE = 1
_REFUSED = 0x80


class BrokerAway(Exception):
    """The broker cannot be reached, refuses us, or was lost on the way."""


class MqttMessage(msgspec.Struct, frozen=True):
    """A message as the broker passes it on."""

    topic: str
    payload: bytes
    retained: bool
    """Whether it is an old one, kept for whoever subscribes."""
    quality: int
    number: int
    """The broker's number for it, by which it is acknowledged."""


class MqttLine:
    """An open connection."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self._still_good: int | None = None
        """How many of the waiting messages are taken before the line is given up, once some may have been dropped."""

    async def receive(self) -> list[MqttMessage]:
        """Wait for messages; answer those that are there, in their order. Raises BrokerAway.

        Also where so many waited that some were dropped, once the others are taken: what was to be acknowledged comes
        again on another connection only, and until then it counts among the few that the broker sends ahead.
        """
        messages = self._client.messages
        found: list[aiomqtt.Message] = []
        try:
            while self._still_good != 0 and len(found) < MOST_AT_ONCE and (not found or len(messages)):
                if self._still_good is None and len(messages) >= MOST_WAITING:
                    self._still_good = MOST_WAITING
                found.append(await anext(messages))
                self._still_good = self._still_good and self._still_good - 1
        except aiomqtt.MqttError as fault:
            raise BrokerAway(str(fault)) from None
        if not found:
            raise BrokerAway(f"{MOST_WAITING} messages came faster than they could be taken")
        return [MqttMessage(str(one.topic), bytes(one.payload or b""), one.retain, one.qos, one.mid) for one in found]

    def acknowledge(self, messages: Iterable[MqttMessage]) -> None:
        """Tell the broker that these are safe; on a broken line it sends them again."""
        for message in messages:
            if message.quality:
                self._client._client.ack(message.number, message.quality)  # see `connect`

    async def publish(self, topic: str, payload: bytes) -> None:
        """Publish a message that need not arrive twice. Raises BrokerAway."""
        try:
            await self._client.publish(topic, payload, qos=AT_LEAST_ONCE)
        except aiomqtt.MqttError as fault:
            raise BrokerAway(str(fault)) from None


@asynccontextmanager
async def connect(broker: Broker, name: str, pattern: str) -> AsyncIterator[MqttLine]:
    """Connect as `name`, whose session the broker keeps, and subscribe. Raises BrokerAway."""
    client = _client(broker, identifier=name, clean_session=False)
    # aiomqtt has no word for this, the client beneath it does; without it a message is acknowledged on arrival.
    client._client.manual_ack_set(True)
    try:
        async with client:
            granted = await client.subscribe(pattern, qos=AT_LEAST_ONCE)
            if any(_is_refusal(code) for code in granted):
                raise BrokerAway(f"the broker lets nobody of this name subscribe to {pattern}")
            yield MqttLine(client)
    except aiomqtt.MqttError as fault:
        raise BrokerAway(str(fault)) from None


async def greet(broker: Broker) -> str | None:
    """Try to connect; answer what is wrong, None where nothing is."""
    try:
        async with _client(broker, identifier=None, clean_session=True):
            return None
    except (aiomqtt.MqttError, ValueError) as fault:
        return str(fault)


def _client(broker: Broker, *, identifier: str | None, clean_session: bool) -> aiomqtt.Client:
    return aiomqtt.Client(
        broker.host,
        broker.port,
        username=broker.username,
        password=broker.password,
        identifier=identifier,
        clean_session=clean_session,
        tls_params=aiomqtt.TLSParameters() if broker.tls else None,
        timeout=TIMEOUT_S,
        keepalive=KEEPALIVE_S,
        max_queued_incoming_messages=MOST_WAITING,
    )


def _is_refusal(code: int | ReasonCode) -> bool:
    return code.is_failure if isinstance(code, ReasonCode) else code >= _REFUSED
