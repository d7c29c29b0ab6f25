"""Which columns a sheet of each kind has, and how a row of it becomes an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args, get_type_hints

import msgspec

from hub.domain.directory import fields
from hub.domain.directory.catalogue import ServiceType
from hub.domain.directory.cells import (
    BOOLEAN,
    GROUPS,
    HELD,
    HOURS,
    JSON,
    NUMBER,
    REQUIRED,
    ROLES,
    TEXT,
    Cell,
    NameOf,
    Resolve,
    pairs,
    reference,
    references,
)
from hub.domain.directory.customers import Account, Asset, Contact, Location
from hub.domain.directory.entry import Entry
from hub.domain.directory.resources import Resource
from hub.domain.directory.visits import PlannedVisit
from hub.domain.misfit import Misfit

_LANGUAGE = "display_name_"
_ACCOUNT = {"account": reference("accounts")}
_SPECIAL: Mapping[type[Entry], Mapping[str, Cell]] = {
    Account: {"preferences": pairs("resources", "resource", "kind")},
    Contact: _ACCOUNT,
    Location: _ACCOUNT,
    Asset: _ACCOUNT | {"location": reference("locations")},
    Resource: {
        "working_hours": HOURS,
        "time_off": JSON,
        "characteristics": HELD,
        "territories": references("territories"),
        "members": references("resources"),
    },
    PlannedVisit: {
        "service_type": reference("service-types"),
        "location": reference("locations"),
        "contact": reference("contacts"),
        "asset": reference("assets"),
        "resource": reference("resources"),
    },
    ServiceType: {"time_groups": GROUPS, "requirements": REQUIRED, "roles": ROLES},
}
_WORDS = {
    fields.EMAIL: "expected one e-mail address",
    fields.ONE_LINE: "expected text on one line",
    fields.LANGUAGE: "expected a language such as fi or pt-BR",
    fields.NO_NUL: "expected text without NUL characters",
}
_MESSAGE = re.compile(r"^(?P<what>.*?)(?: - at (?:`key` in )?`\$(?P<path>[^`]*)`)?$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(?P<field>[^`]+)`")
_PATTERN = re.compile(r"^Expected `str` matching regex (?P<pattern>.*)$", re.DOTALL)


@cache
def cells_of(entry: type[Entry]) -> Mapping[str, tuple[str, ...]]:
    """List the columns of a kind in order, each with the way to its value; `display_name_<language>` apart."""
    ways: dict[str, tuple[str, ...]] = {}
    for name in ("external_id", *(name for name in entry.__struct_fields__ if name != "external_id")):
        if name == "base":
            ways |= {"base_lat": (name, "lat"), "base_lon": (name, "lon")}
        elif name != "display_names":
            ways[name] = (name,)
    return ways


def way_of(entry: type[Entry], column: str) -> tuple[str, ...] | None:
    """Tell where the value of a column belongs; None for a column that this kind has not."""
    if entry is ServiceType and column.startswith(_LANGUAGE) and len(column) > len(_LANGUAGE):
        language, _, region = column.removeprefix(_LANGUAGE).partition("_")
        return ("display_names", f"{language}-{region.upper()}" if region else language)
    return cells_of(entry).get(column)


def read_fields(entry: type[Entry], cells: Mapping[str, str], resolve: Resolve) -> dict[str, Any] | list[Misfit]:
    """Read what a row says, in the form that the API takes; every cell that cannot be read is named by its column."""
    found: dict[str, Any] = {}
    faults = []
    for column, text in cells.items():
        way = way_of(entry, column)
        if not text or way is None:
            continue
        try:
            value = _cell(entry, way[0]).read(text, resolve)
        except ValueError as fault:
            faults.append(Misfit(column, str(fault)))
            continue
        if len(way) == 1:
            found[way[0]] = value
        else:
            found.setdefault(way[0], {})[way[1]] = value
    return faults or found


def make_entry(entry: type[Entry], values: Mapping[str, Any]) -> Entry | Misfit:
    """Make an entry, or tell in words which column keeps it from being one."""
    try:
        return msgspec.convert(values, entry)
    except msgspec.ValidationError as fault:
        told = _MESSAGE.match(str(fault))
        what, path = (told["what"], told["path"] or "") if told else (str(fault), "")
        if missing := _MISSING.match(what):
            return Misfit(column_at(f"${path}.{missing['field']}"), "needed")
        if pattern := _PATTERN.match(what):
            regex = pattern["pattern"].strip("'\"").replace("\\\\", "\\")
            what = next((words for known, words in _WORDS.items() if known == regex), "is not of the expected form")
        return Misfit(column_at(f"${path}"), what.replace("`", ""))


def column_at(path: str) -> str:
    """Name the column of a JSON path."""
    parts = path.removeprefix("$.").replace("[", ".").split(".")
    if parts[0] == "base":
        return "_".join(parts[:2]) if len(parts) > 1 else "base_lat"
    return f"{_LANGUAGE}…" if parts[0] == "display_names" else parts[0].strip("$") or "row"


def write_cells(entry: Entry, columns: list[str], name_of: NameOf) -> Iterator[str | float | None]:
    """Write an entry into these columns."""
    for column in columns:
        way = way_of(type(entry), column)
        assert way is not None  # noqa: S101 - columns of this kind
        value = getattr(entry, way[0])
        if len(way) > 1:
            value = value.get(way[1]) if isinstance(value, Mapping) else getattr(value, way[1])
        yield None if value is None else _cell(type(entry), way[0]).write(value, name_of)


def columns_of(entry: type[Entry], entries: list[Entry]) -> list[str]:
    """List the columns that a sheet of these entries needs."""
    languages = sorted({language for one in entries for language in getattr(one, "display_names", ())})
    return [*cells_of(entry), *(_LANGUAGE + language.replace("-", "_").lower() for language in languages)]


def _cell(entry: type[Entry], name: str) -> Cell:
    if name in _SPECIAL.get(entry, ()):
        return _SPECIAL[entry][name]
    if name == "base":
        return NUMBER
    hint = get_type_hints(entry)[name]
    kinds = set(get_args(hint) or [hint])
    return BOOLEAN if bool in kinds else NUMBER if kinds & {int, float} else TEXT
