"""Who serves a place: territories are areas on the map (GeoJSON), and resources serve some of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from hub.domain.geodesy import Point

Part = Sequence[Sequence[Sequence[float]]]
"""One polygon of an area: its border and holes, rings of corners (longitude, latitude, maybe an altitude)."""


class ServedAreas:
    """The areas of a portal, ready to be asked about many places."""

    def __init__(self, areas: Mapping[str, Mapping[str, Any] | None]) -> None:
        """Take GeoJSON polygons by the ids of their territories; those without an area do not count.

        Raises ValueError or shapely's own fault for what is no geometry.
        """
        self._areas = {id_: drawn(parts_of(area)) for id_, area in areas.items() if area}
        for area in self._areas.values():
            shapely.prepare(area)

    def around(self, place: Point) -> frozenset[str] | None:
        """Tell the territories in which a place lies, borders included; None where no area is drawn at all."""
        if not self._areas:
            return None
        spot = shapely.Point(place.lon, place.lat)
        return frozenset(id_ for id_, area in self._areas.items() if area.covers(spot))


def parts_of(area: Mapping[str, Any]) -> Sequence[Part]:
    """Tell the polygons of a GeoJSON Polygon or MultiPolygon."""
    coordinates: Sequence[Any] = area["coordinates"]
    return [coordinates] if area["type"] == "Polygon" else coordinates


def drawn(parts: Sequence[Part]) -> BaseGeometry:
    """Draw an area without its altitudes: shapely takes no ring in which only some corners have one.

    Raises ValueError or shapely's own fault for what is no geometry.
    """
    flat = [[[corner[:2] for corner in ring] for ring in part] for part in parts]
    return shape({"type": "MultiPolygon", "coordinates": flat})


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
