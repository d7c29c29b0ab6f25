"""At which times a job of several roles can be done: one resource for each, or a crew that fills them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.domain.candidates import Candidate
from hub.domain.crews import Option, best_team, narrowed
from hub.domain.insertion import Stop
from hub.domain.jobs import Found, Job, Run, Site, fills, found_at, runs_of, stop_of
from hub.domain.qualification import CREW


def search_team(job: Job, site: Site, starts: Sequence[float]) -> Iterator[tuple[int, Found]]:
    """List at which starts, by number, the job can be done at a place, each with the team that adds least travel."""
    stop, wishes = stop_of(job, site, starts), job.wishes
    options: list[list[list[Option]]] = [[[] for _ in job.roles] for _ in starts]
    """Who can fill each role at each start."""
    alone = True
    for candidate in site.candidates:
        until = [
            fills(job, role, candidate, starts) if candidate.kind != CREW or role.kind == CREW else 0
            for role in job.roles
        ]
        if not any(until):
            continue
        alone = alone and candidate.kind != CREW
        unwished = wishes.preferred.isdisjoint(candidate.everybody)
        for run in runs_of(candidate, stop, starts):
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
                found = found_at(job, site, starts[number], added_s, sent)
        if found is not None:
            yield number, found


def _whole_crew(
    job: Job, site: Site, crew: Candidate, stop: Stop[int], starts: Sequence[float]
) -> Iterator[tuple[int, Found]]:
    """List when a crew can do the whole job: all members are free, and they fill all roles among them."""
    if job.wishes.must and job.wishes.must.isdisjoint(crew.everybody):
        return
    until = [[fills(job, role, member, starts) for member in crew.members] for role in job.roles]
    for run in runs_of(crew, stop, starts):
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
                    (filled.get(one.id), Run(run.first, run.past, ((one, opening),))) for one, opening in run.openings
                ]
                sent.sort(key=lambda pair: pair[1].openings[0][0].id not in filled)
                yield number, found_at(job, site, starts[number], run.added_s, sent)
