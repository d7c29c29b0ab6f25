"""Small cases for the search of times, and brute force over all resources, positions and minutes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from hypothesis import strategies as some

from hub.domain.availability import Workday
from hub.domain.candidates import Booked, Candidate, lay_out
from hub.domain.jobs import Job, Site
from hub.domain.qualification import Held, Requirement, Role, Wishes

MINUTE = 60
FROM, TO = 0, 200 * MINUTE
"""All cases lie between these."""
PLACES = range(5)
KINDS = ("employee", "contractor", "equipment")


def way(a: int, b: int) -> float:
    """Tell a drive in seconds; the way back takes longer."""
    return MINUTE * (abs(a - b) * 2 + (a > b))


class Simple:
    """A candidate as brute force sees it."""

    def __init__(
        self, id_: str, kind: str, base: int | None, days: Sequence[Workday], booked: Sequence[Booked]
    ) -> None:
        self.id, self.kind, self.base, self.days = id_, kind, base, days
        self.booked = sorted(booked, key=lambda one: one.starts_s)
        self.held: Mapping[str, Held] = {}
        self.members: list[Simple] = []

    def __repr__(self) -> str:
        """Show what a failing case needs."""
        return f"{self.id, self.kind, self.base, self.days, self.booked, self.held, self.members}"

    def candidate(self) -> Candidate:
        """Describe it for the search."""
        return Candidate(
            id=self.id,
            kind=self.kind,
            days=lay_out(self.days, self.booked, self.base, way, FROM, TO),
            held=self.held,
            members=tuple(one.candidate() for one in self.members),
        )

    def added(self, place: int, start: int, service: int) -> float | None:
        """Tell the travel that a visit adds, minute by minute; None where it cannot be kept."""
        for day in self.days:
            if any(begins <= start and start + service <= ends for begins, ends in day.stretches):
                return self._added_on(day, place, start, service)
        return None

    def _added_on(self, day: Workday, place: int, start: int, service: int) -> float | None:
        here = [one for one in self.booked if one.free_s > day.from_s and one.starts_s < day.to_s]
        if any(one.starts_s < start + service and one.free_s > start for one in here):
            return None
        before = [one for one in here if one.starts_s < start]
        after = [one for one in here if one.starts_s >= start]
        origin = before[-1].place if before else self.base
        target = after[0].place if after else self.base
        there = 0 if origin is None else way(origin, place)
        onward = 0 if target is None else way(place, target)
        free = max([day.stretches[0][0], *(one.free_s for one in before)])
        due = after[0].starts_s if after else day.stretches[-1][1]
        if worked(day, free, start) < there or worked(day, start + service, due) < onward:
            return None
        direct = 0 if origin is None or target is None else way(origin, target)
        return max(0.0, there + onward - direct)


def worked(day: Workday, from_s: float, to_s: float) -> float:
    """Count the seconds of work between two moments, a minute at a time."""
    minutes = range(int(from_s), int(to_s), MINUTE)
    return MINUTE * sum(any(begins <= at < ends for begins, ends in day.stretches) for at in minutes)


@some.composite
def workdays(draw: some.DrawFn) -> list[Workday]:
    """One or two days, some with a break."""
    days = []
    for first in range(0, 100 * draw(some.integers(1, 2)), 100):
        marks = sorted(draw(some.sets(some.integers(first + 5, first + 95), min_size=4, max_size=4)))
        cuts = [(marks[0], marks[1]), (marks[2], marks[3])] if draw(some.booleans()) else [(marks[0], marks[3])]
        stretches = tuple((begins * MINUTE, ends * MINUTE) for begins, ends in cuts)
        days.append(Workday(stretches, first * MINUTE, (first + 100) * MINUTE))
    return days


@some.composite
def visits(draw: some.DrawFn) -> list[Booked]:
    """Visits that may overlap: somebody overrode a conflict."""
    made = draw(
        some.lists(some.tuples(some.sampled_from(PLACES), some.integers(0, 190), some.integers(1, 30)), max_size=5)
    )
    return [
        Booked(f"rv_{number}", place, start * MINUTE, (start + length) * MINUTE)
        for number, (place, start, length) in enumerate(made)
    ]


HELD = some.dictionaries(
    some.sampled_from(["gas", "lift"]),
    some.builds(Held, some.integers(1, 3), some.sampled_from([float("inf"), 60.0 * MINUTE, 120.0 * MINUTE])),
)
NEEDS = some.lists(some.builds(Requirement, some.sampled_from(["gas", "lift"]), some.integers(1, 3)), max_size=2)


@some.composite
def resources(draw: some.DrawFn) -> list[Simple]:
    """Some people and things, and sometimes a crew of them."""
    made = []
    for number in range(draw(some.integers(1, 4))):
        base = draw(some.none() | some.sampled_from(PLACES))
        one = Simple(f"re_{number}", draw(some.sampled_from(KINDS)), base, draw(workdays()), draw(visits()))
        one.held = draw(HELD)
        made.append(one)
    if len(made) > 1 and draw(some.booleans()):
        crew = Simple("re_crew", "crew", draw(some.none() | some.sampled_from(PLACES)), draw(workdays()), [])
        crew.held = draw(HELD)
        for one in made[: draw(some.integers(1, len(made)))]:
            member = Simple(one.id, one.kind, crew.base, crew.days, one.booked)
            member.held = one.held
            crew.members.append(member)
        made.append(crew)
    return made


@some.composite
def jobs(draw: some.DrawFn) -> Job:
    """Work for one to three, with requirements and wishes."""
    kinds = some.sampled_from([None, None, "equipment", "crew", "contractor"])
    roles = draw(some.lists(some.tuples(kinds, NEEDS), min_size=1, max_size=3))
    some_ids = some.frozensets(some.sampled_from(["re_0", "re_1", "re_crew"]), max_size=2)
    return Job(
        duration_s=MINUTE * draw(some.integers(1, 25)),
        buffer_s=MINUTE * draw(some.integers(0, 5)),
        roles=tuple(
            Role(id=f"ro_{number}", kind=kind, needs=tuple(needs)) for number, (kind, needs) in enumerate(roles)
        ),
        wishes=Wishes(preferred=draw(some_ids), must=draw(some.just(frozenset()) | some_ids)),
    )


def site_of(place: int, everybody: Sequence[Simple]) -> Site:
    """Describe the customer's place for the search."""
    return Site(place=place, candidates=[one.candidate() for one in everybody])


