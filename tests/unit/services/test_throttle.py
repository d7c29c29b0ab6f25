"""Slow down whoever tries again and again."""

from __future__ import annotations

from hub.services import throttle
from hub.services.throttle import Throttle


class Clock:
    """A clock that the test turns."""

    now_s = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now_s


def test_after_a_few_tries_one_has_to_wait() -> None:
    clock = Clock()
    tries = Throttle(rate_per_s=1 / 12, burst=5, monotonic_s=clock)
    for _ in range(5):
        assert tries.wait_s("a") == 0
        tries.count("a")
    assert 11.9 < tries.wait_s("a") <= 12
    assert tries.wait_s("b") == 0
    clock.now_s = 12.1
    assert tries.wait_s("a") == 0


def test_a_good_try_costs_nothing() -> None:
    tries = Throttle(rate_per_s=1 / 12, burst=2, monotonic_s=Clock())
    for _ in range(10):
        assert tries.wait_s("a") == 0
        tries.count("a")
        tries.forgive("a")


def test_who_has_not_tried_for_longest_is_forgotten_first() -> None:
    tries = Throttle(rate_per_s=1e-9, burst=1, monotonic_s=Clock())
    for number in range(throttle.MOST_REMEMBERED + 1):
        tries.count(str(number))
    assert tries.wait_s("0") == 0
    assert tries.wait_s(str(throttle.MOST_REMEMBERED)) > 0


def test_one_device_that_sends_too_much_slows_no_other_and_goes_on_once_it_has_waited() -> None:
    clock = Clock()
    rates = Throttle(rate_per_s=10, burst=20, monotonic_s=clock)

    rates.count("de_1", 40)

    assert rates.wait_s("de_1") > 2
    assert rates.wait_s("de_2") == 0
    clock.now_s = rates.wait_s("de_1") + 1e-6
    assert rates.wait_s("de_1") == 0
