"""Visits as sheets tell them: what another system has planned already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta

from hub.domain.directory.entry import Entry, Named
from hub.domain.directory.fields import Id, Text


class PlannedVisit(Entry, frozen=True, kw_only=True):
    """A visit that is to be booked as it is planned."""

    service_type: Id
    location: Id
    contact: Id | None = None
    """Whom messages reach; without one the only contact of the location's account."""
    asset: Id | None = None
    resource: Id | None = None
    """Who comes; without one whoever can is chosen, as for customers."""
    starts_at: Annotated[str, Meta(min_length=1, max_length=40)]
    """With an offset, or by the clock on the location's wall."""
    notes: Text = ""

    def names(self) -> Iterator[Named]:
        """Tell which other entries this one names."""
        told = {
            "service_type": ("service-types", self.service_type),
            "location": ("locations", self.location),
            "contact": ("contacts", self.contact),
            "asset": ("assets", self.asset),
            "resource": ("resources", self.resource),
        }
        for field, (kind, id_) in told.items():
            if id_ is not None:
                yield Named(f"$.{field}", kind, id_)


def read_start(text: str, zone: ZoneInfo) -> datetime | None:
    """Read when a visit starts, by the wall's clock where no offset is told; None for what is no moment."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
