"""No two reservations of one resource at one time: stated once, in the database itself."""

from __future__ import annotations

from sqlalchemy import DDL, Table, event

SQLITE_MESSAGE = "reservations overlap"
"""What SQLite's triggers say; PostgreSQL names its constraint."""
CONSTRAINT = "ex_reservation_overlap"

_OVERLAPS = (
    "SELECT 1 FROM reservation AS other WHERE other.resource_id = NEW.resource_id AND other.id <> NEW.id "
    "AND NOT other.override AND other.protected_from < NEW.protected_to AND other.protected_to > NEW.protected_from"
)

POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    f"ALTER TABLE reservation ADD CONSTRAINT {CONSTRAINT} EXCLUDE USING gist "
    "(resource_id WITH =, tstzrange(protected_from, protected_to, '[)') WITH &&) WHERE (NOT override)",
)
SQLITE = tuple(
    f"CREATE TRIGGER {CONSTRAINT}_{change.lower()} BEFORE {change} ON reservation WHEN NOT NEW.override "
    f"AND EXISTS ({_OVERLAPS}) BEGIN SELECT RAISE(ABORT, '{SQLITE_MESSAGE}'); END"
    for change in ("INSERT", "UPDATE")
)


def forbid_overlaps(reservation: Table) -> None:
    """Add the rule to what makes the table."""
    for dialect, statements in (("postgresql", POSTGRESQL), ("sqlite", SQLITE)):
        for statement in statements:
            event.listen(reservation, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap
