"""Limit each device on its own."""

from __future__ import annotations

from hub.services.limit_rates import DeviceRates


def test_one_device_that_sends_too_much_slows_no_other() -> None:
    rates = DeviceRates(10, 20, lambda: 5.0)

    rates.take("de_1", 40)

    assert rates.wait_s("de_1") > 2
    assert rates.wait_s("de_2") == 0


def test_a_device_may_go_on_once_it_has_waited() -> None:
    now_s = [0.0]
    rates = DeviceRates(10, 20, lambda: now_s[0])
    rates.take("de_1", 40)

    now_s[0] = rates.wait_s("de_1") + 1e-6

    assert rates.wait_s("de_1") == 0
