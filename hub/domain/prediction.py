"""An arrival as it was told, with all that is needed to grade it and to learn from it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.domain.live_messages import EtaSource


class Prediction(msgspec.Struct, frozen=True, array_like=True):
    """What customers were shown from a moment on."""

    booking_id: str
    set_off_at: datetime
    """Which way to the visit it belongs to."""
    resource_id: str
    computed_at: datetime
    position_at: datetime
    """When the position was taken that it was made from."""
    lat: float
    lon: float
    router_left_s: float
    """Seconds of driving that the router still saw, before anything learned was applied."""
    stops_s: float
    """Seconds that were added for visits before this one."""
    predicted_at: datetime
    earliest: datetime
    latest: datetime
    confidence: float
    source: EtaSource
    model_version: int
    """Of what was learned; 0 is nothing."""
