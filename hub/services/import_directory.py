"""Import the directory from files: all of it, or nothing where any row is bad."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.clock import Clock
from hub.domain.directory.columns import way_of
from hub.domain.directory.customers import Location
from hub.domain.directory.entry import Entry
from hub.domain.directory.import_files import VISITS, Fault, KindLines, Planned, VisitRow
from hub.domain.directory.resources import Resource
from hub.domain.directory.visits import PlannedVisit
from hub.domain.geodesy import Point
from hub.domain.misfit import Misfit
from hub.services.check_entry import check_further, completed
from hub.services.geocode import Geocode
from hub.services.import_visits import import_visits, learn_drives
from hub.services.plan_import import KnownNames, fault_at, plan_line, plan_visit
from hub.services.travel_matrix import TravelMatrix
from hub.store import resources
from hub.store.database import Database
from hub.store.directory import entries
from hub.store.directory.entries import Stored
from hub.store.directory.kind import Kind
from hub.store.directory.kinds import KINDS

CHUNK = 500


class Imported(msgspec.Struct, frozen=True):
    """What became of an import: how many rows are new, changed and unchanged; or every fault, and nothing happened."""

    counts: dict[str, dict[str, int]]
    """By kind."""
    faults: list[Fault]


class _TakeBack(Exception):
    """Ends a transaction without a trace."""


class ImportDirectory:
    """Imports into one portal."""

    def __init__(self, database: Database, geocode: Geocode, roads: TravelMatrix, portal_id: str, clock: Clock) -> None:
        self._database, self._geocode, self._roads = database, geocode, roads
        self._portal_id, self._clock = portal_id, clock

    async def work(self, files: Sequence[KindLines], *, dry_run: bool) -> Imported:
        """Import files of kinds; on a dry run, or where any row is bad, nothing is changed."""
        faults: list[Fault] = []
        planned: dict[str, list[Planned]] = {}
        async with self._database.read() as tx:
            names = KnownNames(
                {kind: await entries.names(tx, KINDS[kind], self._portal_id) for kind in KINDS},
            )
        for kind in KINDS.values():  # those first that others name
            of_kind = [one for one in files if one.kind == kind.path]
            lines = [line for one in of_kind for line in one.lines]
            if not lines:
                continue
            faults += _column_faults(kind.entry, of_kind)
            before = await self._stored(
                kind, names.of(kind.path, [line.cells.get("external_id", "") for line in lines])
            )
            results = [plan_line(kind, line, names, before) for line in lines]
            placed = [await self._placed(one, before) if isinstance(one, Planned) else one for one in results]
            faults += [fault for one in placed if isinstance(one, list) for fault in one]
            planned[kind.path] = [one for one in placed if isinstance(one, Planned)]
        of_visits = [one for one in files if one.kind == VISITS]
        faults += _column_faults(PlannedVisit, of_visits)
        read = [plan_visit(line, names) for one in of_visits for line in one.lines]
        faults += [fault for one in read if isinstance(one, list) for fault in one]
        if faults:
            return Imported({}, faults)
        visits = [one for one in read if isinstance(one, VisitRow)]
        if visits:
            await self._learn_drives(visits, planned)
        return await self._write(planned, visits, dry_run=dry_run)

    async def _learn_drives(self, visits: Sequence[VisitRow], planned: dict[str, list[Planned]]) -> None:
        wanted = {row.visit.location for row in visits}
        known = await self._stored(KINDS["locations"], sorted(wanted))
        at: dict[str, Any] = {id_: one.entry for id_, one in known.items()}
        at |= {one.id: one.entry for one in planned.get("locations", []) if one.id in wanted}
        async with self._database.read() as tx:
            bases = [Point(one.base_lat, one.base_lon) for one in await resources.working(tx, self._portal_id)]
        new = [one.entry for one in planned.get("resources", [])]
        bases += [Point(one.base.lat, one.base.lon) for one in new if isinstance(one, Resource)]
        await learn_drives(self._roads, [Point(one.lat, one.lon) for one in at.values()], bases)

    async def _stored(self, kind: Kind, ids: Sequence[str]) -> dict[str, Stored]:
        found: dict[str, Stored] = {}
        for start in range(0, len(ids), CHUNK):
            async with self._database.read() as tx:
                some = await entries.get_some(tx, kind, self._portal_id, ids[start : start + CHUNK])
            found |= {one.id: one for one in some}
        return found

    async def _placed(self, one: Planned, before: dict[str, Stored]) -> Planned | list[Fault]:
        """Keep the position of a location whose address stays; look others up."""
        entry, known = one.entry, before.get(one.id)
        if known and isinstance(entry, Location) and not entry.is_placed and entry.address == known.entry.address:
            entry = msgspec.structs.replace(entry, lat=known.entry.lat, lon=known.entry.lon)
        placed = await self._geocode.placed(entry)
        if isinstance(placed, Misfit):
            return [fault_at(one.line, placed)]
        return msgspec.structs.replace(one, entry=placed)

    async def _write(self, planned: dict[str, list[Planned]], visits: Sequence[VisitRow], *, dry_run: bool) -> Imported:
        counts: dict[str, dict[str, int]] = {}
        faults: list[Fault] = []
        try:
            async with self._database.write() as tx:
                for path, rows in planned.items():
                    counts[path] = dict(await self._write_kind(tx, KINDS[path], rows, faults))
                if visits and not faults:
                    counts[VISITS], faults = await import_visits(tx, self._portal_id, visits, self._clock())
                if faults or dry_run:
                    raise _TakeBack
        except _TakeBack:
            pass
        except IntegrityError:
            faults.append(Fault(file="", row=0, column="", message="the directory changed meanwhile; try again"))
        return Imported({} if faults else counts, faults)

    async def _write_kind(
        self, tx: AsyncConnection, kind: Kind, rows: Sequence[Planned], faults: list[Fault]
    ) -> Counter[str]:
        counts = Counter(new=0, changed=0, unchanged=0)
        new = [Stored(one.id, await completed(tx, self._portal_id, one.entry)) for one in rows if one.is_new]
        await entries.insert(tx, kind, self._portal_id, new)
        counts["new"] = len(new)
        for one in rows:
            if not one.is_new:
                counts["changed" if await self._change(tx, kind, one) else "unchanged"] += 1
            before = None if one.is_new else Stored(one.id, one.entry)
            faults += [
                fault_at(one.line, misfit) for misfit in await check_further(tx, self._portal_id, one.entry, before)
            ]
        return counts

    async def _change(self, tx: AsyncConnection, kind: Kind, one: Planned) -> bool:
        before = await entries.get(tx, kind, self._portal_id, one.id, lock=True)
        if before is None:
            raise IntegrityError("it was deleted meanwhile", None, Exception())
        after: Entry = await completed(tx, self._portal_id, one.entry)
        if after == before.entry:
            return False
        await entries.change(tx, kind, before, after)
        return True


def _column_faults(entry: type[Entry], files: Sequence[KindLines]) -> list[Fault]:
    """Refuse columns that a kind has not: a name that is spelled wrong would silently do nothing."""
    return [
        Fault(file=one.lines[0].file, row=1, column=column, message=f"{one.kind} have no such column")
        for one in files
        for column in one.columns
        if one.lines and way_of(entry, column) is None
    ]
