"""Entries of the directory: what fits together, and what does not."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.directory.catalogue import ServiceType
from hub.domain.directory.customers import Account, Asset, Contact, Location
from hub.domain.directory.entry import Entry
from hub.domain.directory.fields import DAY_S, EMAIL, ONE_LINE
from hub.domain.directory.resources import Base, Hours, Resource, TimeOff

BASE = {"lat": 60.0, "lon": 24.0}
KINDS: list[tuple[type[Entry], dict[str, Any]]] = [
    (Account, {"name": "Aalto"}),
    (Contact, {"account": "ac_1", "name": "Aino"}),
    (Location, {"account": "ac_1", "address": "Kotikatu 1"}),
    (Asset, {"account": "ac_1", "name": "Boiler"}),
    (Resource, {"name": "Tero", "base": BASE}),
    (ServiceType, {"name": "Boiler", "duration_s": 3600}),
]


def faults(kind: type[Entry], fields: dict[str, Any], /, **more: Any) -> list[str]:
    """Read an entry and tell where it does not fit."""
    return [one.at for one in msgspec.convert({**fields, **more}, kind).misfits()]


@pytest.mark.parametrize(("kind", "fields"), KINDS)
def test_the_least_that_is_required_fits(kind: type[Entry], fields: dict[str, Any]) -> None:
    assert faults(kind, fields) == []


@pytest.mark.parametrize(
    ("kind", "more", "at"),
    [
        (Account, {"preferences": [{"resource": "re_1", "kind": "must"}] * 2}, "$.preferences"),
        (Location, {"lat": 1}, "$.lon"),
        (Location, {"lon": 1}, "$.lat"),
        (Location, {"time_zone": "Europe/Nowhere"}, "$.time_zone"),
        (Resource, {"members": ["re_2"]}, "$.members"),
        (Resource, {"kind": "crew", "members": ["re_2", "re_2"]}, "$.members"),
        (Resource, {"territories": ["te_1", "te_1"]}, "$.territories"),
        (Resource, {"characteristics": [{"characteristic": "ch_1"}] * 2}, "$.characteristics"),
        (Resource, {"working_hours": [{"weekday": 0, "starts_s": 60, "ends_s": 60}]}, "$.working_hours"),
        (ServiceType, {"time_groups": [{"starts_s": 60, "ends_s": 30}]}, "$.time_groups[0].ends_s"),
        (ServiceType, {"roles": [{"name": "Lead"}, {"name": "LEAD"}]}, "$.roles"),
        (ServiceType, {"requirements": [{"characteristic": "ch_1"}] * 2}, "$.requirements"),
        (
            ServiceType,
            {"roles": [{"name": "Lead", "requirements": [{"characteristic": "ch_1"}] * 2}]},
            "$.roles[0].requirements",
        ),
        (ServiceType, {"lead_min_s": 10, "lead_max_s": 9}, "$.lead_max_s"),
    ],
)
def test_what_does_not_fit_together_is_named(kind: type[Entry], more: dict[str, Any], at: str) -> None:
    assert faults(kind, dict(KINDS)[kind], **more) == [at]


def test_everything_that_an_entry_names_is_told_with_its_place() -> None:
    resource = msgspec.convert(
        {
            "name": "Crew",
            "kind": "crew",
            "base": BASE,
            "characteristics": [{"characteristic": "ch_1"}],
            "territories": ["te_1"],
            "members": ["re_2", "re_3"],
        },
        Resource,
    )
    assert [(one.at, one.kind, one.id) for one in resource.names()] == [
        ("$.characteristics[0].characteristic", "characteristics", "ch_1"),
        ("$.territories[0]", "territories", "te_1"),
        ("$.members[0]", "resources", "re_2"),
        ("$.members[1]", "resources", "re_3"),
    ]


hours = st.builds(
    Hours,
    weekday=st.integers(0, 6),
    starts_s=st.integers(0, DAY_S - 1),
    ends_s=st.integers(1, DAY_S),
)


@given(st.lists(hours, max_size=6))
def test_hours_fit_only_where_no_second_of_the_week_is_counted_twice(week: list[Hours]) -> None:
    resource = Resource(name="Tero", base=Base(**BASE), working_hours=tuple(week))
    covered = [(one.weekday * DAY_S + one.starts_s, one.weekday * DAY_S + one.ends_s) for one in week]
    alone = all(
        start < end and not any(other < end and start < later for other, later in covered[:at] + covered[at + 1 :])
        for at, (start, end) in enumerate(covered)
    )
    assert (list(resource.misfits()) == []) == alone


def test_a_moment_outside_the_calendar_is_refused() -> None:
    edge = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    off = TimeOff(starts_at=edge, ends_at=datetime(2026, 1, 1, tzinfo=UTC))
    resource = Resource(name="Tero", base=Base(**BASE), time_off=(off,))
    assert [one.at for one in resource.misfits()] == ["$.time_off[0].starts_at"]


@given(st.text(max_size=20))
def test_a_line_has_something_to_read_and_no_control_characters(text: str) -> None:
    controls = any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in text)
    assert bool(re.search(ONE_LINE, text)) == (not controls and text.strip() != "")


@pytest.mark.parametrize("address", ["a@b.example", "first.last+tag@sub.example.org", "a@löwe.example"])
def test_an_address_for_mails_is_taken(address: str) -> None:
    assert re.search(EMAIL, address)


@pytest.mark.parametrize("address", ["", "a", "a@b", "a@b.example\n", "a b@c.example", "a@b.example,c@d.example"])
def test_what_is_no_single_address_is_not(address: str) -> None:
    assert not re.search(EMAIL, address)
