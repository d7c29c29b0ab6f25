"""Plan an import: find what each row means among what is there and what other rows make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from hub.domain.directory.columns import column_at, make_entry, read_fields, way_of
from hub.domain.directory.import_files import Fault, Line, Planned, VisitRow
from hub.domain.directory.visits import PlannedVisit
from hub.domain.misfit import Misfit
from hub.store.directory.entries import Stored
from hub.store.directory.kind import Kind
from hub.store.directory.kinds import KINDS
from hub.store.ids import new_id


class KnownNames:
    """What sheets can call entries: by their external id, or by their id."""

    def __init__(self, names: Mapping[str, Iterable[tuple[str, str | None]]]) -> None:
        """Take pairs of id and external id for each kind."""
        self._ids: dict[str, set[str]] = {}
        self._called: dict[str, dict[str, list[str]]] = {}
        self._rows: dict[str, dict[str, int]] = defaultdict(dict)
        for kind, pairs in names.items():
            called: dict[str, list[str]] = defaultdict(list)
            ids = set()
            for id_, external_id in pairs:
                ids.add(id_)
                if external_id is not None:
                    called[external_id].append(id_)
            self._ids[kind], self._called[kind] = ids, called

    def resolve(self, kind: str, name: str) -> str:
        """Find the id of what a sheet names; raises ValueError in words."""
        found = self._found(kind, name)
        if len(found) > 1:
            raise ValueError(f"several {kind} are called {name}; use an id")
        if not found:
            raise ValueError(f"there is no {KINDS[kind].noun} {name}")
        return found[0]

    def of(self, kind: str, names: Iterable[str]) -> list[str]:
        """List the ids of those that are there already."""
        return sorted({id_ for name in names for id_ in self._found(kind, name)})

    def claim(self, kind: str, prefix: str, external_id: str, row: int) -> tuple[str, bool]:
        """Give the id of what a row writes, and whether it is new; raises ValueError for a row that repeats one."""
        self.claim_row(kind, external_id, row)
        if self._found(kind, external_id):
            return self.resolve(kind, external_id), False
        made = new_id(prefix)
        self._called[kind][external_id] = [made]
        return made, True

    def claim_row(self, kind: str, external_id: str, row: int) -> None:
        """Note which row writes what; raises ValueError for a second one."""
        earlier = self._rows[kind].setdefault(external_id, row)
        if earlier != row:
            raise ValueError(f"is that of row {earlier} already")

    def _found(self, kind: str, name: str) -> list[str]:
        return self._called[kind].get(name) or ([name] if name in self._ids[kind] else [])


def plan_line(kind: Kind, line: Line, names: KnownNames, before: Mapping[str, Stored]) -> Planned | list[Fault]:
    """Plan what one line asks for, or list every fault of it."""
    cells = {column: text for column, text in line.cells.items() if way_of(kind.entry, column)}
    external_id = cells.get("external_id", "")
    if not external_id:
        return _faults(line, [Misfit("external_id", "needed: by it the entry is found when it is imported again")])
    try:
        id_, is_new = names.claim(kind.path, kind.prefix, external_id, line.row)
    except ValueError as fault:
        return _faults(line, [Misfit("external_id", str(fault))])
    told = read_fields(kind.entry, cells, names.resolve)
    if isinstance(told, list):
        return _faults(line, told)
    known = before.get(id_)
    if id_ == external_id:  # a sheet of ours calls those by their id that no other system has named
        del cells["external_id"], told["external_id"]
    values = _kept(kind, cells, known) | told | ({"area": line.area} if kind.path == "territories" else {})
    entry = make_entry(kind.entry, values)
    if isinstance(entry, Misfit):
        return _faults(line, [entry])
    faults = list(entry.misfits())
    faults += [
        Misfit(f"$.{name}", "cannot change: it is of another account")
        for name in kind.fixed
        if known is not None and getattr(entry, name) != getattr(known.entry, name)
    ]
    return _faults(line, faults) if faults else Planned(line=line, id=id_, entry=entry, is_new=is_new)


def _kept(kind: Kind, cells: Mapping[str, str], known: Stored | None) -> dict[str, Any]:
    """Give the fields of which the file says nothing: they stay. A column without text empties its field."""
    if known is None:
        return {}
    ways = [way_of(kind.entry, column) for column in cells]
    told = {way[0] for way in ways if way}
    fields: dict[str, Any] = msgspec.to_builtins(known.entry)
    return {name: value for name, value in fields.items() if name not in told}


def plan_visit(line: Line, names: KnownNames) -> VisitRow | list[Fault]:
    """Plan a visit that one line asks for, or list every fault of it."""
    external_id = line.cells.get("external_id", "")
    try:
        if not external_id:
            raise ValueError("needed: by it the visit is found when it is imported again")
        names.claim_row("visits", external_id, line.row)
    except ValueError as fault:
        return _faults(line, [Misfit("external_id", str(fault))])
    told = read_fields(PlannedVisit, line.cells, names.resolve)
    if isinstance(told, list):
        return _faults(line, told)
    visit = make_entry(PlannedVisit, told)
    if isinstance(visit, Misfit):
        return _faults(line, [visit])
    assert isinstance(visit, PlannedVisit)  # noqa: S101 - it was made as one
    return VisitRow(line, visit)


def fault_at(line: Line, misfit: Misfit) -> Fault:
    """Tell in which cell a misfit lies."""
    column = column_at(misfit.at) if misfit.at.startswith("$") else misfit.at
    return Fault(file=line.file, row=line.row, column=line.called.get(column, column), message=misfit.message)


def _faults(line: Line, misfits: Iterable[Misfit]) -> list[Fault]:
    return [fault_at(line, misfit) for misfit in misfits]
