"""What a customer's link may do."""

from __future__ import annotations

from enum import StrEnum


class LinkScope(StrEnum):
    """`track` may look, `manage` may also change."""

    TRACK = "track"
    MANAGE = "manage"
