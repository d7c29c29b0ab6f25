"""Opaque marks of where a list goes on."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime

import msgspec


class BadCursorError(ValueError):
    """A cursor that no list has given out."""


def encode_cursor(at: datetime, key: str) -> str:
    """Name the last row of a page by its moment and its key."""
    return base64.urlsafe_b64encode(msgspec.json.encode((at, key))).decode("ascii").rstrip("=")


def decode_cursor(cursor: str) -> tuple[datetime, str]:
    """Read a cursor back; raises BadCursorError."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, key = msgspec.json.decode(base64.urlsafe_b64decode(padded.encode()), type=tuple[datetime, str])
        if at.utcoffset() is None or "\x00" in key:
            raise ValueError("no cursor of ours")
        return at.astimezone(UTC), key
    except (binascii.Error, msgspec.DecodeError, ValueError, OverflowError, RecursionError) as error:
        raise BadCursorError("unknown cursor") from error
