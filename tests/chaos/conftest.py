"""Hubs and databases for the long fault tests."""

from __future__ import annotations

from tests.integration.commands.conftest import folder, hub_run
from tests.integration.conftest import database_url, db, postgres_server, postgres_template, sqlite_template

__all__ = ["database_url", "db", "folder", "hub_run", "postgres_server", "postgres_template", "sqlite_template"]
