"""`hub migrate`: bring the database's tables up to date."""

from __future__ import annotations

import argparse
import asyncio

from hub.data_dir import settings_beside
from hub.settings import Settings
from hub.store import migrate
from hub.store.database import opened


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Migrate; nothing happens where that was done."""
    asyncio.run(_migrate(settings_beside(settings).database_url))
    print("The database is up to date.")


async def _migrate(url: str) -> None:
    async with opened(url) as database:
        await migrate.migrate(database)
