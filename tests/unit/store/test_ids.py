"""Make ids."""

from __future__ import annotations

import re
import time

from hub.store.ids import new_id


def test_an_id_is_its_prefix_and_26_characters() -> None:
    assert re.fullmatch(r"bk_[0-9a-hjkmnp-tv-z]{26}", new_id("bk"))


def test_ids_of_later_milliseconds_sort_later() -> None:
    earlier = new_id("bk")
    time.sleep(0.002)

    assert earlier < new_id("bk")


def test_ids_never_repeat() -> None:
    assert len({new_id("bk") for _ in range(10_000)}) == 10_000
