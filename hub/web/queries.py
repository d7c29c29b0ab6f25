"""Read query parameters."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from starlette.datastructures import QueryParams
from starlette.requests import Request

from hub.web.problems import Fault, Problem

E = TypeVar("E", bound=StrEnum)
MOST_ITEMS = 500


def path_id(request: Request) -> str:
    """Read the id in the path; 404 with a NUL, which no id holds and PostgreSQL refuses."""
    found: str = request.path_params["id"]
    if "\x00" in found:
        raise Problem(404, "There is nothing of that name.")
    return found


def words(query: QueryParams, name: str) -> str | None:
    """Read a text; 422 with a NUL, which PostgreSQL refuses."""
    text = query.get(name)
    if text and "\x00" in text:
        raise _bad(name, "no NUL")
    return text


def moment(query: QueryParams, name: str) -> datetime | None:
    """Read an RFC 3339 moment with an offset; raises a 422 for anything else."""
    text = query.get(name)
    if text is None:
        return None
    try:
        # A plus sign that was not encoded arrives as a space.
        found = datetime.fromisoformat(text.replace(" ", "+"))
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):  # OverflowError: its offset leads out of the calendar
        pass
    raise _bad(name, "expected an RFC 3339 time with an offset")


def choice(query: QueryParams, name: str, kind: type[E]) -> E | None:
    """Read one of an enumeration's values; raises a 422 for anything else."""
    text = query.get(name)
    if text is None:
        return None
    try:
        return kind(text)
    except ValueError:
        raise _bad(name, f"one of {', '.join(kind)}") from None


def page_limit(query: QueryParams, default: int = 100) -> int:
    """Read how many items a page may hold, 1 to 500."""
    text = query.get("limit")
    if text is None:
        return default
    if len(text) > 9 or not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_ITEMS:
        raise _bad("limit", f"1 to {MOST_ITEMS}")
    return int(text)


def _bad(name: str, message: str) -> Problem:
    return Problem(422, "The query does not fit.", errors=[Fault(f"$.{name}", message)])
