"""Find real street addresses in an OpenStreetMap extract, between which one can drive both ways."""

from __future__ import annotations

import re
from pathlib import Path

import osmium
from osmium.osm import Node, Way

from hub.demo.address_file import Address
from hub.demo.drive_times import ask_table
from hub.domain.geodesy import Point, distance_m

CITY = "Helsinki"
COUNT = 90
"""Addresses kept: enough for 40 customers and 8 bases, and within OSRM's default of 100 places per table."""
NEAR_ROAD_M = 40.0
"""An address farther from a drivable road is a court or an island where nobody parks."""

_HOUSE_NUMBER = re.compile(r"\d+[A-Za-z]?")
_LONGEST_TABLE = 2_000
"""Places per table that the engine is started with while addresses are chosen."""
ENGINE_OPTIONS = ("--max-table-size", str(_LONGEST_TABLE))


def read(extract: Path) -> list[Address]:
    """Read all plain street addresses, each once, in the order of their text."""
    found: dict[str, Address] = {}
    for thing in osmium.FileProcessor(str(extract)).with_locations():
        if not isinstance(thing, Node | Way):
            continue
        street, number = thing.tags.get("addr:street"), thing.tags.get("addr:housenumber") or ""
        if street and _HOUSE_NUMBER.fullmatch(number) and (place := _place(thing)):
            text = f"{street} {number}, {CITY}"
            found.setdefault(text, Address(text, round(place.lat, 6), round(place.lon, 6)))
    return [found[text] for text in sorted(found)]


def choose(addresses: list[Address], engine_url: str | None, count: int = COUNT) -> list[Address]:
    """Choose `count` addresses far from each other. With an engine, every drive between them is possible.

    The engine needs `ENGINE_OPTIONS`. Raises httpx.HTTPError when it doesn't answer.
    """
    return spread(addresses if engine_url is None else _drivable(addresses, engine_url), count)


def mutually_reachable(durations_s: list[list[float | None]]) -> list[int]:
    """Tell which places can all reach each other: a large such set, found from the best connected place.

    `durations_s[i][j]` is the drive from `i` to `j`, None where there is no road.
    """
    count = range(len(durations_s))
    both = [{j for j in count if durations_s[i][j] is not None and durations_s[j][i] is not None} for i in count]
    kept: set[int] = max(both, key=len, default=set())
    while any(kept - both[i] for i in kept):
        kept = kept - {max(sorted(kept), key=lambda i: len(kept - both[i]))}
    return sorted(kept)


def spread(addresses: list[Address], count: int) -> list[Address]:
    """Choose addresses so that each next one is the farthest from those before it."""
    left, chosen = list(addresses), list[Address]()
    apart_m = [float("inf")] * len(left)
    while left and len(chosen) < count:
        index = max(range(len(left)), key=apart_m.__getitem__)
        chosen.append(left.pop(index))
        apart_m.pop(index)
        newest = chosen[-1].place
        apart_m = [min(m, distance_m(newest, other.place)) for m, other in zip(apart_m, left, strict=True)]
    return chosen


def _place(thing: Node | Way) -> Point | None:
    if isinstance(thing, Node):
        return Point(thing.location.lat, thing.location.lon)
    corners = [(node.lat, node.lon) for node in thing.nodes if node.location.valid()]
    if len(corners) < len(thing.nodes):  # cut by the extract's edge: its middle is not known
        return None
    lats, lons = zip(*set(corners), strict=True)
    return Point(sum(lats) / len(lats), sum(lons) / len(lons))


def _drivable(addresses: list[Address], engine_url: str) -> list[Address]:
    table = ask_table(engine_url, [address.place for address in addresses[:_LONGEST_TABLE]])
    near = [i for i, destination in enumerate(table.destinations) if destination.distance <= NEAR_ROAD_M]
    kept = mutually_reachable([[table.durations[i][j] for j in near] for i in near])
    return [addresses[near[i]] for i in kept]
