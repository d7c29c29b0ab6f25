"""Why a time is good: what is true of it and tells nothing about other customers."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from hub.domain.jobs import Found
from hub.domain.qualification import PEOPLE


class Reason(StrEnum):
    """The best of what can be said of an offer."""

    EARLIEST = "earliest"
    """None is sooner."""
    USUAL = "usual"
    """Somebody comes whom the account prefers."""
    NEAR = "near"
    """The lead has a visit close by, in place and time. Told at known places alone: who may ask for any place would
    find the neighbours by asking often."""
    FIRST_OF_DAY = "first_of_day"
    """It is the lead's first visit of the day, which no other can make late."""
    TEAM = "team"
    """All whom the job takes are free at once."""
    FREE = "free"
    """Somebody is free."""


def reasons(found: Sequence[Found], *, known_place: bool) -> list[Reason]:
    """Tell why each of all times that are offered together is good."""
    earliest_s = min((one.starts_s for one in found), default=0.0)
    return [Reason.EARLIEST if one.starts_s == earliest_s else _reason(one, known_place) for one in found]


def _reason(one: Found, known_place: bool) -> Reason:
    if one.wished:
        return Reason.USUAL
    if one.near and known_place:
        return Reason.NEAR
    if one.first_of_day:
        return Reason.FIRST_OF_DAY
    return Reason.TEAM if sum(sent.kind in PEOPLE for sent in one.team) > 1 else Reason.FREE
