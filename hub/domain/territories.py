"""Who serves a place: territories are areas on the map (GeoJSON), and resources serve some of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import shapely
from shapely.geometry import shape

from hub.domain.geodesy import Point


class ServedAreas:
    """The areas of a portal, ready to be asked about many places."""

    def __init__(self, areas: Mapping[str, Mapping[str, Any] | None]) -> None:
        """Take GeoJSON polygons by the ids of their territories; those without an area do not count.

        Raises ValueError or shapely's own fault for what is no geometry.
        """
        self._areas = {id_: shape(area) for id_, area in areas.items() if area}
        for area in self._areas.values():
            shapely.prepare(area)

    def around(self, place: Point) -> frozenset[str] | None:
        """Tell the territories in which a place lies, borders included; None where no area is drawn at all."""
        if not self._areas:
            return None
        spot = shapely.Point(place.lon, place.lat)
        return frozenset(id_ for id_, area in self._areas.items() if area.covers(spot))


def serves(territories: Collection[str], around: frozenset[str] | None) -> bool:
    """Tell whether a resource of these territories serves a place that lies in `around`.

    Who has no territory serves everywhere. A place outside all areas is served by nobody else.
    """
    return around is None or not territories or any(id_ in around for id_ in territories)


def by_resource(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Collect pairs of a resource and a territory by resource."""
    served: dict[str, list[str]] = {}
    for resource_id, territory_id in pairs:
        served.setdefault(resource_id, []).append(territory_id)
    return served
