"""Whether an enrolment link still makes a phone a technician's."""

from __future__ import annotations

from datetime import datetime, timedelta

VALID_FOR = timedelta(days=7)
"""How long a technician has to open the link."""


def may_enrol(
    now: datetime, *, expires_at: datetime, used_at: datetime | None, revoked_at: datetime | None, demo: bool
) -> bool:
    """Tell whether an enrolment may be used now: once, until it expires or is revoked.

    In a demo it may be used again: every visitor plays the same technician, and the start page names the link openly.
    """
    return revoked_at is None and now < expires_at and (demo or used_at is None)
