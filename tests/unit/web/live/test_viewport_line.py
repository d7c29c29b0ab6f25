"""Take what watchers of the fleet say."""

from __future__ import annotations

import asyncio

import pytest

from hub.domain.viewport import Viewport
from hub.web.live.viewport_line import LONGEST_MESSAGE, ViewportLine, read_viewport


def wish(west: float) -> str:
    return '{"type": "viewport", "bounds": [%s, 60.1, 25, 60.2]}' % west  # noqa: UP031 - braces of JSON


def test_a_wish_names_west_south_east_and_north() -> None:
    assert read_viewport(wish(24.9)) == Viewport(24.9, 60.1, 25.0, 60.2)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "hello",
        "[]",
        '{"type": "other"}',
        '{"type": "viewport"}',
        '{"type": "viewport", "bounds": null}',
        '{"type": "viewport", "bounds": [1, 2, 3]}',
        '{"type": "viewport", "bounds": [1, 2, 3, "4"]}',
        '{"type": "viewport", "bounds": [25, 60, 24, 61]}',
        '{"type": "viewport", "bounds": [0, 0, 1e300, 1]}',
        '{"type": "viewport", "bounds": [0, 0, NaN, 1]}',
        '{"type": "viewport", "more": ' + "[" * 10_000,
        b"\xff\xfe",
    ],
)
def test_anything_else_is_none(message: str | bytes) -> None:
    assert read_viewport(message) is None


async def test_of_many_wishes_the_first_and_the_newest_count() -> None:
    seen: list[float] = []
    line = ViewportLine(lambda viewport: seen.append(viewport.west))
    line.take(wish(1))
    await asyncio.sleep(0.05)
    for west in (2, 3, 4):
        line.take(wish(west))
    await asyncio.sleep(0.05)
    assert seen == [1.0]
    await asyncio.sleep(0.3)
    assert seen == [1.0, 4.0]


async def test_a_long_message_is_not_even_read() -> None:
    seen: list[Viewport] = []
    line = ViewportLine(seen.append)
    line.take(wish(1) + " " * LONGEST_MESSAGE)
    await asyncio.sleep(0.01)
    assert seen == []


async def test_nothing_happens_after_the_end() -> None:
    seen: list[Viewport] = []
    line = ViewportLine(seen.append)
    line.take(wish(1))
    line.end()
    await asyncio.sleep(0.01)
    assert seen == []
