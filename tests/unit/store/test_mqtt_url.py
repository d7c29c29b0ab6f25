"""`HUB_MQTT_URL` and `HUB_MQTT_TOPIC`."""

from __future__ import annotations

import pytest

from hub.store.mqtt_url import Broker, mqtt_broker, topic_base


def test_what_is_not_named_is_usual() -> None:
    assert mqtt_broker("mqtt://broker") == Broker(host="broker", port=1883, tls=False, username=None, password=None)
    assert mqtt_broker("mqtts://broker/").port == 8883


def test_credentials_may_hold_any_sign() -> None:
    found = mqtt_broker("mqtts://hub:a%40b%2Fc@broker.example:8884")

    assert (found.host, found.port, found.tls) == ("broker.example", 8884, True)
    assert (found.username, found.password) == ("hub", "a@b/c")


@pytest.mark.parametrize(
    "url",
    ["broker", "http://broker", "mqtt://", "mqtt://b:port", "mqtt://:pw@b", "mqtt://b/topic", "mqtt://[", "mqtt://b?x"],
)
def test_a_bad_url_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"^expected") as refused:
        mqtt_broker(url)

    assert url not in str(refused.value) or url == "mqtt://"


@pytest.mark.parametrize(
    ("pattern", "base"),
    [
        ("owntracks/+/+", "owntracks"),
        ("fleet/owntracks/+/+", "fleet/owntracks"),
        ("$share/hub/owntracks/+/+", "owntracks"),
    ],
)
def test_the_last_two_levels_name_the_device(pattern: str, base: str) -> None:
    assert topic_base(pattern) == base


@pytest.mark.parametrize("pattern", ["owntracks/#", "owntracks/+", "+/+", "/+/+", "a/+/+/+", "$share/+/+", "$SYS/+/+"])
def test_other_patterns_name_no_device(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"^expected"):
        topic_base(pattern)
