"""Read query parameters."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from starlette.datastructures import QueryParams

from hub.web.problems import Fault, Problem

E = TypeVar("E", bound=StrEnum)
MOST_ITEMS = 500


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
