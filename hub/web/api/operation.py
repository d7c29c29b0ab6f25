"""What is told of one operation of the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method on one path, with the types that decode its body and encode its answers."""

    method: str
    path: str
    handler: Handler
    answers: Mapping[int, Any]
    """Type of each answer by status; None for one without a body. Problems are added from `problems`."""
    problems: Sequence[int]
    also: Sequence[str] = ()
    """Other media types in which it answers, by `Accept`."""
    body: Any = None
    files: Sequence[str] = ()
    """Media types of a body that is a file."""
    query: Mapping[str, Any] = field(default_factory=dict)
    credential: str = "api_key"
    """Whose token it takes; empty where the path carries it."""
    or_key: bool = False
    """Whether an API key serves as well."""
    public: bool = False
    """Whether everybody may call it, where a portal allows that."""
    once: bool = False
    """Whether it reads an `Idempotency-Key`."""

    def route(self) -> Route:
        """Make the route."""
        return Route(self.path, self.handler, methods=[self.method])


def listing(path: str, handler: Handler, page: Any, *filters: str) -> Operation:
    """Describe a list that is read page by page, and may be narrowed by these parameters."""
    query = {**dict.fromkeys(filters, str), "cursor": str, "limit": int}
    return Operation(
        method="GET", path=path, handler=handler, query=query, answers={200: page}, problems=(401, 403, 422)
    )


def making(path: str, handler: Handler, body: Any, answer: Any) -> Operation:
    """Describe how something is made."""
    problems = (400, 401, 403, 409, 413, 422)
    return Operation(
        method="POST", path=path, handler=handler, body=body, answers={201: answer}, once=True, problems=problems
    )


def reading(path: str, handler: Handler, answer: Any) -> Operation:
    """Describe how one thing is read."""
    return Operation(method="GET", path=path, handler=handler, answers={200: answer}, problems=(401, 403, 404))


def changing(path: str, handler: Handler, change: Any, answer: Any) -> Operation:
    """Describe how some of one thing is changed."""
    problems = (400, 401, 403, 404, 409, 413, 422)
    return Operation(method="PATCH", path=path, handler=handler, body=change, answers={200: answer}, problems=problems)


def deleting(path: str, handler: Handler) -> Operation:
    """Describe how one thing is deleted."""
    return Operation(method="DELETE", path=path, handler=handler, answers={204: None}, problems=(401, 403, 404, 409))
