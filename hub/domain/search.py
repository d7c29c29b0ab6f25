"""At which times a job can be done, and by whom: the one search behind offers, holds and bookings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.domain.candidates import Candidate
from hub.domain.jobs import Found, Job, Run, Site, fills, found_at, runs_of, stop_of
from hub.domain.qualification import CREW
from hub.domain.team_search import search_team


def legs_of(job: Job, sites: Sequence[Site], starts: Sequence[float]) -> Iterator[tuple[int, int]]:
    """List the ways that decide when the job can be done, often more than once."""
    for site in sites if starts else ():
        stop = stop_of(job, site, starts)
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
        search = _search_one if len(job.roles) == 1 else search_team
        for number, found in search(job, site, starts):
            known = best[number]
            if known is None or found.added_s < known.added_s:
                best[number] = found
    return [found for found in best if found is not None]


def who_is_free(job: Job, site: Site, start_s: float) -> set[str]:
    """Tell who can be there at one start, whatever they can: resources, and crews with all their members."""
    stop = stop_of(job, site, [start_s])
    free: set[str] = set()
    for candidate in site.candidates:
        for _ in runs_of(candidate, stop, [start_s]):
            free |= candidate.everybody
    return free


def _matters(job: Job, candidate: Candidate) -> bool:
    """Tell whether somebody can be part of any team at all."""
    if len(job.roles) > 1 and candidate.kind == CREW:
        return True
    if len(job.roles) == 1 and job.wishes.must and job.wishes.must.isdisjoint(candidate.everybody):
        return False
    return any(role.takes(candidate.kind) and candidate.qualified_until(role.needs) is not None for role in job.roles)


def _search_one(job: Job, site: Site, starts: Sequence[float]) -> Iterator[tuple[int, Found]]:
    best: list[tuple[tuple[bool, float, bool, str], Run] | None] = [None] * len(starts)
    stop, role, wishes = stop_of(job, site, starts), job.roles[0], job.wishes
    for candidate in site.candidates:
        until = fills(job, role, candidate, starts)
        if not until or (wishes.must and wishes.must.isdisjoint(candidate.everybody)):
            continue
        instead, unwished = candidate.kind == CREW != role.kind, wishes.preferred.isdisjoint(candidate.everybody)
        for run in runs_of(candidate, stop, starts):
            made = ((instead, run.added_s, unwished, candidate.id), run)
            for number in range(run.first, min(run.past, until)):
                known = best[number]
                if known is None or made[0] < known[0]:
                    best[number] = made
    for number, chosen in enumerate(best):
        if chosen is not None:
            yield number, found_at(job, site, starts[number], chosen[0][1], [(role.id, chosen[1])])
