"""`hub import FILE|FOLDER`: bring the directory in from sheets and GeoJSON, all of it or nothing."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hub.clock import system_clock
from hub.commands.chosen_portal import chosen_portal
from hub.commands.fail import CommandError
from hub.data_dir import settings_beside
from hub.domain.directory.import_files import CUSTOMERS, VISITS, Fault, KindLines, read_file
from hub.domain.directory.sheet import MOST_BYTES, SheetError
from hub.services.geocode import Geocode
from hub.services.import_directory import ImportDirectory, Imported
from hub.services.travel_matrix import TravelMatrix
from hub.settings import Settings
from hub.store.database import opened
from hub.store.directory.kinds import KINDS
from hub.store.geocoders.build import build_geocoder
from hub.store.routers.build import build_router

FILE_KINDS = (*KINDS, CUSTOMERS, VISITS)
PATIENCE_S = 600.0
"""How long one address waits for its turn to be looked up: nobody sits before a page."""
SHOWN = 100
"""Faults that are printed; with --json all are."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a file named after its kind, or a folder of such")
    parser.add_argument("--kind", choices=FILE_KINDS, help="what the file holds (default: as its name says)")
    parser.add_argument("--dry-run", action="store_true", help="check every row and change nothing")
    parser.add_argument("--portal", help="id of the portal (default: the only one)")
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Import; exit 1 with every fault, and nothing changed, where any row is bad."""
    settings = settings_beside(settings)
    lines, faults = _read(_files(arguments.file, arguments.kind))
    imported = Imported({}, faults) if faults else asyncio.run(_import(settings, arguments, lines))
    if arguments.json:
        print(msgspec.json.encode(imported).decode())
    else:
        _print(imported, dry_run=arguments.dry_run)
    if imported.faults:
        raise CommandError(f"{len(imported.faults)} faults; nothing was changed")


async def _import(settings: Settings, arguments: argparse.Namespace, lines: Sequence[KindLines]) -> Imported:
    async with opened(settings.database_url) as database:
        portal_id = await chosen_portal(database, arguments.portal)
        router = build_router(settings.router_url)
        roads = TravelMatrix(database, router, system_clock)
        geocode = Geocode(database, build_geocoder(settings.geocoder_url), system_clock, patience_s=PATIENCE_S)
        try:
            importing = ImportDirectory(database, geocode, roads, portal_id, system_clock)
            return await importing.work(lines, dry_run=arguments.dry_run)
        finally:
            await geocode.close()
            await router.close()


def _files(path: Path, kind: str | None) -> list[tuple[Path, str]]:
    if not path.is_dir():
        return [(path, kind or _kind_of(path))]
    if kind:
        raise CommandError("--kind is for a single file")
    files = [one for one in sorted(path.iterdir()) if one.suffix.lower() in (".csv", ".geojson")]
    if not files:
        raise CommandError(f"{path}: no .csv or .geojson file is in there")
    return [(one, _kind_of(one)) for one in files]


def _kind_of(path: Path) -> str:
    kind = path.stem.lower().replace("_", "-")
    if kind not in FILE_KINDS:
        raise CommandError(f"{path.name}: named after no kind; one of {', '.join(FILE_KINDS)}, or use --kind")
    return kind


def _read(files: Sequence[tuple[Path, str]]) -> tuple[list[KindLines], list[Fault]]:
    lines: list[KindLines] = []
    faults: list[Fault] = []
    for path, kind in files:
        try:
            with path.open("rb") as file:
                lines += read_file(path.name, kind, file.read(MOST_BYTES + 1))
        except SheetError as fault:
            faults.append(Fault(file=path.name, row=0, column="", message=str(fault)))
        except OSError as fault:
            raise CommandError(f"{path}: {fault.strerror}") from None
    return lines, faults


def _print(imported: Imported, *, dry_run: bool) -> None:
    for fault in imported.faults[:SHOWN]:
        where = [fault.file, f"row {fault.row}" if fault.row else "", fault.column]
        print(f"{', '.join(filter(None, where))}: {fault.message}")
    if len(imported.faults) > SHOWN:
        print(f"… and {len(imported.faults) - SHOWN} more")
    for kind, counts in imported.counts.items():
        print(f"{kind}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    if dry_run and not imported.faults:
        print("A dry run: nothing was changed.")
