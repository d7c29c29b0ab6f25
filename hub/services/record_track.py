"""Move kept pings from the stream into the track history."""

from __future__ import annotations

from hub.clock import Clock
from hub.domain.ping import history_key
from hub.store.crossings import insert_crossings
from hub.store.database import Database
from hub.store.ping_store import KeptPing
from hub.store.ping_stream import PingStream
from hub.store.predictions import insert_predictions
from hub.store.track_history import CHUNK_ROWS, TrackPoint, insert_points


class RecordTrack:
    """Reads as one of a group of recorders; a crash replays, and the history's unique key makes that harmless."""

    def __init__(self, database: Database, stream: PingStream, clock: Clock) -> None:
        self._database, self._stream, self._clock = database, stream, clock

    async def record_some(self) -> int:
        """Record the next entries, waiting a moment for them; answer how many pings they held."""
        try:
            return await self._record_next()
        except Exception:  # raised again: whatever it is, entries may be open now
            self._stream.start_over()
            raise

    async def _record_next(self) -> int:
        entries = await self._stream.read()
        pings = [kept for entry in entries for kept in entry.pings]
        points = [track_point(kept) for kept in pings]
        for start in range(0, len(points), CHUNK_ROWS):
            async with self._database.write() as tx:
                await insert_points(tx, points[start : start + CHUNK_ROWS])
        crossings = [crossed for kept in pings for crossed in kept.crossings]
        predictions = [kept.prediction for kept in pings if kept.prediction is not None]
        if crossings or predictions:
            async with self._database.write() as tx:
                await insert_crossings(tx, crossings, self._clock())
                await insert_predictions(tx, predictions)
        await self._stream.done(entries)
        return len(points)


def track_point(kept: KeptPing) -> TrackPoint:
    """Describe a kept ping as the history does."""
    ping = kept.ping
    return TrackPoint(
        device_id=kept.device_id,
        ping_key=history_key(ping),
        resource_id=kept.resource_id,
        at=ping.at,
        lat=ping.lat,
        lon=ping.lon,
        accuracy_m=ping.accuracy_m,
        speed_mps=ping.speed_mps,
        heading_deg=ping.heading_deg,
        altitude_m=ping.altitude_m,
        battery=ping.battery,
        mock=ping.mock,
        verdict=kept.verdict,
        reasons=[str(reason) for reason in kept.reasons] if kept.reasons else [],
        received_at=kept.received_at,
    )
