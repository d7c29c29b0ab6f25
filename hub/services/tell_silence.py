"""Tell why devices and technicians are silent, as far as anything says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from hub.domain.silence import Silence, reason_of
from hub.services.keep_hours import KeepHours
from hub.store.devices import DeviceRow


class TellSilence:
    """Puts together what devices said and what is known of tracking hours."""

    def __init__(self, hours: KeepHours, quiet_after: timedelta) -> None:
        """Call somebody silent who was not heard for `quiet_after`."""
        self._hours, self._quiet_after = hours, quiet_after

    def of_device(self, device: DeviceRow, now: datetime, seen_at: datetime | None = None) -> Silence | None:
        """Name a device's reason; `seen_at` is when its technician was last seen, if that is known better."""
        if device.revoked_at is not None:
            return None
        seen = [at for at in (device.last_seen_at, seen_at) if at is not None]
        return reason_of(
            last_seen_at=max(seen, default=None),
            said=device.silence,
            said_at=device.silence_at,
            battery=device.battery,
            off_hours=not self._hours.tracked(device.resource_id, now),
            now=now,
            quiet_after=self._quiet_after,
        )

    def of_technician(
        self, resource_id: str, devices: Iterable[DeviceRow], now: datetime, seen_at: datetime | None
    ) -> Silence | None:
        """Name a technician's reason: that of the device which told something last."""
        able = [device for device in devices if device.revoked_at is None]
        told = max(able, key=lambda device: _told_at(device, now), default=None)
        if told is not None:
            return self.of_device(told, now, seen_at)
        quiet = seen_at is None or now - seen_at > self._quiet_after
        return Silence.OFF_HOURS if quiet and not self._hours.tracked(resource_id, now) else None


def _told_at(device: DeviceRow, now: datetime) -> timedelta:
    told = [at for at in (device.last_seen_at, device.silence_at) if at is not None]
    return max(told, default=device.created_at) - now
