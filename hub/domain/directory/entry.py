"""What all kinds of the directory share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from hub.domain.directory.fields import ExternalId
from hub.domain.misfit import Misfit


class Named(msgspec.Struct, frozen=True):
    """That an entry names another one."""

    at: str
    """JSON path of the field."""
    kind: str
    """Of which kind the other is, such as `territories`."""
    id: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Anything that a directory holds."""

    external_id: ExternalId | None = None
    """The name that another system has for it; imports find it again by this."""

    def misfits(self) -> Iterator[Misfit]:
        """Tell what does not fit together, beyond what types and bounds say."""
        yield from ()

    def names(self) -> Iterator[Named]:
        """Tell which other entries this one names."""
        yield from ()


class Stretch(Protocol):
    """Seconds of a day."""

    @property
    def starts_s(self) -> int: ...

    @property
    def ends_s(self) -> int: ...


def repeated(at: str, keys: Iterable[Hashable]) -> Iterator[Misfit]:
    """Refuse a list that names something twice."""
    if any(count > 1 for count in Counter(keys).values()):
        yield Misfit(at, "names something twice")


def overlapping(at: str, stretches: Sequence[Stretch]) -> Iterator[Misfit]:
    """Refuse stretches of a day that end before they start, or overlap."""
    for number, one in enumerate(stretches):
        if one.ends_s <= one.starts_s:
            yield Misfit(f"{at}[{number}].ends_s", "must be later than starts_s")
    ordered = sorted(stretches, key=lambda one: one.starts_s)
    if any(later.starts_s < earlier.ends_s for earlier, later in pairwise(ordered)):
        yield Misfit(at, "overlap")


def no_moment(at: str, moment: datetime) -> Iterator[Misfit]:
    """Refuse a moment whose offset leads out of the calendar."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        yield Misfit(at, "expected a moment of the calendar")


def unknown_zone(at: str, name: str) -> Iterator[Misfit]:
    """Refuse what is no IANA time zone."""
    if name not in available_timezones():
        yield Misfit(at, "expected an IANA time zone, such as Europe/Helsinki")
        return
    try:
        ZoneInfo(name)
    except (ValueError, OSError):  # listed, but its file cannot be read
        yield Misfit(at, "this time zone cannot be read")
