"""Territories: areas that resources serve, drawn as GeoJSON polygons (RFC 7946)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
import shapely
from msgspec import Meta
from shapely.errors import GEOSException
from shapely.validation import explain_validity

from hub.domain.directory.entry import Entry
from hub.domain.directory.fields import Name
from hub.domain.misfit import Misfit
from hub.domain.territories import drawn

MOST_CORNERS = 10_000
"""Of one territory: a region's border, street by street. Whether so many cross each other is told in 0.2 s at worst."""

Position = Annotated[list[float], Meta(min_length=2, max_length=4)]
"""Longitude, latitude; an altitude is ignored."""
Ring = Annotated[list[Position], Meta(min_length=4, max_length=MOST_CORNERS)]
Rings = Annotated[list[Ring], Meta(min_length=1, max_length=1_000)]


class Polygon(msgspec.Struct, frozen=True, tag_field="type", tag="Polygon"):
    """One area with holes, if there are any."""

    coordinates: Rings


class MultiPolygon(msgspec.Struct, frozen=True, tag_field="type", tag="MultiPolygon"):
    """Several areas."""

    coordinates: Annotated[list[Rings], Meta(min_length=1, max_length=1_000)]


Area = Polygon | MultiPolygon


class Territory(Entry, frozen=True, kw_only=True):
    """An area that resources serve."""

    name: Name
    area: Area | None = None
    """GeoJSON geometry; null: only a name, which resources can be grouped by."""

    def misfits(self) -> Iterator[Misfit]:
        """Tell what does not fit together."""
        if self.area is not None and (fault := area_fault(self.area)):
            yield Misfit("$.area", fault)


def area_fault(area: Area) -> str | None:
    """Tell what is wrong with an area: degrees, size, rings that are open or cross themselves; None if nothing is."""
    parts = [area.coordinates] if isinstance(area, Polygon) else area.coordinates
    rings = [ring for part in parts for ring in part]
    if sum(map(len, rings)) > MOST_CORNERS:
        return f"more than {MOST_CORNERS} corners"
    for ring in rings:
        if not all(abs(corner[0]) <= 180 and abs(corner[1]) <= 90 for corner in ring):
            return "a corner lies outside the Earth (longitude comes first)"
        if ring[0][:2] != ring[-1][:2]:
            return "a ring does not end where it starts"
    try:
        shown = drawn(parts)
        if not shapely.is_valid(shown):
            return str(explain_validity(shown))
    except (ValueError, GEOSException) as fault:
        return str(fault)
    return None if shown.area > 0 else "has no area"
