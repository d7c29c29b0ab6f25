"""The first tables: directory, visits, access and track history.

Nothing here imports the hub's tables: a revision stays as it was written when they move on.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = [
    "portal",
    "account",
    "contact",
    "location",
    "territory",
    "service_type",
    "resource",
    "resource_territory",
    "work_order",
    "booking",
    "event",
    "device",
    "link",
    "api_key",
    "track_point",
]

_BOOKING_STATUSES = "'scheduled', 'traveling', 'in_progress', 'on_break', 'completed', 'canceled'"
_WORK_ORDER_STATUSES = "'scheduled', 'in_progress', 'completed', 'unscheduled', 'canceled'"


def upgrade() -> None:
    """Make all tables."""
    _make_customers()
    _make_providers()
    _make_visits()
    _make_event()
    _make_access()
    _make_track_point()


def downgrade() -> None:
    """Drop all tables."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _make_customers() -> None:
    _table(
        "portal",
        _text("name"),
        sa.Column("brand", sa.JSON, nullable=False),
        sa.Column("switches", sa.JSON, nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        _text("locale"),
        _text("time_zone"),
    )
    _table("account", _text("portal_id"), _text("name"), references=["portal"])
    _table(
        "contact",
        _text("account_id"),
        _text("name"),
        _text("email", nullable=True),
        _text("phone", nullable=True),
        _text("language"),
        references=["account"],
    )
    _table(
        "location",
        _text("account_id"),
        _text("address"),
        *_lat_lon("location"),
        _text("time_zone"),
        _text("access_notes"),
        references=["account"],
    )
    _index("account", "portal_id")
    _index("contact", "account_id")
    _index("location", "account_id")


def _make_providers() -> None:
    area = sa.Column("area", sa.JSON)
    _table("territory", _text("portal_id"), _text("name"), area, references=["portal"])
    _table(
        "service_type",
        _text("portal_id"),
        _text("name"),
        sa.Column("duration_s", sa.Integer, nullable=False),
        _text("preparation"),
        _check("service_type", "duration_s_positive", "duration_s > 0"),
        references=["portal"],
    )
    _table(
        "resource",
        _text("portal_id"),
        _text("name"),
        _text("photo_url", nullable=True),
        _text("phone", nullable=True),
        *_lat_lon("resource", "base_"),
        _text("kind", server_default="employee"),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        references=["portal"],
    )
    _table(
        "resource_territory",
        _text("resource_id"),
        _text("territory_id"),
        primary_key=["resource_id", "territory_id"],
        references=["resource", "territory"],
    )
    _index("territory", "portal_id")
    _index("service_type", "portal_id")
    _index("resource", "portal_id")
    _index("resource_territory", "territory_id")


def _make_visits() -> None:
    belongs_to = ["portal", "account", "contact", "location", "service_type"]
    _table(
        "work_order",
        *(_text(f"{table}_id") for table in belongs_to),
        _text("status"),
        _text("notes"),
        _check("work_order", "status_known", f"status IN ({_WORK_ORDER_STATUSES})"),
        references=belongs_to,
    )
    _table(
        "booking",
        _text("work_order_id"),
        _text("resource_id"),
        _text("status"),
        *(_moment(name) for name in ("starts_at", "ends_at", "window_earliest", "window_latest")),
        *(_moment(name, nullable=True) for name in ("traveling_at", "arrived_at", "completed_at")),
        sa.Column("version", sa.Integer, nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        _check("booking", "status_known", f"status IN ({_BOOKING_STATUSES})"),
        _check("booking", "interval", "ends_at > starts_at"),
        _check("booking", "window", "window_latest > window_earliest"),
        _check("booking", "version_positive", "version > 0"),
        references=["work_order", "resource"],
    )
    _index("work_order", "portal_id")
    _index("work_order", "account_id")
    _index("work_order", "location_id")
    _index("booking", "work_order_id")
    _index("booking", "resource_id", "starts_at")
    _index("booking", "status", "starts_at")
    _index("booking", "starts_at", "id")


def _make_event() -> None:
    _table(
        "event",
        _text("portal_id"),
        _moment("at"),
        _text("kind"),
        _text("booking_id", nullable=True),
        _text("actor"),
        sa.Column("data", sa.JSON, nullable=False),
        _moment("handled_at", nullable=True),
        references=["portal", "booking"],
    )
    _index("event", "booking_id")
    unhandled = sa.text("handled_at IS NULL")
    op.create_index("ix_event_unhandled", "event", ["at"], sqlite_where=unhandled, postgresql_where=unhandled)


def _make_access() -> None:
    _table(
        "device",
        _text("resource_id"),
        _text("name"),
        *_token_with_times("device"),
        _moment("last_seen_at", nullable=True),
        references=["resource"],
    )
    _table(
        "link",
        _text("booking_id"),
        _text("scope"),
        *_token_with_times("link", expires=True),
        _check("link", "scope_known", "scope IN ('track', 'manage')"),
        references=["booking"],
    )
    _table(
        "api_key",
        _text("portal_id"),
        _text("name"),
        _text("role"),
        *_token_with_times("api_key"),
        _check("api_key", "role_known", "role IN ('admin', 'dispatcher', 'integration', 'viewer')"),
        references=["portal"],
    )
    _index("device", "resource_id")
    _index("link", "booking_id")
    _index("api_key", "portal_id")


def _make_track_point() -> None:
    measures = ("accuracy_m", "speed_mps", "heading_deg", "altitude_m", "battery")
    _table(
        "track_point",
        _text("device_id"),
        sa.Column("ping_key", sa.LargeBinary, nullable=False),
        _text("resource_id"),
        _moment("at"),
        *_lat_lon("track_point"),
        *(sa.Column(name, sa.Double) for name in measures),
        _text("verdict"),
        sa.Column("reasons", sa.JSON, nullable=False),
        _moment("received_at"),
        _check("track_point", "ping_key_length", "length(ping_key) = 16"),
        _check("track_point", "verdict_kept", "verdict IN ('accepted', 'late', 'flagged')"),
        primary_key=["device_id", "ping_key"],
    )
    _index("track_point", "resource_id", "at")


def _table(name: str, *items: Any, primary_key: list[str] | None = None, references: list[str] | None = None) -> None:
    keys = primary_key or ["id"]
    op.create_table(
        name,
        *([] if primary_key else [_text("id")]),
        *items,
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{name}")),
        *(
            sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=op.f(f"fk_{name}_{other}_id"))
            for other in references or []
        ),
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _text(name: str, *, nullable: bool = False, server_default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, server_default=server_default)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _lat_lon(table: str, prefix: str = "") -> list[Any]:
    lat, lon = f"{prefix}lat", f"{prefix}lon"
    return [
        sa.Column(lat, sa.Double, nullable=False),
        sa.Column(lon, sa.Double, nullable=False),
        _check(table, f"{lat}_range", f"{lat} >= -90 AND {lat} <= 90"),
        _check(table, f"{lon}_range", f"{lon} >= -180 AND {lon} <= 180"),
    ]


def _token_with_times(table: str, *, expires: bool = False) -> list[Any]:
    return [
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        _moment("expires_at", nullable=not expires),
        _moment("revoked_at", nullable=True),
        _moment("created_at"),
        sa.UniqueConstraint("token_hash", name=op.f(f"uq_{table}_token_hash")),
    ]
