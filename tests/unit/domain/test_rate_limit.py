"""Limit rates by a token bucket."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.rate_limit import TokenBucket

batches = st.lists(st.tuples(st.floats(0, 30), st.integers(1, 1_000)), max_size=60)


def test_a_full_bucket_gives_its_whole_burst_at_once() -> None:
    bucket = TokenBucket(10, burst=100, now_s=0)

    assert bucket.wait_s(0) == 0
    bucket.take(100, 0)

    assert bucket.wait_s(0) == pytest.approx(0.1)
    assert bucket.wait_s(0.1) == pytest.approx(0)


def test_a_debt_must_be_waited_for() -> None:
    bucket = TokenBucket(10, burst=100, now_s=0)

    bucket.take(1_000, 0)

    assert bucket.wait_s(0) == pytest.approx(90.1)
    assert bucket.wait_s(90) == pytest.approx(0.1)


def test_what_is_not_used_does_not_gather_beyond_the_burst() -> None:
    bucket = TokenBucket(10, burst=5, now_s=0)

    bucket.take(5, 1_000)

    assert bucket.wait_s(1_000) > 0


def test_a_rate_of_zero_means_no_limit() -> None:
    bucket = TokenBucket(0, burst=1, now_s=0)

    bucket.take(1_000_000, 0)

    assert bucket.wait_s(0) == 0


@given(st.floats(0.1, 1_000), st.integers(1, 10_000), batches)
def test_never_more_than_the_burst_the_rate_and_one_batch_pass(
    rate_per_s: float, burst: int, sent: list[tuple[float, int]]
) -> None:
    bucket, now_s, passed = TokenBucket(rate_per_s, burst, 0.0), 0.0, 0
    for pause_s, count in sent:
        now_s += pause_s
        if bucket.wait_s(now_s) == 0:
            bucket.take(count, now_s)
            passed += count
        assert passed <= burst + rate_per_s * now_s + 1_000 + 1e-6


@given(st.floats(0.1, 1_000), st.integers(1, 10_000), st.integers(1, 100_000))
def test_whoever_waits_as_long_as_told_may_go_on(rate_per_s: float, burst: int, count: int) -> None:
    bucket = TokenBucket(rate_per_s, burst, 0.0)
    bucket.take(count, 0.0)

    assert bucket.wait_s(bucket.wait_s(0.0)) == pytest.approx(0, abs=1e-6)
