"""Read query parameters."""

from __future__ import annotations

from datetime import UTC

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from hub.domain.booking_status import BookingStatus
from hub.web.problems import Problem
from hub.web.queries import choice, moment, page_limit
from tests.builders import NOW


def _errors(problem: Problem) -> list[str]:
    assert problem.status == 422
    return [fault.at for fault in problem.errors]


@pytest.mark.parametrize(
    "text", ["2026-11-23T14:00:00Z", "2026-11-23T16:00:00+02:00", "2026-11-23T16:00:00 02:00", "2026-11-23T14:00Z"]
)
def test_a_moment_has_an_offset_whose_plus_may_have_become_a_space(text: str) -> None:
    assert moment(QueryParams({"from": text}), "from") == NOW


@pytest.mark.parametrize("text", ["", "2026-11-23", "2026-11-23T14:00:00", "now", "1795442400", "\x00", "²"])
def test_what_is_no_moment_is_refused_by_name(text: str) -> None:
    with pytest.raises(Problem) as refused:
        moment(QueryParams({"from": text}), "from")

    assert _errors(refused.value) == ["$.from"]


@given(st.text() | st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()))
@example("0001-01-01T00:00:00+14:00")
@example("9999-12-31T23:59:59-12:00")
def test_any_text_is_a_moment_that_can_be_told_in_utc_or_refused(text: str) -> None:
    try:
        found = moment(QueryParams({"from": text}), "from")
    except Problem as problem:
        refused: list[str] | None = _errors(problem)
    else:
        refused = None
        assert found is not None
        assert found.tzinfo is UTC
    assert refused in (None, ["$.from"])


def test_what_is_missing_has_no_value() -> None:
    query = QueryParams({})

    assert moment(query, "from") is None
    assert choice(query, "status", BookingStatus) is None
    assert page_limit(query, default=7) == 7


def test_a_choice_is_one_of_the_values() -> None:
    assert choice(QueryParams({"status": "on_break"}), "status", BookingStatus) is BookingStatus.ON_BREAK


@pytest.mark.parametrize("text", ["", "ON_BREAK", "asleep"])
def test_another_choice_is_refused_with_the_possible_ones(text: str) -> None:
    with pytest.raises(Problem) as refused:
        choice(QueryParams({"status": text}), "status", BookingStatus)

    [fault] = refused.value.errors
    assert fault.at == "$.status"
    assert "scheduled, traveling" in fault.message


@pytest.mark.parametrize(("text", "limit"), [("1", 1), ("500", 500), ("042", 42)])
def test_a_page_holds_1_to_500_items(text: str, limit: int) -> None:
    assert page_limit(QueryParams({"limit": text})) == limit


@pytest.mark.parametrize(
    "text", ["", "0", "501", "-1", "1.5", "ten", "²", "٣", " 5", "1_0", "0000000019999", "000000001" + "0" * 5_000]
)
def test_another_limit_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        page_limit(QueryParams({"limit": text}))

    assert _errors(refused.value) == ["$.limit"]
    assert msgspec.json.encode(refused.value.document())
