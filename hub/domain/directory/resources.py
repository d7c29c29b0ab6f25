"""Who comes, and with what: resources of every kind, when they work, what they can, and where they serve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hub.domain.directory.entry import Entry, Named, no_moment, overlapping, repeated
from hub.domain.directory.fields import EndsS, Id, Lat, Lon, Name, Phone, Rating, StartsS, Text, WebAddress, Weekday
from hub.domain.misfit import Misfit

ResourceKind = Literal["employee", "contractor", "equipment", "facility", "crew"]
Moment = Annotated[datetime, Meta(tz=True)]


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of somebody's week; a break lies between two of them. By the clock on the portal's wall."""

    weekday: Weekday
    """0 is Monday."""
    starts_s: StartsS
    ends_s: EndsS


class TimeOff(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody does not work although their week says so."""

    starts_at: Moment
    ends_at: Moment
    reason: Text = ""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A characteristic that a resource has, how well, and until when."""

    characteristic: Id
    rating: Rating = 1
    expires_at: Moment | None = None


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """Where days start and end, WGS 84."""

    lat: Lat
    lon: Lon


class Resource(Entry, frozen=True, kw_only=True):
    """A technician, a crew, or a thing that is booked."""

    name: Name
    kind: ResourceKind = "employee"
    photo_url: WebAddress | None = None
    phone: Phone | None = None
    base: Base
    active: bool = True
    working_hours: Annotated[tuple[Hours, ...], Meta(max_length=100)] = ()
    time_off: Annotated[tuple[TimeOff, ...], Meta(max_length=500)] = ()
    characteristics: Annotated[tuple[Held, ...], Meta(max_length=200)] = ()
    territories: Annotated[tuple[Id, ...], Meta(max_length=200)] = ()
    """Where they serve; without any, everywhere."""
    members: Annotated[tuple[Id, ...], Meta(max_length=50)] = ()
    """Who belongs to a crew."""

    def misfits(self) -> Iterator[Misfit]:
        """Tell what does not fit together."""
        days: dict[int, list[Hours]] = defaultdict(list)
        for one in self.working_hours:
            days[one.weekday].append(one)
        for weekday in sorted(days):
            for misfit in overlapping("$.working_hours", days[weekday]):
                yield Misfit("$.working_hours", f"weekday {weekday}: {misfit.message}")
        for number, held in enumerate(self.characteristics):
            if held.expires_at is not None:
                yield from no_moment(f"$.characteristics[{number}].expires_at", held.expires_at)
        for number, off in enumerate(self.time_off):
            yield from no_moment(f"$.time_off[{number}].starts_at", off.starts_at)
            yield from no_moment(f"$.time_off[{number}].ends_at", off.ends_at)
            if off.ends_at <= off.starts_at:
                yield Misfit(f"$.time_off[{number}].ends_at", "must be later than starts_at")
        yield from repeated("$.characteristics", (one.characteristic for one in self.characteristics))
        yield from repeated("$.territories", self.territories)
        yield from repeated("$.members", self.members)
        if self.members and self.kind != "crew":
            yield Misfit("$.members", "only a crew has members")

    def names(self) -> Iterator[Named]:
        """Tell which other entries this one names."""
        for number, one in enumerate(self.characteristics):
            yield Named(f"$.characteristics[{number}].characteristic", "characteristics", one.characteristic)
        for number, id_ in enumerate(self.territories):
            yield Named(f"$.territories[{number}]", "territories", id_)
        for number, id_ in enumerate(self.members):
            yield Named(f"$.members[{number}]", "resources", id_)
