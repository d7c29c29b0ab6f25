"""Read `HUB_MQTT_URL` and `HUB_MQTT_TOPIC`."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import msgspec

_TLS = {"mqtt": False, "mqtts": True}
_DEVICES = "/+/+"


class Broker(msgspec.Struct, frozen=True, kw_only=True):
    """Where the broker is, read from `HUB_MQTT_URL`."""

    host: str
    port: int
    tls: bool
    username: str | None
    password: str | None


def mqtt_broker(url: str) -> Broker:
    """Read `mqtt://user:password@host:port` or `mqtts://…`; raises ValueError without repeating the URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("expected mqtt://host:port, signs such as / and @ in a password as %2F and %40") from None
    if parts.scheme not in _TLS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("expected mqtt://host:port or mqtts://host:port")
    if parts.password and not parts.username:
        raise ValueError("expected user and password, only the user, or neither")
    tls = _TLS[parts.scheme]
    return Broker(
        host=parts.hostname,
        port=port or (8883 if tls else 1883),
        tls=tls,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def topic_base(pattern: str) -> str:
    """Give what comes before the two levels that name a device; raises ValueError for another pattern.

    A pattern for several bridges that share the work begins with `$share/NAME/`, which topics do not.
    """
    base = pattern.removesuffix(_DEVICES)
    if base.startswith("$share/"):
        base = base.split("/", 2)[-1] if base.count("/") >= 2 else ""
    if not pattern.endswith(_DEVICES) or not base or set(base) & set("+#$\x00"):
        raise ValueError("expected a topic that ends with /+/+ and has no other wildcards")
    return base
