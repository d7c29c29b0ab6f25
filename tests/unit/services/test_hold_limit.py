"""Let nobody without a key hold a whole calendar."""

from __future__ import annotations

from datetime import timedelta

from hub.services.hold_limit import HoldLimit
from tests.builders import NOW

LATER = NOW + timedelta(minutes=5)


def test_an_address_may_have_a_few_holds_at_once() -> None:
    limit = HoldLimit()
    for _ in range(HoldLimit.MOST):
        assert limit.allows("a", NOW)
        limit.count("a", LATER)

    assert not limit.allows("a", NOW)
    assert limit.allows("b", NOW)
    assert limit.allows("a", LATER)
