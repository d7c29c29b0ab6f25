"""Errors as RFC 9457 problem details, in one shape everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

_MISSING = re.compile(r"^Object missing required field `(?P<field>[^`]+)`")
_PATH = re.compile(r" - at (?:`key` in )?`(?P<path>[^`]+)`$")


class Fault(msgspec.Struct, frozen=True):
    """One fault of the input: where, as a JSON path, and what."""

    at: str
    message: str


class Problem(Exception):
    """Ends a request with a problem document."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        """Describe the problem: `more` are further members of the document."""
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors
        self.headers, self.more = headers, more

    def document(self) -> dict[str, Any]:
        """Write the document's members."""
        document = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }
        return document | ({"errors": list(self.errors)} if self.errors else {})


class ProblemResponse(Response):
    """A problem document on its way out."""

    media_type = "application/problem+json"

    def __init__(self, problem: Problem) -> None:
        super().__init__(msgspec.json.encode(problem.document()), problem.status, problem.headers)


def unauthorized(scheme: str = "Bearer") -> Problem:
    """Refuse missing, unknown, expired and revoked credentials alike; `scheme` is how they are carried."""
    return Problem(401, "Missing, unknown or revoked credentials.", headers={"WWW-Authenticate": scheme})


def invalid(error: msgspec.ValidationError) -> Problem:
    """Describe input that does not fit its type."""
    return Problem(422, "The input does not fit.", errors=[fault_of(error)])


def fault_of(error: msgspec.ValidationError) -> Fault:
    """Read from msgspec's message where the fault lies."""
    text = str(error)
    path = found["path"] if (found := _PATH.search(text)) else "$"
    message = _PATH.sub("", text)
    if missing := _MISSING.match(message):
        return Fault(f"{path}.{missing['field']}", "required")
    return Fault(path, message)


async def answer_problem(request: Request, exc: Exception) -> Response:
    """Answer a raised `Problem`."""
    assert isinstance(exc, Problem)  # noqa: S101 - registered for this class only
    return ProblemResponse(exc)
