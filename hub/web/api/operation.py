"""What is told of one operation of the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method on one path, with the types that decode its body and encode its answers."""

    method: str
    path: str
    handler: Callable[[Request], Awaitable[Response]]
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
