"""What apps might send when everything goes wrong, and what must hold of whatever is read from it."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from hub.domain.ping import LONGEST_NAME, Ping, history_key, ping_keys
from hub.web.devices.taking import Told

LIKELY = ("-1", -1, 0, "0", 53.4491, -2.9135, 1_769_443_510, "2026-01-26T16:05:10Z", "NaN", "1e999", 1e300, 10**400, "")
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
) | st.sampled_from(LIKELY)
anything = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def messages(*names: str, of: st.SearchStrategy[Any] = anything) -> st.SearchStrategy[dict[str, Any]]:
    """Make objects with some of these members."""
    return st.dictionaries(st.sampled_from(names), of)


def parameters(*names: str) -> st.SearchStrategy[dict[str, str]]:
    """Make parameters with some of these names."""
    likely = st.sampled_from([str(value) for value in LIKELY] + ["53.4,-2.9", "2026-01-26 16:05:10", "true", "%LAT"])
    return st.dictionaries(st.sampled_from(names) | st.text(), st.text() | likely)


def assert_fit(told: Told) -> None:
    """Assert that what was read is fit for everything that is done with it."""
    assert (told.fault is None) or list(told.pings) == [None]
    assert told.battery is None or 0 <= told.battery <= 1
    for ping in told.pings:
        if ping is None:
            continue
        assert abs(ping.lat) <= 90
        assert abs(ping.lon) <= 180
        assert ping.at.utcoffset() == timedelta(0)
        assert ping.id is None or len(ping.id) <= LONGEST_NAME
        assert ping.battery is None or 0 <= ping.battery <= 1
        numbers = (ping.accuracy_m, ping.speed_mps, ping.heading_deg, ping.altitude_m)
        assert all(number is None or math.isfinite(number) for number in numbers)
        assert ping_keys(ping)
        assert history_key(ping)
        assert msgspec.json.decode(msgspec.json.encode(ping), type=Ping) == ping


def only(told: Told) -> Ping:
    """Take the only ping."""
    [ping] = told.pings
    assert ping is not None
    return ping
