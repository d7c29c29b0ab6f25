"""Make the opaque ids of rows."""

from __future__ import annotations

import secrets
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o, u, so that ids survive being read aloud; sorts in order of value."""

_LENGTH = 26
_RANDOM_BITS = 80


def new_id(prefix: str) -> str:
    """Make an id: the prefix, "_" and 26 characters (48 bits of milliseconds, then 80 random bits).

    Ids of later milliseconds sort later, which keeps inserts at the right edge of an index.
    """
    return prefix + "_" + _encode(time.time_ns() // 1_000_000)


def _encode(at_ms: int) -> str:
    number = at_ms << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
