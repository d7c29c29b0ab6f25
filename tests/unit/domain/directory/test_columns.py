"""Columns: each entry is written into a row, and read back as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.directory.catalogue import Requirement, Role, ServiceType, TimeGroup
from hub.domain.directory.columns import columns_of, make_entry, read_fields, way_of, write_cells
from hub.domain.directory.customers import Account, AccountPreference, Asset, Contact, Location
from hub.domain.directory.entry import Entry
from hub.domain.directory.resources import Base, Held, Hours, Resource, TimeOff
from hub.domain.misfit import Misfit

LINES = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=20).map(str.strip).filter(bool)
NAMES = st.from_regex(r"[A-Za-z0-9_.-]{1,12}", fullmatch=True)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001  # aware at the end


def _unique(items: st.SearchStrategy[Any], key: str) -> st.SearchStrategy[Any]:
    return st.lists(items, max_size=3, unique_by=lambda one: getattr(one, key)).map(tuple)


@st.composite
def _hours(draw: st.DrawFn) -> tuple[Hours, ...]:
    found = []
    for weekday in sorted(draw(st.sets(st.integers(0, 6), max_size=3))):
        edges = sorted(draw(st.lists(st.integers(0, 86_400), min_size=2, max_size=4, unique=True)))
        found += [
            Hours(weekday=weekday, starts_s=start, ends_s=end)
            for start, end in zip(edges[::2], edges[1::2], strict=False)
        ]
    return tuple(found)


NEEDS = _unique(st.builds(Requirement, characteristic=NAMES, min_rating=st.integers(1, 100)), "characteristic")
ENTRIES: list[st.SearchStrategy[Entry]] = [
    st.builds(
        Account,
        external_id=NAMES,
        name=LINES,
        preferences=_unique(
            st.builds(AccountPreference, resource=NAMES, kind=st.sampled_from(["must", "preferred"])), "resource"
        ),
    ),
    st.builds(Contact, external_id=NAMES, account=NAMES, name=LINES, email=st.just("a@b.example"), phone=LINES),
    st.builds(
        Location,
        external_id=NAMES,
        account=NAMES,
        address=LINES,
        lat=st.floats(-90, 90),
        lon=st.floats(-180, 180),
        time_zone=st.just("UTC"),
        access_notes=LINES,
    ),
    st.builds(Asset, external_id=NAMES, account=NAMES, location=st.none() | NAMES, name=LINES, serial=LINES),
    st.builds(
        Resource,
        external_id=NAMES,
        name=LINES,
        kind=st.sampled_from(["employee", "equipment"]),
        photo_url=st.none(),
        phone=st.none() | LINES,
        base=st.builds(Base, lat=st.floats(-90, 90), lon=st.floats(-180, 180)),
        working_hours=_hours(),
        time_off=st.lists(
            MOMENTS.map(lambda at: TimeOff(starts_at=at, ends_at=at + timedelta(days=1), reason="x; y")), max_size=2
        ).map(tuple),
        characteristics=_unique(
            st.builds(Held, characteristic=NAMES, rating=st.integers(1, 100), expires_at=st.none() | MOMENTS),
            "characteristic",
        ),
        territories=st.lists(NAMES, max_size=3, unique=True).map(tuple),
        members=st.just(()),
    ),
    st.builds(
        ServiceType,
        external_id=NAMES,
        name=LINES,
        duration_s=st.integers(60, 86_400),
        preparation=LINES,
        display_names=st.dictionaries(st.sampled_from(["fi", "pt-BR"]), LINES),
        buffer_s=st.integers(0, 86_400),
        lead_min_s=st.just(0),
        lead_max_s=st.just(10),
        change_cutoff_s=st.integers(0, 86_400),
        interval_s=st.integers(300, 86_400),
        time_groups=st.none() | st.just((TimeGroup(starts_s=28_800, ends_s=43_200),)),
        arrival_window_s=st.integers(60, 86_400),
        radius_m=st.none() | st.integers(1, 2_000_000),
        requirements=NEEDS,
        roles=st.lists(st.builds(Role, name=LINES, kind=st.none(), requirements=NEEDS), max_size=2).map(tuple),
    ),
]


def _as_named(_kind: str, name: str) -> str:
    return name


@given(st.one_of(ENTRIES))
def test_an_entry_is_read_from_its_cells_as_it_was(entry: Entry) -> None:
    columns = columns_of(type(entry), [entry])
    cells = {
        column: "" if cell is None else str(cell)
        for column, cell in zip(columns, write_cells(entry, columns, _as_named), strict=True)
    }
    read = read_fields(type(entry), cells, _as_named)
    assert not isinstance(read, list), read
    assert make_entry(type(entry), read) == entry


@pytest.mark.parametrize(
    ("kind", "column", "text", "means"),
    [
        (Resource, "base_lat", "60,5", {"base": {"lat": 60.5}}),
        (Resource, "active", "No", {"active": False}),
        (Resource, "members", " A ;B; ", {"members": ["A", "B"]}),
        (
            Resource,
            "working_hours",
            "sat-mon 8:00-9:30",
            {"working_hours": [{"weekday": day, "starts_s": 28_800, "ends_s": 34_200} for day in (5, 6, 0)]},
        ),
        (
            Resource,
            "characteristics",
            "GAS; LIFT:2@2027-01-01T00:00:00Z",
            {
                "characteristics": [
                    {"characteristic": "GAS"},
                    {"characteristic": "LIFT", "rating": 2, "expires_at": "2027-01-01T00:00:00Z"},
                ]
            },
        ),
        (ServiceType, "time_groups", "08:00-12:00; 12:00-16:00", None),
        (ServiceType, "display_name_pt_br", "Caldeira", {"display_names": {"pt-BR": "Caldeira"}}),
    ],
)
def test_cells_as_people_write_them_are_understood(
    kind: type[Entry], column: str, text: str, means: dict[str, Any] | None
) -> None:
    found = read_fields(kind, {column: text}, _as_named)
    assert isinstance(found, dict)
    assert means is None or found == means


@pytest.mark.parametrize(
    ("kind", "column", "text"),
    [
        (Resource, "base_lat", "north"),
        (Resource, "base_lat", "nan"),
        (Resource, "base_lat", "1,2,3"),
        (Resource, "active", "perhaps"),
        (Resource, "working_hours", "Funday 08:00-09:00"),
        (Resource, "working_hours", "Mon 8-9"),
        (Resource, "working_hours", "Mon 08:00-09:75"),
        (Resource, "working_hours", "Mon 08:00-09:00 and so on"),
        (Resource, "time_off", "{"),
        (Resource, "characteristics", "GAS:much"),
        (ServiceType, "roles", "[1]"),
        (ServiceType, "roles", '[{"requirements": [{}]}]'),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(kind: type[Entry], column: str, text: str) -> None:
    found = read_fields(kind, {column: text}, _as_named)
    assert isinstance(found, list)
    assert [misfit.at for misfit in found] == [column]


@pytest.mark.parametrize(
    ("kind", "values", "fault"),
    [
        (Contact, {"account": "a", "name": "x", "email": "no"}, Misfit("email", "expected one e-mail address")),
        (Contact, {"account": "a"}, Misfit("name", "needed")),
        (Resource, {"name": "x", "base": {"lat": 1}}, Misfit("base_lon", "needed")),
        (Resource, {"name": "x"}, Misfit("base_lat", "needed")),
        (Account, {"name": "a\nb"}, Misfit("name", "expected text on one line")),
        (ServiceType, {"name": "x", "duration_s": 5}, Misfit("duration_s", "Expected int >= 60")),
    ],
)
def test_a_row_that_is_no_entry_is_told_by_its_column(kind: type[Entry], values: Any, fault: Misfit) -> None:
    assert make_entry(kind, values) == fault


@given(st.one_of([st.just(kind) for kind in (Account, Contact, Location, Resource, ServiceType)]), st.data())
def test_any_text_in_any_cell_is_read_or_refused(kind: type[Entry], data: st.DataObject) -> None:
    columns = [*columns_of(kind, []), "display_name_fi"]
    column = data.draw(st.sampled_from([one for one in columns if way_of(kind, one)]))
    found = read_fields(kind, {column: data.draw(st.text(max_size=30))}, _as_named)
    if isinstance(found, dict):
        assert isinstance(make_entry(kind, found), kind | Misfit)
