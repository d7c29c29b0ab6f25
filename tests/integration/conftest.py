"""Real stores for the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from hub.store.database import Database
from tests.databases import copy_sqlite, fresh_postgres, make_postgres_template, make_sqlite_template
from tests.integration.city import city_folder, osrm_url
from tests.integration.hub import hub
from tests.integration.stores import own_valkey, redis_client, session_valkey
from tests.integration.valhalla import valhalla_url
from tests.postgres import running_postgres

__all__ = ["city_folder", "hub", "osrm_url", "own_valkey", "redis_client", "session_valkey", "valhalla_url"]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Run one PostgreSQL server for the whole session."""
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
async def postgres_template(postgres_server: str) -> str:
    """Name a migrated PostgreSQL database to copy."""
    return await make_postgres_template(postgres_server)


@pytest.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Name a migrated SQLite file to copy."""
    return await make_sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_database_url(
    request: pytest.FixtureRequest, postgres_server: str, tmp_path: Path
) -> AsyncIterator[str]:
    """Give a database without tables, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    async with fresh_postgres(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(
    request: pytest.FixtureRequest,
    sqlite_template: Path,
    postgres_server: str,
    postgres_template: str,
    tmp_path: Path,
) -> AsyncIterator[str]:
    """Give a migrated database without rows, once of each kind."""
    if request.param == "sqlite":
        yield copy_sqlite(sqlite_template, tmp_path)
        return
    async with fresh_postgres(postgres_server, postgres_template) as url:
        yield url


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """Open a migrated database without rows, once of each kind."""
    opened = Database.open(database_url)
    yield opened
    await opened.close()
