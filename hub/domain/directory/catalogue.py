"""What can be booked, and what it takes: service types with roles and requirements, and characteristics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hub.domain.directory.entry import Entry, Named, overlapping, repeated
from hub.domain.directory.fields import DAY_S, EndsS, Id, Language, Name, Rating, StartsS, Text
from hub.domain.directory.resources import ResourceKind
from hub.domain.misfit import Misfit


class Characteristic(Entry, frozen=True, kw_only=True):
    """Something that resources can have and work can require."""

    name: Name
    kind: Literal["skill", "certificate"] = "skill"


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """A characteristic that whoever does the work must have."""

    characteristic: Id
    min_rating: Rating = 1


Requirements = Annotated[tuple[Requirement, ...], Meta(max_length=50)]


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """One of those whom a crew's job takes. Its name tells it from the others, also when it is written again."""

    name: Name
    kind: ResourceKind | None = None
    """Which kind of resource fills it; null: a person."""
    requirements: Requirements = ()


class TimeGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the day that is offered and promised as one, in seconds since midnight by the clock on the wall."""

    starts_s: StartsS
    ends_s: EndsS


class ServiceType(Entry, frozen=True, kw_only=True):
    """A kind of work that can be booked."""

    name: Name
    duration_s: Annotated[int, Meta(ge=60, le=DAY_S)]
    preparation: Text = ""
    """What the customer should prepare."""
    display_names: Annotated[dict[Language, Name], Meta(max_length=50)] = msgspec.field(default_factory=dict)
    """What customers read instead of the name, by language."""
    buffer_s: Annotated[int, Meta(ge=0, le=DAY_S)] = 0
    """Kept free after the visit."""
    online_bookable: bool = True
    """Whether customers may book it themselves."""
    lead_min_s: Annotated[int, Meta(ge=0, le=366 * DAY_S)] = 1_800
    """How long before its start a visit can be booked at the latest."""
    lead_max_s: Annotated[int, Meta(ge=0, le=366 * DAY_S)] = 31 * DAY_S
    """And at the earliest."""
    change_cutoff_s: Annotated[int, Meta(ge=0, le=366 * DAY_S)] = 0
    """How long before the start customers may move or cancel at the latest."""
    interval_s: Annotated[int, Meta(ge=300, le=DAY_S)] = 1_800
    """What lies between the starts that are offered, by the clock on the wall."""
    time_groups: Annotated[tuple[TimeGroup, ...], Meta(min_length=1, max_length=24)] | None = None
    """Where set, one offer per group and day, whose window is the group."""
    arrival_window_s: Annotated[int, Meta(ge=60, le=DAY_S)] = 3_600
    """How long the promised window of arrival is, without time groups."""
    radius_m: Annotated[int, Meta(ge=1, le=2_000_000)] | None = None
    """The largest distance from a resource's base; null: any."""
    active: bool = True
    requirements: Requirements = ()
    """What everybody who does it must have."""
    roles: Annotated[tuple[Role, ...], Meta(max_length=20)] = ()
    """Whom a crew's job takes; without any it takes one resource."""

    def misfits(self) -> Iterator[Misfit]:
        """Tell what does not fit together."""
        if self.lead_max_s < self.lead_min_s:
            yield Misfit("$.lead_max_s", "must not be less than lead_min_s")
        yield from overlapping("$.time_groups", self.time_groups or ())
        yield from repeated("$.roles", (role.name.casefold() for role in self.roles))
        for at, needs in self._needs():
            yield from repeated(at, (one.characteristic for one in needs))

    def names(self) -> Iterator[Named]:
        """Tell which other entries this one names."""
        for at, needs in self._needs():
            for number, one in enumerate(needs):
                yield Named(f"{at}[{number}].characteristic", "characteristics", one.characteristic)

    def _needs(self) -> Iterator[tuple[str, Sequence[Requirement]]]:
        yield "$.requirements", self.requirements
        for number, role in enumerate(self.roles):
            yield f"$.roles[{number}].requirements", role.requirements
