"""Times, distances and ages in words; `tests/js/words.test.mjs` expects the same of the script."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from hub.web.visit_words import initials
from hub.web.wording import Wording
from tests.unit.web.builders import NOW

ENGLISH = Wording(Locale("en", "GB"), str)
ZONE = "Europe/Helsinki"


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (30, "50 m"),
        (374, "350 m"),
        (974, "950 m"),
        (975, "1 km"),
        (2449, "2.4 km"),
        (9949, "9.9 km"),
        (12600, "13 km"),
    ],
)
def test_distances_are_as_precise_as_they_matter(metres: float, said: str) -> None:
    assert ENGLISH.distance(metres) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-3, "0 s"), (8.9, "8 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (7300, "2 h")],
)
def test_ages_are_told_by_their_largest_unit(seconds: float, said: str) -> None:
    assert ENGLISH.age(seconds) == said


@given(st.integers(0, 86_399), st.integers(1, 7_200))
def test_a_range_is_rounded_outwards(start_s: int, length_s: int) -> None:
    earliest = NOW.replace(hour=0, minute=0) + timedelta(seconds=start_s)
    latest = earliest + timedelta(seconds=length_s)
    first, last = (_clock(part) for part in ENGLISH.time_range(earliest, latest, ZONE).split("–"))
    assert timedelta() <= (_local_clock(earliest) - first) % timedelta(days=1) < timedelta(minutes=1)
    assert timedelta() <= (last - _local_clock(latest)) % timedelta(days=1) < timedelta(minutes=1)


def test_initials_are_of_the_first_and_last_name() -> None:
    assert [initials(name) for name in ("Aino Maria Virtanen", "Cher", " ")] == ["AV", "C", ""]


def _clock(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _local_clock(at: datetime) -> timedelta:
    local = at.astimezone(ZoneInfo(ZONE))
    return timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
