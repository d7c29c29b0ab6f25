"""What somebody is told whose input does not fit."""

from __future__ import annotations

import msgspec


class Misfit(msgspec.Struct, frozen=True):
    """What was sent does not fit together."""

    at: str
    """JSON path of the field."""
    message: str
