"""Keep moments in columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import registry

from hub.store.columns import UtcDateTime

SQLITE = registry.load("sqlite")()
POSTGRESQL = registry.load("postgresql")()

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=zones)  # noqa: DTZ001 - hypothesis adds them


def _on_sqlite(moment: datetime) -> str:
    to_text = UtcDateTime().dialect_impl(SQLITE).bind_processor(SQLITE)
    assert to_text is not None
    return str(to_text(moment))


@given(moments)
def test_a_moment_comes_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    column = UtcDateTime()
    for dialect in (SQLITE, POSTGRESQL):
        back = column.process_result_value(column.process_bind_param(moment, dialect), dialect)

        assert back == moment
        assert back.tzinfo is UTC


@given(moments, moments)
def test_text_on_sqlite_sorts_as_the_moments_do(one: datetime, other: datetime) -> None:
    assert (_on_sqlite(one) < _on_sqlite(other)) == (one < other)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 11, 23), SQLITE)  # noqa: DTZ001 - meant


def test_nothing_stays_nothing() -> None:
    assert UtcDateTime().process_bind_param(None, SQLITE) is None
    assert UtcDateTime().process_result_value(None, SQLITE) is None
