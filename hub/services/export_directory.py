"""Export a portal's directory: sheets that can be imported again, and territories as GeoJSON."""

from __future__ import annotations

import msgspec

from hub.domain.directory.columns import columns_of, write_cells
from hub.domain.directory.sheet import write_sheet
from hub.domain.directory.territories import Territory
from hub.store.database import Database
from hub.store.directory import entries
from hub.store.directory.entries import Stored
from hub.store.directory.kind import Kind
from hub.store.directory.kinds import KINDS, TERRITORIES
from hub.store.rows import MAX_PAGE


async def export_kind(database: Database, portal_id: str, kind: Kind) -> str:
    """Write all entries of a kind: CSV, or a GeoJSON FeatureCollection of territories.

    Entries that no other system has named are called by their id, also in the column `external_id`; an import knows
    them by it.
    """
    async with database.read() as tx:  # from one state, as far as the database tells one
        found: list[Stored] = []
        while page := await entries.page(tx, kind, portal_id, after=found[-1].id if found else None):
            found += page
            if len(page) < MAX_PAGE:
                break
        called = {path: dict(await entries.names(tx, one, portal_id)) for path, one in KINDS.items()}
    if kind is TERRITORIES:
        return _as_geojson(found)

    def name_of(path: str, id_: str) -> str:
        name = called[path].get(id_)
        return name if name is not None and not set(name) & set(";:@") else id_

    columns = columns_of(kind.entry, [one.entry for one in found])
    named = [msgspec.structs.replace(one.entry, external_id=one.entry.external_id or one.id) for one in found]
    return write_sheet(columns, (list(write_cells(entry, columns, name_of)) for entry in named))


def _as_geojson(found: list[Stored]) -> str:
    features = []
    for one in found:
        territory = one.entry
        assert isinstance(territory, Territory)  # noqa: S101 - of no other kind
        properties = {"external_id": territory.external_id or one.id, "name": territory.name}
        features.append({"type": "Feature", "properties": properties, "geometry": territory.area})
    return msgspec.json.encode({"type": "FeatureCollection", "features": features}).decode()
