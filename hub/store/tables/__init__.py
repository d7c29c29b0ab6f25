"""All tables of the hub, as SQLAlchemy Core describes them; `hub/store/migrations` makes them."""

from hub.store.tables.access import api_key, device, link
from hub.store.tables.base import metadata
from hub.store.tables.directory import (
    account,
    contact,
    location,
    portal,
    resource,
    resource_territory,
    service_type,
    territory,
)
from hub.store.tables.tracking import track_point
from hub.store.tables.visits import booking, event, work_order

__all__ = [
    "account",
    "api_key",
    "booking",
    "contact",
    "device",
    "event",
    "link",
    "location",
    "metadata",
    "portal",
    "resource",
    "resource_territory",
    "service_type",
    "territory",
    "track_point",
    "work_order",
]
