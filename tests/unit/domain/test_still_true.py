"""Whether a message that waited is still worth telling."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.domain.booking_status import BookingStatus
from hub.domain.messages import MessageKind
from hub.domain.still_true import ABOUT_TIME, reason_to_skip
from tests.builders import NOW


def reason(
    kind: MessageKind,
    *,
    status: BookingStatus = BookingStatus.SCHEDULED,
    newer_sent: bool = False,
    ends_in: timedelta = timedelta(hours=1),
) -> str | None:
    """Ask about a message of a visit that is still to come."""
    return reason_to_skip(kind, ends_at=NOW + ends_in, status=status, newer_sent=newer_sent, now=NOW)


@pytest.mark.parametrize("kind", sorted(ABOUT_TIME))
def test_a_time_is_told_until_the_visit_is_over_or_a_newer_one_was_told(kind: MessageKind) -> None:
    assert reason(kind) is None
    assert reason(kind, ends_in=timedelta(0))
    assert reason(kind, newer_sent=True)


def test_on_the_way_is_told_only_while_somebody_is() -> None:
    assert reason(MessageKind.ON_THE_WAY, status=BookingStatus.TRAVELING) is None
    for status in set(BookingStatus) - {BookingStatus.TRAVELING}:
        assert reason(MessageKind.ON_THE_WAY, status=status)


def test_thanks_are_never_too_late() -> None:
    assert reason(MessageKind.COMPLETED, ends_in=timedelta(days=-2), newer_sent=True) is None
