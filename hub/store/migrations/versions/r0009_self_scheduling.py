"""What self-scheduling needs: who can do what, crews, time off, preferences, assets, travel.

Nothing here imports the hub's tables: a revision stays as it was written when they move on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KINDS = "'employee', 'contractor', 'equipment', 'facility', 'crew'"
_TABLES = (
    "asset",
    "characteristic",
    "service_role",
    "requirement",
    "service_duration_proposal",
    "time_off",
    "resource_characteristic",
    "crew_member",
    "preference",
    "booking_resource",
    "travel_time",
)
_NAMED_BY_OTHERS = (
    ("account", "portal_id"),
    ("contact", "account_id"),
    ("location", "account_id"),
    ("territory", "portal_id"),
    ("service_type", "portal_id"),
    ("resource", "portal_id"),
)
_OVERLAPS = (
    "SELECT 1 FROM reservation AS other WHERE other.resource_id = NEW.resource_id AND other.id <> NEW.id "
    "AND NOT other.override AND other.protected_from < NEW.protected_to AND other.protected_to > NEW.protected_from"
)


def upgrade() -> None:
    """Make the tables and columns; every booking so far has one resource, its technician."""
    for table, within in _NAMED_BY_OTHERS:
        op.add_column(table, _text("external_id", nullable=True))
        _name_once(table, within)
    for column in _service_type_columns():
        op.add_column("service_type", column)
    _make_catalogue()
    _make_asset()
    _make_resources()
    _make_booking_resource()
    _make_travel_time()
    for name in ("predicted_at", "predicted_latest"):
        op.add_column("booking", _moment(name, nullable=True))
    _have_reservations_unique_by(["booking_id", "resource_id"])


def downgrade() -> None:
    """Drop them; a crew's booking keeps its leader's time alone."""
    op.execute(
        "DELETE FROM reservation WHERE booking_id IS NOT NULL AND resource_id <> "
        "(SELECT resource_id FROM booking WHERE booking.id = reservation.booking_id)"
    )
    _have_reservations_unique_by(["booking_id"])
    for name in ("predicted_latest", "predicted_at"):
        op.drop_column("booking", name)
    op.drop_index("ix_work_order_asset_id", "work_order")
    op.drop_column("work_order", "asset_id")
    for name in reversed(_TABLES):
        op.drop_table(name)
    for column in reversed(_service_type_columns()):
        op.drop_column("service_type", column.name)
    for table, within in reversed(_NAMED_BY_OTHERS):
        op.drop_index(f"uq_{table}_{within}_external_id", table)
        op.drop_column(table, "external_id")


def _service_type_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("display_names", sa.JSON, nullable=False, server_default="{}"),
        _whole("buffer_s", "0"),
        sa.Column("online_bookable", sa.Boolean, nullable=False, server_default=sa.true()),
        _whole("lead_min_s", "1800"),
        _whole("lead_max_s", "2678400"),
        _whole("change_cutoff_s", "0"),
        _whole("interval_s", "1800"),
        sa.Column("time_groups", sa.JSON),
        _whole("arrival_window_s", "3600"),
        sa.Column("radius_m", sa.Integer),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    )


def _make_catalogue() -> None:
    _table(
        "characteristic",
        *(_text(name) for name in ("portal_id", "name", "kind")),
        _text("external_id", nullable=True),
        _check("characteristic", "kind_known", "kind IN ('skill', 'certificate')"),
        references=["portal"],
    )
    op.create_index("ix_characteristic_portal_id", "characteristic", ["portal_id"])
    _name_once("characteristic", "portal_id")
    _table(
        "service_role",
        *(_text(name) for name in ("service_type_id", "name")),
        _whole("position"),
        _text("kind", nullable=True),
        _check("service_role", "kind_known", f"kind IN ({_KINDS})"),
        references=["service_type"],
    )
    op.create_index("ix_service_role_service_type_id", "service_role", ["service_type_id"])
    _table(
        "requirement",
        _text("service_type_id"),
        _text("role_id", nullable=True),
        _text("characteristic_id"),
        _whole("min_rating", "1"),
        _refers("requirement", "role_id", "service_role", ondelete="CASCADE"),
        references=["service_type", "characteristic"],
    )
    op.create_index("ix_requirement_service_type_id", "requirement", ["service_type_id"])
    op.create_index("ix_requirement_characteristic_id", "requirement", ["characteristic_id"])
    _table(
        "service_duration_proposal",
        _text("service_type_id"),
        _whole("proposed_s"),
        _whole("samples"),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("p50_s", "p80_s")),
        _moment("computed_at"),
        _refers("service_duration_proposal", "service_type_id", "service_type", ondelete="CASCADE"),
        primary_key=["service_type_id"],
    )


def _make_asset() -> None:
    _table(
        "asset",
        _text("account_id"),
        _text("location_id", nullable=True),
        *(_text(name) for name in ("name", "serial", "notes")),
        _text("external_id", nullable=True),
        references=["account", "location"],
    )
    for name in ("account_id", "location_id"):
        op.create_index(f"ix_asset_{name}", "asset", [name])
    _name_once("asset", "account_id")
    op.add_column("work_order", _text("asset_id", nullable=True))
    op.create_index("ix_work_order_asset_id", "work_order", ["asset_id"])


def _make_resources() -> None:
    _table(
        "time_off",
        _text("resource_id"),
        _moment("starts_at"),
        _moment("ends_at"),
        _text("reason"),
        _check("time_off", "interval", "ends_at > starts_at"),
        references=["resource"],
    )
    op.create_index("ix_time_off_resource_id_starts_at", "time_off", ["resource_id", "starts_at"])
    _table(
        "resource_characteristic",
        *(_text(name) for name in ("resource_id", "characteristic_id")),
        _whole("rating", "1"),
        _moment("expires_at", nullable=True),
        primary_key=["resource_id", "characteristic_id"],
        references=["resource", "characteristic"],
    )
    op.create_index("ix_resource_characteristic_characteristic_id", "resource_characteristic", ["characteristic_id"])
    _table(
        "crew_member",
        *(_text(name) for name in ("crew_id", "resource_id")),
        _check("crew_member", "not_itself", "crew_id <> resource_id"),
        *(_refers("crew_member", name, "resource") for name in ("crew_id", "resource_id")),
        primary_key=["crew_id", "resource_id"],
    )
    op.create_index("ix_crew_member_resource_id", "crew_member", ["resource_id"])
    _table(
        "preference",
        *(_text(name) for name in ("account_id", "resource_id", "kind")),
        _check("preference", "kind_known", "kind IN ('preferred', 'restricted', 'must')"),
        primary_key=["account_id", "resource_id"],
        references=["account", "resource"],
    )
    op.create_index("ix_preference_resource_id", "preference", ["resource_id"])


def _make_booking_resource() -> None:
    _table(
        "booking_resource",
        *(_text(name) for name in ("booking_id", "resource_id")),
        _text("role_id", nullable=True),
        _refers("booking_resource", "role_id", "service_role", ondelete="SET NULL"),
        primary_key=["booking_id", "resource_id"],
        references=["booking", "resource"],
    )
    for name in ("resource_id", "role_id"):
        op.create_index(f"ix_booking_resource_{name}", "booking_resource", [name])
    op.execute("INSERT INTO booking_resource (booking_id, resource_id) SELECT id, resource_id FROM booking")


def _make_travel_time() -> None:
    key = ["from_lat_e4", "from_lon_e4", "to_lat_e4", "to_lon_e4"]
    _table(
        "travel_time",
        *(sa.Column(name, sa.Integer, nullable=False, autoincrement=False) for name in key),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("duration_s", "distance_m")),
        _text("source"),
        _moment("computed_at"),
        primary_key=key,
    )
    op.create_index("ix_travel_time_computed_at", "travel_time", ["computed_at"])


def _have_reservations_unique_by(columns: Sequence[str]) -> None:
    """Let a booking or a hold have one reservation for each of its resources, or one in all."""
    crews = len(columns) > 1
    if op.get_bind().dialect.name == "postgresql":
        if crews:
            op.add_column("reservation", _text("hold_id", nullable=True))
            op.add_column("reservation", _text("override_reason", nullable=True))
        else:
            op.drop_column("reservation", "hold_id")
            op.drop_column("reservation", "override_reason")
        old, new = ("uq_reservation_booking_id", "uq_reservation_booking_id_resource_id")[:: 1 if crews else -1]
        op.drop_constraint(op.f(old), "reservation")
        op.create_unique_constraint(op.f(new), "reservation", list(columns))
    else:
        _rebuild_reservations(columns, crews=crews)
    if crews:
        op.create_index("ix_reservation_hold_id", "reservation", ["hold_id"])


def _rebuild_reservations(columns: Sequence[str], *, crews: bool) -> None:
    """Copy SQLite's table, whose constraints cannot change. Nothing refers to it; its triggers go with the old one."""
    kept = "id, resource_id, protected_from, protected_to, kind, booking_id, slot, expires_at, override"
    op.create_table(
        "reservation_new",
        *(_text(name) for name in ("id", "resource_id")),
        _moment("protected_from"),
        _moment("protected_to"),
        _text("kind"),
        _text("booking_id", nullable=True),
        *([_text("hold_id", nullable=True)] if crews else []),
        sa.Column("slot", sa.JSON),
        _moment("expires_at", nullable=True),
        sa.Column("override", sa.Boolean, nullable=False),
        *([_text("override_reason", nullable=True)] if crews else []),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        *(_refers("reservation", f"{other}_id", other) for other in ("resource", "booking")),
        sa.UniqueConstraint(*columns, name=op.f(f"uq_reservation_{'_'.join(columns)}")),
        _check("reservation", "interval", "protected_to > protected_from"),
        _check(
            "reservation",
            "kind",
            "(kind = 'booking' AND booking_id IS NOT NULL AND expires_at IS NULL)"
            " OR (kind = 'hold' AND booking_id IS NULL AND expires_at IS NOT NULL)",
        ),
    )
    op.execute(f"INSERT INTO reservation_new ({kept}) SELECT {kept} FROM reservation")  # noqa: S608  # names from above
    op.drop_table("reservation")
    op.rename_table("reservation_new", "reservation")
    op.create_index("ix_reservation_resource_id_protected_from", "reservation", ["resource_id", "protected_from"])
    for change in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER ex_reservation_overlap_{change.lower()} BEFORE {change} ON reservation "
            f"WHEN NOT NEW.override AND EXISTS ({_OVERLAPS}) BEGIN SELECT RAISE(ABORT, 'reservations overlap'); END"
        )


def _table(name: str, *items: Any, primary_key: list[str] | None = None, references: Sequence[str] = ()) -> None:
    op.create_table(
        name,
        *([] if primary_key else [_text("id")]),
        *items,
        sa.PrimaryKeyConstraint(*(primary_key or ["id"]), name=op.f(f"pk_{name}")),
        *(_refers(name, f"{other}_id", other) for other in references),
    )


def _name_once(table: str, within: str) -> None:
    op.create_index(f"uq_{table}_{within}_external_id", table, [within, "external_id"], unique=True)


def _refers(table: str, column: str, other: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _whole(name: str, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=default)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))
