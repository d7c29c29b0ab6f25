"""Kept answers of others: what travel takes, as the router said, and where addresses are, as the geocoder said."""

from __future__ import annotations

from sqlalchemy import Column, Double, Integer, LargeBinary, Table, Text

from hub.store.tables.base import metadata, moment

travel_time = Table(
    "travel_time",
    metadata,
    # Places in ten thousandths of a degree (11 m at most): neighbours share an entry.
    *(
        Column(name, Integer, primary_key=True, autoincrement=False)
        for name in ("from_lat_e4", "from_lon_e4", "to_lat_e4", "to_lon_e4")
    ),
    Column("duration_s", Double, nullable=False),
    Column("distance_m", Double, nullable=False),
    Column("source", Text, nullable=False),
    moment("computed_at", index=True),
)

geocoded = Table(
    "geocoded",
    metadata,
    Column("address_hash", LargeBinary, primary_key=True),
    Column("lat", Double),  # empty: the geocoder knows no such address
    Column("lon", Double),
    moment("computed_at", index=True),
)
