"""`hub export KIND`: write the directory as a sheet, or territories as GeoJSON, such as `hub import` takes."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from hub.commands.chosen_portal import chosen_portal
from hub.commands.fail import CommandError
from hub.data_dir import settings_beside
from hub.services.export_directory import export_kind
from hub.settings import Settings
from hub.store.database import opened
from hub.store.directory.kinds import KINDS

_MARK = "\ufeff"
"""Without a byte order mark Excel takes UTF-8 for something else."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("kind", choices=list(KINDS), metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to (default: standard output)")
    parser.add_argument("--portal", help="id of the portal (default: the only one)")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Write everything of one kind."""
    text = asyncio.run(_export(settings_beside(settings).database_url, arguments))
    content = (text if arguments.kind == "territories" else _MARK + text).encode()
    if arguments.output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        arguments.output.write_bytes(content)
    except OSError as fault:
        raise CommandError(f"{arguments.output}: {fault.strerror}") from None


async def _export(url: str, arguments: argparse.Namespace) -> str:
    async with opened(url) as database:
        portal_id = await chosen_portal(database, arguments.portal)
        return await export_kind(database, portal_id, KINDS[arguments.kind])
