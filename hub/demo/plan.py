"""Plan the demo's visits: technicians drive from customer to customer, and half of them always drive."""

from __future__ import annotations

import heapq
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from hub.domain.live_messages import Window

MOST_AT_CUSTOMERS = 4
"""Of 8 technicians at least 4 are driving at every instant; so when a fifth arrives, one leaves."""
SHORTEST_DRIVE_S = 120.0
VISIT_S = (120.0, 240.0)
"""How long a visit normally takes; it ends earlier when a technician too many arrives."""
SHORTEST_VISIT_S = 30.0
SPACING_S = SHORTEST_VISIT_S / MOST_AT_CUSTOMERS + 0.5
"""Arrivals are so far apart. Whoever is longest at a customer when a fifth arrives came four arrivals before,
so has been there for more than the shortest visit."""
_STEP = timedelta(minutes=5)
_WINDOW = timedelta(minutes=30)

Durations = Sequence[Sequence[float | None]]
"""Seconds of the drive from each place to each place, the customers' places first; None: no road."""


class PlannedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One leg and the visit at its end. The technician's next leg begins when it finishes."""

    technician: int
    customer: int
    service_type: int
    departs_at: datetime
    arrives_at: datetime
    finishes_at: datetime

    @property
    def window(self) -> Window:
        """Tell which window is promised: half an hour, from 5 to 10 minutes before the arrival on."""
        midnight = self.arrives_at.replace(hour=0, minute=0, second=0, microsecond=0)
        earliest = self.arrives_at - (self.arrives_at - midnight) % _STEP - _STEP
        return Window(earliest, earliest + _WINDOW)


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan is made for."""

    starts_at: datetime
    """When all technicians set off from their starting places."""
    starting_places: tuple[int, ...]
    """Each technician's row of `durations_s`."""
    customers: int
    """How many of the places, the first ones, are customers'."""
    service_types: int
    durations_s: Durations
    seed: int


def plan(setting: Setting, until: datetime) -> list[PlannedVisit]:
    """Plan all visits whose drives begin before `until`, in the order of their beginnings.

    The same setting with a later `until` gives the same visits and more of them: so a plan is continued.
    Raises ValueError where a technician has no customer at least the shortest drive away.
    """
    planner = _Planner(setting)
    planner.run((until - setting.starts_at).total_seconds())
    begun = (visit for visit in planner.visits if visit.departs_at < until)
    return sorted(begun, key=lambda visit: (visit.departs_at, visit.technician))


class _Leg(msgspec.Struct):
    customer: int
    departs_s: float
    arrives_s: float
    finishes_s: float = 0.0


_FINISH, _ARRIVE = 0, 1  # at the same instant places become free before they are taken


class _Planner:
    """Plays the day forward, from event to event, in seconds after its start."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._random = random.Random(setting.seed)  # noqa: S311 - a demo shall come out alike, not be secret
        self._events: list[tuple[float, int, int]] = []
        self._legs: dict[int, _Leg] = {}
        self._at_customers: list[int] = []  # in the order of their arrivals
        self._visited = [0] * setting.customers
        self.visits: list[PlannedVisit] = []

    def run(self, until_s: float) -> None:
        """Play until every drive begun before `until_s` has ended with its visit."""
        for technician, place in enumerate(self._setting.starting_places):
            self._depart(technician, place, 0.0)
        while any(leg.departs_s < until_s for leg in self._legs.values()):
            now_s, kind, technician = heapq.heappop(self._events)
            if kind == _ARRIVE:
                self._arrive(technician, now_s)
            elif technician in self._at_customers and self._legs[technician].finishes_s == now_s:
                self._finish(technician, now_s)

    def _arrive(self, technician: int, now_s: float) -> None:
        if len(self._at_customers) == MOST_AT_CUSTOMERS:
            self._finish(self._at_customers[0], now_s)
        self._at_customers.append(technician)
        leg = self._legs[technician]
        leg.finishes_s = now_s + round(self._random.uniform(*VISIT_S))
        heapq.heappush(self._events, (leg.finishes_s, _FINISH, technician))

    def _finish(self, technician: int, now_s: float) -> None:
        self._at_customers.remove(technician)
        leg = self._legs.pop(technician)
        self.visits.append(
            PlannedVisit(
                technician=technician,
                customer=leg.customer,
                service_type=self._random.randrange(self._setting.service_types),
                departs_at=self._moment(leg.departs_s),
                arrives_at=self._moment(leg.arrives_s),
                finishes_at=self._moment(now_s),
            )
        )
        self._depart(technician, leg.customer, now_s)

    def _depart(self, technician: int, place: int, now_s: float) -> None:
        arrivals = self._possible_arrivals(place, now_s)
        at_once = {customer: at_s for customer, at_s in arrivals.items() if self._is_free(at_s)}
        customer = self._choose(at_once or arrivals)
        arrives_s = arrivals[customer]
        while not self._is_free(arrives_s):  # takes its time on the road
            arrives_s += 1.0
        self._visited[customer] += 1
        self._legs[technician] = _Leg(customer, now_s, arrives_s)
        heapq.heappush(self._events, (arrives_s, _ARRIVE, technician))

    def _possible_arrivals(self, place: int, now_s: float) -> dict[int, float]:
        taken = {leg.customer for leg in self._legs.values()} | {place}
        drives = enumerate(self._setting.durations_s[place][: self._setting.customers])
        far = {i: drive_s for i, drive_s in drives if drive_s is not None and drive_s >= SHORTEST_DRIVE_S}
        arrivals = {i: now_s + float(round(drive_s)) for i, drive_s in far.items() if i not in taken}
        if not arrivals:
            raise ValueError(f"no free customer is {SHORTEST_DRIVE_S:g} s or more from place {place}")
        return arrivals

    def _choose(self, customers: dict[int, float]) -> int:
        """Choose one of those who were visited least."""
        least = min(self._visited[customer] for customer in customers)
        return self._random.choice([customer for customer in customers if self._visited[customer] == least])

    def _is_free(self, at_s: float) -> bool:
        return all(abs(at_s - leg.arrives_s) >= SPACING_S for leg in self._legs.values())

    def _moment(self, at_s: float) -> datetime:
        return self._setting.starts_at + timedelta(seconds=at_s)
