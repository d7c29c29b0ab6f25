"""Describe errors in one shape."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from hub.web.problems import Fault, Problem, ProblemResponse, fault_of, unauthorized


class Inner(msgspec.Struct):
    """Something within the body."""

    size: Annotated[int, Meta(ge=1)]


class Body(msgspec.Struct):
    """A body for tests."""

    name: str
    at: Annotated[datetime, Meta(tz=True)] | None = None
    inner: list[Inner] = []
    by_letter: dict[Annotated[str, Meta(max_length=1)], int] = {}


@pytest.mark.parametrize(
    ("value", "at", "message"),
    [
        ({"name": 1}, "$.name", "Expected `str`, got `int`"),
        ({}, "$.name", "required"),
        ({"name": "a", "inner": [{"size": 1}, {}]}, "$.inner[1].size", "required"),
        ({"name": "a", "inner": [{"size": 0}]}, "$.inner[0].size", "Expected `int` >= 1"),
        ({"name": "a", "at": "2026-11-23T14:00:00"}, "$.at", "Expected `datetime` with a timezone component"),
        ({"name": "a", "by_letter": {"no": 1}}, "$.by_letter", "Expected `str` of length <= 1"),
        ([], "$", "Expected `object`, got `array`"),
        (7, "$", "Expected `object`, got `int`"),
    ],
)
def test_a_fault_tells_where_and_what(value: Any, at: str, message: str) -> None:
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.json.decode(msgspec.json.encode(value), type=Body)

    assert fault_of(error.value) == Fault(at, message)


def test_a_document_has_the_members_of_rfc_9457() -> None:
    problem = Problem(409, "Not now.", allowed=["canceled"])

    assert problem.document() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "Not now.",
        "allowed": ["canceled"],
    }


def test_faults_are_listed_where_there_are_some() -> None:
    assert Problem(422, "Bad.", errors=[Fault("$.a", "b")]).document()["errors"] == [Fault("$.a", "b")]


def test_missing_credentials_name_the_scheme() -> None:
    response = ProblemResponse(unauthorized())

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["content-type"] == "application/problem+json"
