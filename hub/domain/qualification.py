"""Who may come at all: what they can, how well, and until when; whom an account wants, and how far they go."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from hub.domain.geodesy import Point, distance_m

PEOPLE = frozenset({"employee", "contractor"})
"""The kinds of resources that fill a role which names none."""
CREW, FACILITY = "crew", "facility"
ALWAYS_THERE = frozenset({"equipment", FACILITY})
"""Kinds without working hours of their own unless some are given."""


class Requirement(msgspec.Struct, frozen=True):
    """A characteristic that a role asks for."""

    characteristic_id: str
    min_rating: int = 1


class Held(msgspec.Struct, frozen=True):
    """A characteristic that a resource has."""

    rating: int = 1
    expires_s: float = math.inf
    """When it expires, in seconds since 1970: a visit must have ended by then."""


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """What one resource of a job has to be."""

    id: str | None = None
    """None for a job that needs one resource and names no role."""
    kind: str | None = None
    """Which kind of resource fills it; None for a person."""
    needs: tuple[Requirement, ...] = ()

    def takes(self, kind: str) -> bool:
        """Tell whether a resource of this kind can fill the role: a person or, in their stead, a whole crew."""
        return kind == self.kind if self.kind else kind in PEOPLE or kind == CREW


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an account wants."""

    preferred: frozenset[str] = frozenset()
    restricted: frozenset[str] = frozenset()
    """They never come."""
    must: frozenset[str] = frozenset()
    """Where there are any, one of them comes."""


def qualified_until(held: Mapping[str, Held], needs: Iterable[Requirement]) -> float | None:
    """Tell until when somebody has all that is needed, in seconds since 1970; None for who has not."""
    until = math.inf
    for need in needs:
        one = held.get(need.characteristic_id)
        if one is None or one.rating < need.min_rating:
            return None
        until = min(until, one.expires_s)
    return until


def held_together(members: Sequence[Mapping[str, Held]], needs: Iterable[Requirement]) -> dict[str, Held]:
    """Tell what a crew has of what is needed: of each, what the member has whose lasts longest."""
    found: dict[str, Held] = {}
    for need in strictest(needs):
        of_members = [held[need.characteristic_id] for held in members if need.characteristic_id in held]
        if enough := [one for one in of_members if one.rating >= need.min_rating]:
            found[need.characteristic_id] = max(enough, key=lambda one: one.expires_s)
    return found


def strictest(needs: Iterable[Requirement]) -> list[Requirement]:
    """Bring what is asked several times into one requirement with the highest rating."""
    ratings: dict[str, int] = {}
    for need in needs:
        ratings[need.characteristic_id] = max(need.min_rating, ratings.get(need.characteristic_id, need.min_rating))
    return [Requirement(id_, rating) for id_, rating in ratings.items()]


def within_radius(base: Point | None, place: Point, radius_m: float | None) -> bool:
    """Tell whether a place is as near to a base as a type of work asks; who has no base goes everywhere."""
    return radius_m is None or base is None or distance_m(base, place) <= radius_m
