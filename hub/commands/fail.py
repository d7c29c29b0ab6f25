"""How a command fails: one clear message, exit code 1, no traceback."""

from __future__ import annotations

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from hub.store.database import DatabaseAway


class CommandError(Exception):
    """Ends a command with a message."""


def database_fault(fault: DatabaseAway | SQLAlchemyError | OSError) -> str:
    """Say in one line what is wrong with the database."""
    if "no such table" in str(fault) or ('relation "' in str(fault) and "does not exist" in str(fault)):
        return "HUB_DATABASE_URL: the tables are not up to date; run `hub migrate`"
    if isinstance(fault, DatabaseAway | OSError):
        return f"HUB_DATABASE_URL: the database does not answer: {_first_line(fault)}"
    return f"HUB_DATABASE_URL: {_first_line(fault)}"


def store_fault(fault: RedisError | OSError, setting: str = "HUB_REDIS_URL") -> str:
    """Say in one line what is wrong with Valkey or Redis."""
    return f"{setting}: no answer: {_first_line(fault)}"


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]
