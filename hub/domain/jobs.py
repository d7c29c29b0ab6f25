"""What is to be done and where, who can come when, and what is found: the words of the search for times."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from hub.domain.candidates import Booked, Candidate, Opening
from hub.domain.insertion import Stop
from hub.domain.qualification import PEOPLE, Role, Wishes


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done, in seconds."""

    duration_s: int
    buffer_s: int = 0
    """Kept free after the visit."""
    roles: tuple[Role, ...] = (Role(),)
    """One resource is needed for each."""
    wishes: Wishes = Wishes()


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A place where the job can be done, and who may come there: the customer's, or a facility."""

    place: int
    candidates: Sequence[Candidate]


class Sent(msgspec.Struct, frozen=True):
    """One resource of a team."""

    resource_id: str
    role_id: str | None
    kind: str
    travel_s: float
    """The way to the visit."""
    next: Booked | None
    """What comes next on that day, to which …"""
    onward_s: float
    """… the way is so long then."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A start that can be kept, and by whom."""

    starts_s: float
    place: int
    added_s: float
    """The travel that it adds to all days together."""
    team: tuple[Sent, ...]
    """The lead first."""
    wished: bool
    """Whether somebody comes whom the account prefers."""
    first_of_day: bool
    """Whether it is the lead's first visit of the day."""
    near: bool
    """Whether the lead is close by then."""
    legs: tuple[tuple[int, int], ...]
    """The ways that it was judged by."""

    @property
    def lead(self) -> str:
        """Tell who leads."""
        return self.team[0].resource_id


class Run(NamedTuple):
    """Starts at which a candidate can come, a crew with all its members, and between which visits each of them."""

    first: int
    past: int
    openings: tuple[tuple[Candidate, Opening], ...]

    @property
    def added_s(self) -> float:
        """Tell the travel that it adds: members of a crew go together."""
        return max(opening.added_s for _, opening in self.openings)


def stop_of(job: Job, site: Site, starts: Sequence[float]) -> Stop[int]:
    """Describe the visit as a stop that starts anywhere between the first and the last of the starts."""
    return Stop(site.place, float(job.duration_s + job.buffer_s), starts[0], starts[-1])


def fills(job: Job, role: Role, candidate: Candidate, starts: Sequence[float]) -> int:
    """Tell up to which start a candidate is qualified for a role: its number, exclusive; 0 for never."""
    until = candidate.qualified_until(role.needs) if role.takes(candidate.kind) else None
    if until is None:
        return 0
    return len(starts) if until == math.inf else bisect_right(starts, until - job.duration_s)


def runs_of(candidate: Candidate, stop: Stop[int], starts: Sequence[float]) -> Iterator[Run]:
    """List the starts at which a candidate can come, a crew with all its members."""
    for one in candidate.openings(stop, starts):
        runs = [Run(one.first, one.past, ((candidate, one),))]
        for member in candidate.members:
            runs = [
                Run(max(run.first, other.first), min(run.past, other.past), (*run.openings, (member, other)))
                for run in runs
                for other in member.openings(stop, starts)
                if max(run.first, other.first) < min(run.past, other.past)
            ]
        yield from runs


def found_at(job: Job, site: Site, starts_s: float, added_s: float, sent: Sequence[tuple[str | None, Run]]) -> Found:
    """Describe who comes: people first, and members of a crew before the crew itself."""
    everybody = [
        (role_id if run.openings[0][0] is one else None, one, opening)
        for role_id, run in sent
        for one, opening in (*run.openings[1:], run.openings[0])
    ]
    everybody.sort(key=lambda part: part[1].kind not in PEOPLE)
    lead = everybody[0][2]
    return Found(
        starts_s=starts_s,
        place=site.place,
        added_s=added_s,
        team=tuple(
            Sent(one.id, role_id, one.kind, opening.there_s, opening.next, opening.onward_s)
            for role_id, one, opening in everybody
        ),
        wished=not job.wishes.preferred.isdisjoint(one.id for _, one, _ in everybody),
        first_of_day=lead.is_first_of_day(),
        near=lead.is_near(starts_s, job.duration_s + job.buffer_s),
        legs=tuple(leg for _, _, opening in everybody for leg in opening.legs),
    )
