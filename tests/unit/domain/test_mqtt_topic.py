"""Who sends on an MQTT topic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.mqtt_topic import mqtt_access, sender_of

SECRET = b"a secret for tests only"
ACCESS = mqtt_access("owntracks", SECRET, "de_1")


def test_a_phone_with_its_key_is_known() -> None:
    assert (ACCESS.username, ACCESS.topic) == ("de_1", f"owntracks/de_1/{ACCESS.device_id}")
    assert len(ACCESS.device_id) == 32
    assert sender_of(ACCESS.topic, "owntracks", SECRET) == "de_1"


def test_the_key_is_good_for_a_level_of_a_topic() -> None:
    keys = [mqtt_access("owntracks", SECRET, f"de_{number}").device_id for number in range(200)]

    assert not set("".join(keys)) & set("/+#$ ")
    assert len(set(keys)) == 200


@pytest.mark.parametrize(
    "topic",
    [
        f"owntracks/de_2/{ACCESS.device_id}",
        f"owntracks/de_1/{ACCESS.device_id[:-1]}",
        f"owntracks/de_1/{ACCESS.device_id}/event",
        f"other/de_1/{ACCESS.device_id}",
        f"de_1/{ACCESS.device_id}",
        "owntracks/de_1/phone",
        "owntracks/de_1/",
        "owntracks",
        "",
    ],
)
def test_any_other_topic_is_nobodys(topic: str) -> None:
    assert sender_of(topic, "owntracks", SECRET) is None


def test_another_hubs_key_is_nobodys() -> None:
    assert sender_of(ACCESS.topic, "owntracks", b"another secret for tests") is None


@given(st.text(), st.text())
def test_whatever_is_published_has_an_answer(device: str, key: str) -> None:
    assert sender_of(f"owntracks/{device}/{key}", "owntracks", SECRET) is None
