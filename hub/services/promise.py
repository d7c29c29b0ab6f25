"""What a customer is promised for a time that nobody offered: the window that its service type gives such a start."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub.domain.intervals import Interval, on_the_wall
from hub.store.service_types import ServiceType


def promised_window(service: ServiceType, starts_at: datetime, zone: ZoneInfo) -> Interval:
    """Tell the time group in which a start lies by the customer's clock; without one the hour or so after the start."""
    day = starts_at.astimezone(zone).date()
    for group in service.time_groups or ():
        window = Interval(on_the_wall(day, group.starts_s, zone), on_the_wall(day, group.ends_s, zone))
        if window.starts_at <= starts_at < window.ends_at:
            return window
    return Interval(starts_at, starts_at + timedelta(seconds=service.arrival_window_s))
