"""Let nobody without a key hold a whole calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.services.hold_limit import HoldLimit
from hub.services.hold_slot import Held
from hub.services.outcomes import SlotTaken
from tests.builders import NOW

MINUTE = timedelta(minutes=1)
LATER = NOW + 5 * MINUTE


def test_an_address_may_have_a_few_holds_at_once() -> None:
    limit = HoldLimit()
    for _ in range(HoldLimit.MOST):
        assert limit.allows("a", NOW)
        limit.count("a", LATER)

    assert not limit.allows("a", NOW)
    assert limit.allows("b", NOW)
    assert limit.allows("a", LATER)


def test_an_extended_hold_counts_for_longer_and_one_given_up_no_more() -> None:
    limit = HoldLimit()
    for _ in range(HoldLimit.MOST):
        limit.count("a", NOW + MINUTE)

    limit.change("a", NOW + MINUTE, NOW + 2 * MINUTE)
    assert limit.allows("a", NOW + MINUTE)
    limit.count("a", NOW + 3 * MINUTE)
    limit.count("a", NOW + 3 * MINUTE)
    assert not limit.allows("a", NOW + MINUTE)
    limit.change("a", NOW + 2 * MINUTE, None)
    assert limit.allows("a", NOW + MINUTE)
    limit.change("b", NOW, None)  # somebody who holds nothing


async def test_a_hold_counts_while_it_is_being_made_and_no_more_when_that_fails() -> None:
    limit = HoldLimit()
    for _ in range(HoldLimit.MOST - 1):
        limit.count("a", LATER)

    async def fail() -> Held:
        assert not limit.allows("a", NOW)
        raise ValueError("taken")

    async def hold(made: Held | SlotTaken) -> Held | SlotTaken:
        return made

    with pytest.raises(ValueError, match="taken"):
        await limit.counted("a", LATER, fail())
    assert limit.allows("a", NOW)
    await limit.counted("a", LATER, hold(SlotTaken([])))
    assert limit.allows("a", NOW)
    await limit.counted("a", LATER, hold(Held(id="ho", expires_at=LATER)))
    assert not limit.allows("a", NOW)
