"""Cursors of lists that go by id."""

from __future__ import annotations

import base64
import binascii

from starlette.datastructures import QueryParams

from hub.web.problems import Fault, Problem


def cursor_after(id_: str) -> str:
    """Name the last row of a page."""
    return base64.urlsafe_b64encode(id_.encode()).decode().rstrip("=")


def read_cursor(query: QueryParams, prefix: str) -> str | None:
    """Read the id after which a page begins, None for the first page; 422 for a cursor that no list has given out."""
    cursor = query.get("cursor")
    if cursor is None:
        return None
    try:
        after = base64.urlsafe_b64decode((cursor + "=" * (-len(cursor) % 4)).encode()).decode()
    except (binascii.Error, ValueError):
        after = ""
    if not after.startswith(f"{prefix}_") or not after.isascii() or "\x00" in after:
        raise Problem(422, "Unknown cursor.", errors=[Fault("$.cursor", "unknown")])
    return after
