"""Offers that nobody can make up."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.domain.live_messages import EtaSource
from hub.domain.slot_ids import OfferedSlot, Slot, read_slot, slot_id
from hub.domain.slot_reasons import Reason

SECRET = b"s" * 32
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
SLOT = Slot(
    portal_id="po_1",
    service_type_id="st_1",
    visit=Interval(NOW, NOW + timedelta(hours=1)),
    window=Interval(NOW, NOW + timedelta(hours=2)),
    place=Point(60.17, 24.94),
    location_id=None,
    offered_until=NOW + timedelta(hours=1),
)


def test_an_offer_is_read_as_it_was_written() -> None:
    assert read_slot(slot_id(SLOT, SECRET), SECRET, NOW) == SLOT


def test_an_offer_does_not_tell_who_would_come() -> None:
    offered = OfferedSlot(
        **msgspec.structs.asdict(SLOT),
        resource_id="re_secret",
        resource_ids=("re_secret",),
        added_travel_s=127.25,
        source=EtaSource.ROUTE,
        reason=Reason.NEAR,
    )

    text = slot_id(offered, SECRET)

    assert text == slot_id(SLOT, SECRET)
    told = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert [word in told for word in (b"re_secret", b"127.25", b"near")] == [False] * 3


def test_an_offer_expires() -> None:
    text = slot_id(SLOT, SECRET)

    assert read_slot(text, SECRET, NOW + timedelta(minutes=59)) is not None
    assert read_slot(text, SECRET, NOW + timedelta(minutes=60)) is None


def test_another_secret_knows_nothing_of_it() -> None:
    assert read_slot(slot_id(SLOT, SECRET), b"t" * 32, NOW) is None


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_offer_is_none(where: int, change: int) -> None:
    text = slot_id(SLOT, SECRET)
    raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    raw[where % len(raw)] ^= change

    assert read_slot(base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("="), SECRET, NOW) is None


@given(st.text(max_size=100))
def test_whatever_is_sent_is_no_offer(text: str) -> None:
    assert read_slot(text, SECRET, NOW) is None
