"""Open the SQL database, SQLite or PostgreSQL, and hand out transactions."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal, Self

from sqlalchemy import URL, event, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from hub.store.database_url import database_url

BUSY_TIMEOUT_S = 10
"""How long a writer waits for another one, and a caller for a free connection."""

STATEMENT_TIMEOUT_S = 10
"""How long PostgreSQL may work on one statement."""

_BUSY_PAUSE_S = 0.01
_SQLITE_READERS = 4
_POSTGRES_CONNECTIONS = 10


class DatabaseAway(SQLAlchemyError):
    """The database cannot be reached, was lost on the way, or cannot work now (locked, full). Trying later may help.

    The text is for operators: it may name an address, but no password.
    """


class Database:
    """A pool of connections.

    On SQLite there are two: one connection that writes, so that this process's writers queue in order instead
    of polling for the lock, and a few that read beside it (WAL lets them). On PostgreSQL both are one pool.
    """

    def __init__(self, url: URL, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self.url = url
        self._writer = writer
        self._reader = reader

    @classmethod
    def open(cls, url: str) -> Self:
        """Make the pools; connects only when first used. Raises ValueError for a URL that can't be used."""
        parsed = database_url(url)
        if parsed.get_backend_name() == "sqlite":
            return cls(parsed, _sqlite_engine(parsed, writes=True), _sqlite_engine(parsed, writes=False))
        engine = _postgres_engine(parsed, statement_timeout_s=STATEMENT_TIMEOUT_S)
        return cls(parsed, engine, engine)

    def patient(self) -> Self:
        """Make another pool to the same database, whose statements may take as long as they need."""
        if self.dialect == "sqlite":
            return type(self).open(self.url.render_as_string(hide_password=False))
        engine = _postgres_engine(self.url, statement_timeout_s=0)
        return type(self)(self.url, engine, engine)

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        """Name the kind of database."""
        return "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Begin a transaction that may write; commits at the end, rolls back on an exception. May raise `DatabaseAway`.

        On SQLite it holds the only write lock: await nothing but `tx` inside, and never a second `write()`.
        """
        async with _connected(self._writer) as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Begin a transaction that only reads, from one consistent state on SQLite; writing in it fails.

        May raise `DatabaseAway`.
        """
        async with _connected(self._reader) as connection:
            if self.dialect == "postgresql":
                connection = await connection.execution_options(postgresql_readonly=True)
            async with connection.begin():
                yield connection

    def make_folder(self) -> None:
        """Make the folder of an SQLite file; raises `DatabaseAway`."""
        if self.dialect == "sqlite":
            try:
                Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
            except OSError as fault:
                raise DatabaseAway(str(fault)) from fault

    async def ping(self) -> None:
        """Ask the database for a sign of life; raises what the driver raises when there is none."""
        async with self.read() as tx:
            await tx.execute(text("SELECT 1"))

    async def forget_on_disk(self) -> None:
        """Have SQLite bring its file up to date now: until then it, or the log beside it, holds what was deleted."""
        if self.dialect == "sqlite":
            async with _connected(self._writer) as connection:
                raw = await connection.get_raw_connection()  # in a transaction this cannot be done
                if raw.driver_connection is not None:
                    await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Close all connections."""
        await self._writer.dispose()
        await self._reader.dispose()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Open a database for as long as a command takes."""
    database = Database.open(url)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    connected = False
    try:
        async with engine.connect() as connection:
            connected = True
            yield connection
    except (SQLAlchemyError, OSError) as fault:
        if connected and not _is_away(fault):
            raise
        raise DatabaseAway(str(getattr(fault, "orig", None) or fault)) from fault  # the driver's own words


def _is_away(fault: Exception) -> bool:
    return isinstance(fault, OperationalError) or (isinstance(fault, DBAPIError) and fault.connection_invalidated)


def _postgres_engine(url: URL, *, statement_timeout_s: int) -> AsyncEngine:
    return create_async_engine(
        url,
        hide_parameters=True,
        pool_size=_POSTGRES_CONNECTIONS,
        max_overflow=_POSTGRES_CONNECTIONS,
        pool_timeout=BUSY_TIMEOUT_S,
        pool_pre_ping=True,
        connect_args={
            "timeout": BUSY_TIMEOUT_S,
            # The server gives up first and says why; the driver's limit is for one that no longer answers.
            "command_timeout": statement_timeout_s + 5 if statement_timeout_s else None,
            "server_settings": {
                "application_name": "enroute",
                "statement_timeout": f"{statement_timeout_s}s",
                "idle_in_transaction_session_timeout": "60s",
                "timezone": "UTC",
            },
        },
    )


def _sqlite_engine(url: URL, *, writes: bool) -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,  # faults are logged, and parameters are positions and customers
        pool_size=1 if writes else _SQLITE_READERS,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_S,
        # The driver's own transactions are off (it begins late, and never for reads); BEGIN is emitted below.
        connect_args={"timeout": BUSY_TIMEOUT_S, "isolation_level": None},
    )
    # A deferred transaction that becomes a writer fails at once if another wrote meanwhile; IMMEDIATE waits.
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        if writes:
            _switch_to_wal(cursor)
        for pragma in _pragmas(writes=writes):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "invalidate")
    def end_transaction(connection: Any, _record: object, _fault: object) -> None:
        # Whoever is cancelled inside a transaction leaves its statements to the garbage collector, and SQLite keeps a
        # closed connection's transaction, with its lock, until the last of them is gone.
        with suppress(Exception):  # it may be broken, which is why it goes
            connection.rollback()

    @event.listens_for(engine.sync_engine, "begin")
    def emit_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _switch_to_wal(cursor: Any) -> None:
    """Set the file's journal mode. SQLite does not wait where two switch a new file at once: one is told it is busy."""
    give_up_at = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                raise
            await_only(asyncio.sleep(_BUSY_PAUSE_S))
        else:
            return


def _pragmas(*, writes: bool) -> tuple[str, ...]:
    waits = f"busy_timeout = {BUSY_TIMEOUT_S * 1000}"
    if not writes:
        return (waits, "query_only = ON")
    # FULL: a commit survives a power cut. NORMAL would lose the newest commits then, and bookings and outbox
    # rows must never be lost. The price is one fsync a commit: bookings are rare, and the recorder commits
    # hundreds of rows at once.
    #
    # Deleted rows are overwritten with zeros: whoever is erased must not be readable in the file for years.
    #
    # Room for 32 MB of pages, and a log of 16 MB before it is worked in: the history's rows come in no order of their
    # keys, and cost a third less so (measured: 10.9 instead of 15 µs a row).
    room = ("cache_size = -32768", "wal_autocheckpoint = 4000")
    return (waits, "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON", *room)