def cheapest(job: Job, place: int, everybody: Sequence[Simple], start: int) -> float | None:
    """Try all ways to fill all roles at one start; tell the least travel, None where there is no way."""
    ways = list(_ways(job, place, everybody, start))
    if len(job.roles) == 1:  # a crew only where nobody alone can
        alone = [added for added, instead in ways if not instead]
        ways = [(added, False) for added in alone] or ways
    return min((added for added, _ in ways), default=None)


def _ways(job: Job, place: int, everybody: Sequence[Simple], start: int) -> Iterator[tuple[float, bool]]:
    one_role = len(job.roles) == 1
    added = {one.id: _added(one, job, place, start) for one in everybody}
    for team in product(everybody, repeat=len(job.roles)):
        taken = [id_ for one in team for id_ in _everybody(one)]
        if len(set(taken)) < len(taken) or (job.wishes.must and not job.wishes.must & set(taken)):
            continue
        instead = [one.kind == "crew" != role.kind for one, role in zip(team, job.roles, strict=True)]
        fits = [_fits(one, role, job, start) for one, role in zip(team, job.roles, strict=True)]
        times = [added[one.id] for one in team]
        if all(fits) and (one_role or not any(instead)) and None not in times:
            yield sum(time or 0.0 for time in times), any(instead)
    for crew in everybody:
        whole = added[crew.id]
        if crew.kind != "crew" or one_role or whole is None:
            continue
        if job.wishes.must and not job.wishes.must & set(_everybody(crew)):
            continue
        for team in product(crew.members, repeat=len(job.roles)):
            able = all(_fits(one, role, job, start) for one, role in zip(team, job.roles, strict=True))
            if able and len({one.id for one in team}) == len(team):
                yield whole, False


def _everybody(one: Simple) -> list[str]:
    return [one.id, *(member.id for member in one.members)]


def _added(one: Simple, job: Job, place: int, start: int) -> float | None:
    times = [each.added(place, start, job.duration_s + job.buffer_s) for each in (one, *one.members)]
    return None if None in times else max(time or 0.0 for time in times)


def _fits(one: Simple, role: Role, job: Job, start: int) -> bool:
    kinds = {role.kind} if role.kind else {"employee", "contractor", "crew"}
    if one.kind not in kinds:
        return False
    return all(
        any(
            held.rating >= need.min_rating and start + job.duration_s <= held.expires_s
            for each in (one, *one.members)
            if (held := each.held.get(need.characteristic_id))
        )
        for need in role.needs
    )
