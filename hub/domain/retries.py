"""When a message that could not be delivered is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_PAUSE_S = 2.0
"""After the first failure: a server that was just restarted still gets its mail within the 15 s of the contract."""
LONGEST_PAUSE_S = 3600.0
GIVE_UP_AFTER = timedelta(hours=24)
"""A mail about a visit is of no use the day after it was due."""
FEWEST_TRIES = 8
"""At least so many, about five minutes' worth, however old the message is: it may have been put back by hand."""


def next_try(*, created_at: datetime, tries: int, now: datetime, chance: float) -> datetime | None:
    """Tell when to try again after `tries` failures, at least 1; None to give up.

    The pause doubles from 2 s to an hour. `chance`, 0 to 1, shortens it by up to half, so that many messages that
    failed together do not come back together.
    """
    if now - created_at >= GIVE_UP_AFTER and tries >= FEWEST_TRIES:
        return None
    doublings = min(tries - 1, 30)  # beyond any use; keeps the number small
    pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**doublings)
    return now + timedelta(seconds=pause_s * (1 - chance / 2))
