"""Snapshots of visits as pages get them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 23, 12, 10, tzinfo=UTC)


def a_snapshot(status: str = "traveling", **parts: Any) -> dict[str, Any]:
    """Build a visit promised for 14:00 to 16:00 in Helsinki; while traveling, 2.4 km away."""
    traveling = status == "traveling"
    snapshot: dict[str, Any] = {
        "type": "snapshot",
        "seq": 1,
        "server_time": NOW,
        "visit": {
            "id": "bk_1",
            "status": status,
            "starts_at": NOW,
            "ends_at": NOW + timedelta(hours=1),
            "window": {"earliest": NOW - timedelta(minutes=10), "latest": NOW + timedelta(minutes=110)},
            "address": "Aleksanterinkatu 46 <b>A</b>",
            "lat": 60.17,
            "lon": 24.94,
            "service": "Boiler service",
            "time_zone": "Europe/Helsinki",
            "can": [],
        },
        "technician": {"name": "Aino Virtanen", "photo_url": None, "phone": "+358 40 1"} if traveling else None,
        "position": {"lat": 60.1916, "lon": 24.94, "at": NOW} if traveling else None,
        "eta": an_eta(NOW + timedelta(minutes=10, seconds=30)) if traveling else None,
        "stops_before": 0,
        "route": None,
        "freshness": "live",
        "last_seen_at": NOW - timedelta(seconds=8) if traveling else None,
    }
    return {**snapshot, **parts}


def an_eta(earliest: datetime) -> dict[str, Any]:
    """Build an estimate whose range of 14 minutes begins at `earliest`."""
    latest = earliest + timedelta(minutes=14)
    return {"at": earliest, "earliest": earliest, "latest": latest, "confidence": 0.8, "source": "route"}
