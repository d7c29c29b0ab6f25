"""At which times a job can be done, and by whom: the one search behind offers, holds and bookings."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from hub.domain.candidates import Booked, Candidate, Opening
from hub.domain.crews import Option, best_team, narrowed
from hub.domain.insertion import Stop
from hub.domain.qualification import CREW, PEOPLE, Role, Wishes


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


def legs_of(job: Job, sites: Sequence[Site], starts: Sequence[float]) -> Iterator[tuple[int, int]]:
    """List the ways that decide when the job can be done, often more than once."""
    for site in sites if starts else ():
        stop = _stop(job, site, starts)
        for candidate in site.candidates:
            if _matters(job, candidate):
                yield from candidate.legs(stop)


def find_times(job: Job, sites: Sequence[Site], starts: Sequence[float]) -> list[Found]:
    """List which of the starts, given in order, can be kept, each with the team that adds the least travel.

    Between equals those come whom the account prefers. A crew comes for one person's work only where no person can.
    """
    if not starts:
        return []
    best: list[Found | None] = [None] * len(starts)
    for site in sites:
        search = _search_one if len(job.roles) == 1 else _search_team
        for number, found in search(job, site, starts):
            known = best[number]
            if known is None or found.added_s < known.added_s:
                best[number] = found
    return [found for found in best if found is not None]


def who_is_free(job: Job, site: Site, start_s: float) -> set[str]:
    """Tell who can be there at one start, whatever they can: resources, and crews with all their members."""
    stop = _stop(job, site, [start_s])
    free: set[str] = set()
    for candidate in site.candidates:
        for _ in _runs(candidate, stop, [start_s]):
            free |= candidate.everybody
    return free


class _Run(NamedTuple):
    """Starts at which a candidate can come, a crew with all its members, and between which visits each of them."""

    first: int
    past: int
    openings: tuple[tuple[Candidate, Opening], ...]

    @property
    def added_s(self) -> float:
        """Tell the travel that it adds: members of a crew go together."""
        return max(opening.added_s for _, opening in self.openings)


def _stop(job: Job, site: Site, starts: Sequence[float]) -> Stop[int]:
    return Stop(site.place, float(job.duration_s + job.buffer_s), starts[0], starts[-1])


def _matters(job: Job, candidate: Candidate) -> bool:
    """Tell whether somebody can be part of any team at all."""
    if len(job.roles) > 1 and candidate.kind == CREW:
        return True
    if len(job.roles) == 1 and job.wishes.must and job.wishes.must.isdisjoint(candidate.everybody):
        return False
    return any(role.takes(candidate.kind) and candidate.qualified_until(role.needs) is not None for role in job.roles)


def _search_one(job: Job, site: Site, starts: Sequence[float]) -> Iterator[tuple[int, Found]]:
    best: list[tuple[tuple[bool, float, bool, str], _Run] | None] = [None] * len(starts)
    stop, role, wishes = _stop(job, site, starts), job.roles[0], job.wishes
    for candidate in site.candidates:
        until = _fills(job, role, candidate, starts)
        if not until or (wishes.must and wishes.must.isdisjoint(candidate.everybody)):
            continue
        instead, unwished = candidate.kind == CREW != role.kind, wishes.preferred.isdisjoint(candidate.everybody)
        for run in _runs(candidate, stop, starts):
            made = ((instead, run.added_s, unwished, candidate.id), run)
            for number in range(run.first, min(run.past, until)):
                known = best[number]
                if known is None or made[0] < known[0]:
                    best[number] = made
    for number, chosen in enumerate(best):
        if chosen is not None:
            yield number, _found(job, site, starts[number], chosen[0][1], [(role.id, chosen[1])])


def _search_team(job: Job, site: Site, starts: Sequence[float]) -> Iterator[tuple[int, Found]]:
    stop, wishes = _stop(job, site, starts), job.wishes
    options: list[list[list[Option]]] = [[[] for _ in job.roles] for _ in starts]
    """Who can fill each role at each start."""
    alone = True
    for candidate in site.candidates:
        until = [
            _fills(job, role, candidate, starts) if candidate.kind != CREW or role.kind == CREW else 0
            for role in job.roles
        ]
        if not any(until):
            continue
        alone = alone and candidate.kind != CREW
        unwished = wishes.preferred.isdisjoint(candidate.everybody)
        for run in _runs(candidate, stop, starts):
            option = Option(run.added_s, unwished, candidate.id, candidate.everybody, run)
            for role, past in enumerate(until):
                for number in range(run.first, min(run.past, past)):
                    options[number][role].append(option)
    crews = [one for one in site.candidates if one.kind == CREW and one.members]
    whole = {number: found for crew in crews for number, found in _whole_crew(job, site, crew, stop, starts)}
    before: list[list[Option]] = []
    team = None
    for number, by_role in enumerate(options):
        if by_role != before:  # mostly the same are free as just before
            before = by_role
            team = best_team(narrowed(by_role) if alone and not wishes.must else by_role, wishes.must)
        found = whole.get(number)
        if team is not None:
            added_s = sum(one.added_s for one in team)
            if found is None or added_s < found.added_s:
                sent = [(role.id, one.by) for role, one in zip(job.roles, team, strict=True)]
                found = _found(job, site, starts[number], added_s, sent)
        if found is not None:
            yield number, found


def _whole_crew(
    job: Job, site: Site, crew: Candidate, stop: Stop[int], starts: Sequence[float]
) -> Iterator[tuple[int, Found]]:
    """List when a crew can do the whole job: all members are free, and they fill all roles among them."""
    if job.wishes.must and job.wishes.must.isdisjoint(crew.everybody):
        return
    until = [[_fills(job, role, member, starts) for member in crew.members] for role in job.roles]
    for run in _runs(crew, stop, starts):
        for number in range(run.first, run.past):
            able = [
                [
                    Option(0.0, False, member.id, member.everybody, member)
                    for member, past in zip(crew.members, of_role, strict=True)
                    if number < past
                ]
                for of_role in until
            ]
            if team := best_team(able):
                filled = {one.id: role.id for role, one in zip(job.roles, team, strict=True)}
                sent = [
                    (filled.get(one.id), _Run(run.first, run.past, ((one, opening),))) for one, opening in run.openings
                ]
                sent.sort(key=lambda pair: pair[1].openings[0][0].id not in filled)
                yield number, _found(job, site, starts[number], run.added_s, sent)


def _fills(job: Job, role: Role, candidate: Candidate, starts: Sequence[float]) -> int:
    """Tell up to which start a candidate is qualified for a role: its number, exclusive; 0 for never."""
    until = candidate.qualified_until(role.needs) if role.takes(candidate.kind) else None
    if until is None:
        return 0
    return len(starts) if until == math.inf else bisect_right(starts, until - job.duration_s)


def _runs(candidate: Candidate, stop: Stop[int], starts: Sequence[float]) -> Iterator[_Run]:
    for one in candidate.openings(stop, starts):
        runs = [_Run(one.first, one.past, ((candidate, one),))]
        for member in candidate.members:
            runs = [
                _Run(max(run.first, other.first), min(run.past, other.past), (*run.openings, (member, other)))
                for run in runs
                for other in member.openings(stop, starts)
                if max(run.first, other.first) < min(run.past, other.past)
            ]
        yield from runs


def _found(job: Job, site: Site, starts_s: float, added_s: float, sent: Sequence[tuple[str | None, _Run]]) -> Found:
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
