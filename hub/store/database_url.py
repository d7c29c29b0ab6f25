"""Read the database's URL: plain forms are accepted and rewritten to the async drivers."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def database_url(text: str) -> URL:
    """Parse a database URL; raises ValueError, with a message for the operator, when it can't be used.

    The message never repeats the URL, which may hold a password.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(
            "the database URL can't be read; it looks like sqlite:///var/hub.db or postgresql://user@host/name"
        ) from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise ValueError(
            f"the database URL starts with {url.drivername}://; only sqlite:// and postgresql:// are known"
        )
    if not url.database:
        raise ValueError("the database URL names no database (in-memory databases can't be used)")
    if driver.startswith("sqlite") and (url.database == ":memory:" or url.database.startswith("file:")):
        raise ValueError("an in-memory SQLite database can't be used: several processes share it; name a file")
    return url.set(drivername=driver)
