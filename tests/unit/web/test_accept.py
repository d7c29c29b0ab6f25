"""What a caller likes best, by `Accept`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.web.accept import preferred

OFFERED = ["application/json", "application/geo+json", "text/csv"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV; header=present", "text/csv"),
        ("application/geo+json, */*;q=0.1", "application/geo+json"),
        ("application/json;q=0.5, text/csv;q=0.8", "text/csv"),
        ("text/*", "text/csv"),
        ("application/json;q=0, */*", "application/geo+json"),
        ("text/html, */*;q=0.8", "application/json"),
        ("image/png", "application/json"),
        ("text/csv;q=much", "application/json"),
        ("text/csv;q=nan", "application/json"),
    ],
)
def test_the_best_liked_is_chosen(accept: str, expected: str) -> None:
    assert preferred(accept, OFFERED) == expected


@given(st.text() | st.text(alphabet="a/*;,=q.01 "))
def test_any_header_yields_something_that_is_offered(accept: str) -> None:
    assert preferred(accept, OFFERED) in OFFERED
