"""Who sends on an MQTT topic: `BASE/DEVICE/KEY`, OwnTracks' `owntracks/USER/DEVICE`.

A broker tells subscribers nothing of who published. The key, which only the hub and the phone know, does.
"""

from __future__ import annotations

import hmac

import msgspec

from hub.domain.tokens import mqtt_key


class MqttAccess(msgspec.Struct, frozen=True, kw_only=True):
    """What a phone's app must be set to."""

    username: str
    """The device's id: OwnTracks makes it the topic's second level."""
    device_id: str
    """The key: the topic's third level."""
    topic: str


def mqtt_access(base: str, secret: bytes, device_id: str) -> MqttAccess:
    """Derive where a device publishes; without the secret nobody can."""
    key = mqtt_key(secret, device_id)
    return MqttAccess(username=device_id, device_id=key, topic=f"{base}/{device_id}/{key}")


def sender_of(topic: str, base: str, secret: bytes) -> str | None:
    """Name the device whose topic this is, None where the key is not its own."""
    levels = topic.removeprefix(f"{base}/").split("/")
    if not topic.startswith(f"{base}/") or len(levels) != 2:
        return None
    device_id, key = levels
    expected = mqtt_key(secret, device_id)
    return device_id if hmac.compare_digest(key.encode(), expected.encode()) else None
