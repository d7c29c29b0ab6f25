"""What every table shares: the metadata with its constraint names, and columns that recur."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Column, Double, ForeignKey, Index, MetaData, Text

from hub.store.columns import UtcDateTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
"""All tables. Constraints have names so that a migration can drop them on either database."""


def id_column() -> Column[str]:
    """Make the primary key: opaque text from `new_id`."""
    return Column("id", Text, primary_key=True)


def reference(table: str, *, index: bool = False) -> Column[str]:
    """Make a required reference to another table's row, named `<table>_id`."""
    return Column(f"{table}_id", Text, ForeignKey(f"{table}.id"), nullable=False, index=index)


def moment(name: str, *, nullable: bool = False, index: bool = False) -> Column[Any]:
    """Make a column for a moment in UTC."""
    return Column(name, UtcDateTime, nullable=nullable, index=index)


def external_id(table: str, within: str) -> tuple[Column[str], Index]:
    """Make the column for the name that another system has for a row, once within the column `within`."""
    return Column("external_id", Text), Index(f"uq_{table}_{within}_external_id", within, "external_id", unique=True)


def lat_lon(prefix: str = "") -> tuple[Column[float], Column[float], CheckConstraint, CheckConstraint]:
    """Make the columns of a place in WGS 84 degrees, with their ranges checked."""
    lat, lon = f"{prefix}lat", f"{prefix}lon"
    return (
        Column(lat, Double, nullable=False),
        Column(lon, Double, nullable=False),
        CheckConstraint(f"{lat} >= -90 AND {lat} <= 90", name=f"{lat}_range"),
        CheckConstraint(f"{lon} >= -180 AND {lon} <= 180", name=f"{lon}_range"),
    )
