"""Learn how long technicians really need from what customers were told and when the technicians arrived.

Everything is learned as shares: seconds needed for each second that the router said. What few trips say of an hour,
a technician or a place is shrunk towards what all trips say, the more the less such things differ at all (empirical
Bayes, random effects by the method of moments). The ranges come from errors on trips kept out of the learning.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from hub.domain.eta import CONFIDENCE
from hub.domain.eta_model import NOTHING_LEARNED, EtaModel, cell_of, hour_of_week
from hub.domain.eta_ranges import PastError, learn_ages, learn_ranges
from hub.domain.geodesy import Point
from hub.domain.live_messages import EtaSource

FEWEST_TRIPS = 4
"""Fewer trips cannot hold four of five arrivals, and teach nothing."""
FOLDS = 5
"""The trips are cut into so many parts; each is estimated by what the others taught."""
SHORT_S = 60.0
"""Nearer the arrival, parking and ringing the bell hide how long the road took; they widen the range instead."""
MOST = 4.0
"""Nobody needs four times what the router says, or a quarter: such a trip was something else."""
LONGEST_STEP_S = 600.0
"""Between two estimates farther apart nobody knows which way it went."""
_Key = TypeVar("_Key", int, str, EtaSource)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One arrival as it was estimated on the way."""

    computed_at: datetime
    position_at: datetime
    place: Point
    router_left_s: float
    """Seconds of travel left from the position, as the router or the distance said."""
    stops_s: float
    source: EtaSource


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A way that ended with an arrival, and what was told on it, by time."""

    name: str
    technician_id: str
    time_zone: str
    arrived_at: datetime
    told: tuple[Told, ...]


def learn(ways: Iterable[Way], *, version: int, now: datetime) -> EtaModel:
    """Learn from finished ways, in any order; NOTHING_LEARNED where they are too few."""
    known = sorted((way for way in ways if way.told), key=lambda way: (way.arrived_at, way.name))
    if len(known) < FEWEST_TRIPS:
        return NOTHING_LEARNED
    model = _fit(known)
    errors: dict[EtaSource, list[PastError]] = defaultdict(list)
    aged: dict[EtaSource, list[tuple[float, PastError]]] = defaultdict(list)
    for fold in range(FOLDS):
        others = _fit([way for number, way in enumerate(known) if number % FOLDS != fold])
        for way in known[fold::FOLDS]:
            for told, left_s in zip(way.told, lefts_s(others, way), strict=True):
                error_s = (way.arrived_at - told.position_at).total_seconds() - left_s
                error = PastError(way.name, left_s, error_s)
                errors[told.source].append(error)
                aged[told.source].append(((told.computed_at - told.position_at).total_seconds(), error))
    ranges = {
        source: learn_ranges(ones, CONFIDENCE)
        for source, ones in errors.items()
        if len({one.trip for one in ones}) >= FEWEST_TRIPS
    }
    ages = learn_ages({source: aged[source] for source in ranges}, ranges, CONFIDENCE)
    return msgspec.structs.replace(model, version=version, learned_at=now, trips=len(known), ranges=ranges, ages=ages)


def lefts_s(model: EtaModel, way: Way) -> list[float]:
    """Tell what a model would have said is left at each estimate of a way, its stops included."""
    lefts: list[float] = []
    road_s = learned_s = 0.0
    steps = [*pairwise(way.told), None]
    for told, step in zip(reversed(way.told), reversed(steps), strict=True):
        if step is not None and (said_s := _said_s(*step)) is not None:
            road_s += said_s
            learned_s += said_s * model.cells.get(cell_of(step[0].place, step[1].place), 1.0)
        corridor = learned_s / road_s if road_s > 0 and told.source is EtaSource.ROUTE else 1.0
        factor = model.pace.get(told.source, 1.0) * model.technicians.get(way.technician_id, 1.0)
        factor *= model.hours.get(_hour(way, told.computed_at), 1.0)
        lefts.append(told.router_left_s * corridor * factor + told.stops_s)
    return lefts[::-1]


def shrunk(groups: Mapping[_Key, Sequence[float]]) -> dict[_Key, float]:
    """Estimate each group's deviation from 0, shrunk towards it; nothing where groups differ no more than by chance."""
    told = {key: values for key, values in groups.items() if values}
    count, values = sum(map(len, told.values())), [value for ones in told.values() for value in ones]
    within = count - len(told)
    if len(told) < 2 or within < 1:
        return {}
    means = {key: sum(ones) / len(ones) for key, ones in told.items()}
    grand = sum(values) / count
    inner = sum((value - means[key]) ** 2 for key, ones in told.items() for value in ones) / within
    between = sum(len(ones) * (means[key] - grand) ** 2 for key, ones in told.items())
    spread = (between - (len(told) - 1) * inner) / (count - sum(len(ones) ** 2 for ones in told.values()) / count)
    if spread <= 0:
        return {}
    return {key: means[key] * len(ones) / (len(ones) + inner / spread) for key, ones in told.items()}


def _fit(ways: Sequence[Way]) -> EtaModel:
    """Learn the factors, the widest first: what is left over is what the next one explains."""
    shares = {way.name: found for way in ways if (found := _share(way)) is not None}
    by_source: dict[EtaSource, list[float]] = defaultdict(list)
    for source, share in shares.values():
        by_source[source].append(share)
    pace = {
        source: sum(found) / (len(found) + 1)  # one trip's worth of doubt says that the router is right
        for source, found in by_source.items()
        if len(found) >= FEWEST_TRIPS
    }
    rest = {way.name: shares[way.name][1] - pace[shares[way.name][0]] for way in ways if _has(way, shares, pace)}
    told = [way for way in ways if way.name in rest]
    hours = shrunk(_group((_hour(way, way.told[0].computed_at), rest[way.name]) for way in told))
    rest = {way.name: rest[way.name] - hours.get(_hour(way, way.told[0].computed_at), 0.0) for way in told}
    technicians = shrunk(_group((way.technician_id, rest[way.name]) for way in told))
    rest = {way.name: rest[way.name] - technicians.get(way.technician_id, 0.0) for way in told}
    explained = {way.name: shares[way.name][1] - rest[way.name] for way in told}
    cells = shrunk(_group(share for way in told for share in _cell_shares(way, explained[way.name])))
    return EtaModel(
        pace=_factors(pace), hours=_factors(hours), technicians=_factors(technicians), cells=_factors(cells)
    )


def _has(way: Way, shares: Mapping[str, tuple[EtaSource, float]], pace: Mapping[EtaSource, float]) -> bool:
    return way.name in shares and shares[way.name][0] in pace


def _share(way: Way) -> tuple[EtaSource, float] | None:
    """Tell the logarithm of needed through said, from the middle estimate of the way's most usual source."""
    found: dict[EtaSource, list[float]] = defaultdict(list)
    for told in way.told:
        needed_s = (way.arrived_at - told.position_at).total_seconds()
        if told.stops_s == 0 and told.router_left_s >= SHORT_S and needed_s > 0:
            found[told.source].append(_log(needed_s / told.router_left_s))
    if not found:
        return None
    source = max(found, key=lambda source: (len(found[source]), source))
    return source, median(found[source])


def _cell_shares(way: Way, explained: float) -> list[tuple[str, float]]:
    """Tell for each cell that a way passed how much longer it took there than the way's other factors explain."""
    needed_s: dict[str, float] = defaultdict(float)
    said_s: dict[str, float] = defaultdict(float)
    for before, after in pairwise(way.told):
        said = _said_s(before, after)
        if said is not None and before.stops_s == after.stops_s:
            cell = cell_of(before.place, after.place)
            needed_s[cell] += (after.position_at - before.position_at).total_seconds()
            said_s[cell] += said
    return [(cell, _log(needed_s[cell] / said_s[cell]) - explained) for cell in said_s if needed_s[cell] > 0]


def _said_s(before: Told, after: Told) -> float | None:
    """Tell how many seconds of road lie between two estimates; None where the road or the knowledge changed."""
    said_s = before.router_left_s - after.router_left_s
    took_s = (after.position_at - before.position_at).total_seconds()
    along = before.source is after.source is EtaSource.ROUTE and said_s > 0 and 0 < took_s < LONGEST_STEP_S
    return said_s if along else None


def _hour(way: Way, at: datetime) -> int:
    return hour_of_week(at.astimezone(ZoneInfo(way.time_zone)))


def _log(share: float) -> float:
    return max(-math.log(MOST), min(math.log(MOST), math.log(share)))


def _group(pairs: Iterable[tuple[_Key, float]]) -> dict[_Key, list[float]]:
    groups: dict[_Key, list[float]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _factors(logarithms: Mapping[_Key, float]) -> dict[_Key, float]:
    return {key: math.exp(value) for key, value in sorted(logarithms.items())}
